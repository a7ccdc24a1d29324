"""Scores of two noise strengths as a square of colours, with the numbers written on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from hiss.results.scores import lower_is_better

if TYPE_CHECKING:
    from hiss.studies.search import Place, Search
    from hiss.tui.state.findings import Findings

LEVELS = 9
TRUE = ("#00224e", "#1b3a6b", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369",
        "#fee838")  # fmt: skip
"""From Nuñez, Anderton and Renslow's cividis, 2018: as bright as it is good, to every eye."""
CUBE = (17, 18, 24, 60, 66, 102, 144, 186, 228)
"""The same for 256 colours: each brighter than the one before."""
BRIGHT = 5
"""Level from which on ink is black."""
SHADES = " ░▒▓█"
"""For terminals of 16 colours and fewer: a stroke of shade before each number."""

Marks = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Palette:
    """A style for every level of goodness, made once."""

    styles: tuple[Style, ...]
    shaded: bool
    """Whether levels are told apart by shades in the text, too."""

    @classmethod
    def of(cls, colors: str | None, shaded: bool = False) -> Palette:
        """The palette for a console's colour system, by Rich's name of it."""
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
    """Draw the square as large as there is room, with the part about the cursor if it is not all.

    The first site's strength goes down, the second's across.
    """
    width, height = size
    down, across = (axis.strengths for axis in search.axes)
    at = cursor or (down[0], across[0])
    label = max(len(_text(one)) for one in down) + 1
    cell = max(7, max(len(_text(one)) for one in across) + 1)
    columns = _window(across, at[1], max(1, (width - label) // cell))
    cell = max(cell, min(12, (width - label) // len(columns)))
    rows = _window(down, at[0], max(1, height - 3))
    deep = max(1, min(3, (height - 3) // len(rows)))
    square = _Square(found, metric, cursor, palette, cell)
    first, second = search.symbols
    lines = [Text(f"{first} ↓  {second} →", style="dim"), _head(columns, label, cell)]
    for row in rows:
        for part in range(deep):
            middle = part == (deep - 1) // 2
            name = _text(row) if middle else ""
            line = Text.assemble((f"{name:>{label - 1}} ", "dim"), no_wrap=True)
            for column in columns:
                line.append_text(square.cell((row, column), middle))
            lines.append(line)
    return lines


@dataclass(frozen=True, slots=True)
class _Square:
    """What every cell of a heat map needs to know."""

    found: Findings | None
    metric: str
    cursor: Place | None
    palette: Palette
    width: int

    def cell(self, place: Place, middle: bool) -> Text:
        """One line of one cell; the number stands in the middle one."""
        level = self._level(place)
        text = self._number(place, level) if middle else ""
        inner = f"{text:^{self.width - 2}}"
        inner = f"[{inner}]" if place == self.cursor and middle else f" {inner} "
        style = Style(dim=True) if level is None else self.palette.styles[level]
        if place == self.cursor:
            style += Style(bold=True)
        return Text(inner, style)

    def _number(self, place: Place, level: int | None) -> str:
        mean = self._mean(place)
        if mean is None or self.found is None or level is None:
            return "·"
        mark = "*" if place == self.found.best else "+" if place in self.found.plateau else ""
        darkness = round(level * (len(SHADES) - 1) / (LEVELS - 1))
        shade = SHADES[darkness] if self.palette.shaded else ""
        return f"{shade}{mean:.3f}".replace("0.", ".", 1) + mark

    def _mean(self, place: Place) -> float | None:
        point = self.found.points[self.metric].get(place) if self.found else None
        return point.mean if point else None

    def _level(self, place: Place) -> int | None:
        """How good a cell is among all, from 0 to 8."""
        mean = self._mean(place)
        if mean is None or self.found is None:
            return None
        points = self.found.points[self.metric].values()
        means = [point.mean for point in points if point.mean is not None]
        worst, top = min(means), max(means)
        if lower_is_better(self.metric):
            worst, top = top, worst
        return round((mean - worst) / (top - worst) * (LEVELS - 1)) if top != worst else LEVELS - 1


def _head(columns: Sequence[float], label: int, cell: int) -> Text:
    return Text(" " * label + "".join(f"{_text(one):^{cell}}" for one in columns), style="dim")


def _window(values: Sequence[float], about: float, most: int) -> Sequence[float]:
    """At most so many neighbouring values, the one that is looked at among them."""
    at = values.index(about) if about in values else 0
    start = max(0, min(at - most // 2, len(values) - most))
    return values[start : start + most]


def _text(strength: float) -> str:
    return f"{strength:.12g}"
