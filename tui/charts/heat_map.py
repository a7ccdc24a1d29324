"""Scores of two noise strengths as a grid of shades, with the numbers written on them.

`HeatGrid` holds what a heat map shows; `heat_lines` draws it for the console, in colours, and
`heat_map` in `hiss.tui.tables.sweep` for the command, as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from hiss.results.scores import lower_is_better
from hiss.tui.charts.axes import strength_text

if TYPE_CHECKING:
    from hiss.studies.plateau import Point
    from hiss.studies.search import Place, Search
    from hiss.tui.state.findings import Findings

LEVELS = 9
"""Steps from the worst mean score to the best."""
TRUE = ("#00224e", "#1b3a6b", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369",
        "#fee838")  # fmt: skip
"""From Nuñez, Anderton and Renslow's cividis, 2018: as bright as it is good, to every eye."""
CUBE = (17, 18, 24, 60, 66, 102, 144, 186, 228)
"""The same for 256 colours: each brighter than the one before."""
BRIGHT = 5
"""Level from which on ink is black."""
SHADES = " ░▒▓█"
"""From the worst to the best, where there are no colours to tell levels apart."""


@dataclass(frozen=True, slots=True)
class HeatGrid:
    """The mean scores of a two-site grid, with the level and the mark of every cell."""

    means: Mapping[Place, float]
    """Of the cells that have a score."""
    worst: float
    top: float
    """The ends of the means; the top is the larger where more is better."""
    best: Place | None
    plateau: frozenset[Place]

    @classmethod
    def of(
        cls,
        points: Mapping[Place, Point],
        metric: str,
        best: Place | None,
        plateau: Iterable[Place],
    ) -> HeatGrid:
        """Return the grid of some points, of which any may lack a score."""
        means = {place: point.mean for place, point in points.items() if point.mean is not None}
        low, high = min(means.values(), default=0.0), max(means.values(), default=0.0)
        worst, top = (high, low) if lower_is_better(metric) else (low, high)
        return cls(means, worst, top, best, frozenset(plateau))

    def level(self, place: Place) -> int | None:
        """Return how good a cell is, from 0 to `LEVELS` - 1; None without a score."""
        if place not in self.means:
            return None
        if self.top == self.worst:
            return LEVELS - 1
        return round((self.means[place] - self.worst) / (self.top - self.worst) * (LEVELS - 1))

    def shade(self, place: Place) -> str:
        """Return a character that is darker where a cell is better; empty without a score."""
        level = self.level(place)
        return "" if level is None else SHADES[round(level * (len(SHADES) - 1) / (LEVELS - 1))]

    def number(self, place: Place) -> str:
        """Return a cell's mean score; empty without one."""
        return f"{self.means[place]:.3f}" if place in self.means else ""

    def mark(self, place: Place) -> str:
        """Return `*` for the best cell, `+` for the others on its plateau, else nothing."""
        return "*" if place == self.best else "+" if place in self.plateau else ""


@dataclass(frozen=True, slots=True)
class Palette:
    """A style for every level, made once."""

    styles: tuple[Style, ...]
    shaded: bool
    """Whether a shade stands before each number, too."""

    @classmethod
    def of(cls, colors: str | None, shaded: bool = False) -> Palette:
        """Return the palette for a console's colour system, by Rich's name of it."""
        if shaded or colors not in ("256", "truecolor"):
            return cls((Style(),) * LEVELS, True)
        papers = TRUE if colors == "truecolor" else [f"color({number})" for number in CUBE]
        dark, light = "color(16)", "color(231)"
        inks = [light if at < BRIGHT else dark for at in range(LEVELS)]
        pairs = zip(inks, papers, strict=True)
        return cls(tuple(Style(color=ink, bgcolor=paper) for ink, paper in pairs), False)


def heat_lines(
    search: Search,
    found: Findings | None,
    metric: str,
    cursor: Place | None,
    palette: Palette,
    size: tuple[int, int],
) -> list[Text]:
    """Draw the grid as large as there is room, or the part of it about the cursor.

    The first site's strength goes down, the second's across.

    Args:
        search: The strengths of both sites.
        found: The scores so far.
        metric: The score to show.
        cursor: The point to put in brackets.
        palette: The styles of the cells.
        size: Width and height in cells of the terminal.
    """
    width, height = size
    if found is None:
        grid = HeatGrid.of({}, metric, None, ())
    else:
        grid = HeatGrid.of(found.points[metric], metric, found.best, found.plateau)
    down, across = (axis.strengths for axis in search.axes)
    at = cursor or (down[0], across[0])
    label = max(len(strength_text(one)) for one in down) + 1
    cell = max(7, max(len(strength_text(one)) for one in across) + 1)
    columns = _window(across, at[1], max(1, (width - label) // cell))
    cell = max(cell, min(12, (width - label) // len(columns)))
    rows = _window(down, at[0], max(1, height - 3))
    deep = max(1, min(3, (height - 3) // len(rows)))
    first, second = search.symbols
    names = "".join(f"{strength_text(one):^{cell}}" for one in columns)
    lines = [
        Text(f"{first} ↓  {second} →", style="dim"),
        Text(" " * label + names, style="dim"),
    ]
    painter = _CellPainter(grid, palette, cursor, cell)
    for row in rows:
        for part in range(deep):
            middle = part == (deep - 1) // 2
            name = strength_text(row) if middle else ""
            line = Text.assemble((f"{name:>{label - 1}} ", "dim"), no_wrap=True)
            for column in columns:
                line.append_text(painter.line((row, column), middle))
            lines.append(line)
    return lines


@dataclass(frozen=True, slots=True)
class _CellPainter:
    """Draws the cells of a grid, each `width` cells of the terminal wide."""

    grid: HeatGrid
    palette: Palette
    cursor: Place | None
    width: int

    def line(self, place: Place, middle: bool) -> Text:
        """Return one line of a cell; the number and the cursor stand in the middle one."""
        text = f"{self._text(place) if middle else '':^{self.width - 2}}"
        framed = f"[{text}]" if place == self.cursor and middle else f" {text} "
        level = self.grid.level(place)
        style = Style(dim=True) if level is None else self.palette.styles[level]
        return Text(framed, style + Style(bold=True) if place == self.cursor else style)

    def _text(self, place: Place) -> str:
        """Return a cell's number without its leading zero, between its shade and its mark."""
        if place not in self.grid.means:
            return "·"
        shade = self.grid.shade(place) if self.palette.shaded else ""
        return shade + self.grid.number(place).removeprefix("0") + self.grid.mark(place)


def _window(values: Sequence[float], about: float, most: int) -> Sequence[float]:
    """Return at most `most` neighbouring values, with the one at the cursor among them."""
    at = values.index(about) if about in values else 0
    start = max(0, min(at - most // 2, len(values) - most))
    return values[start : start + most]
