"""Decision regions as half blocks: two cells of the plane in every cell of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual.color import Color as TextualColor
from textual.theme import Theme

from hiss.tui.style.glyphs import GlyphSet
from hiss.tui.style.themes import PictureStyle, Rgb
from hiss.views.regions import Regions, Surface

if TYPE_CHECKING:
    from hiss.views.plane import Plane

LEVELS = 11
"""Shades from the one class to the other; the middle one is undecided."""
NOISY = "+"
"""Stands for a training row with noise."""
SHADES = " ░▒▓█"
"""From class 0 to class 1, where there are no colours."""
UPPER = "▀"
STRENGTH = 0.62
"""Share of a class's colour in the shade of cells that all replicates give to it."""


@dataclass(frozen=True, slots=True)
class RegionPicture:
    """What a region map shows."""

    plane: Plane
    values: NDArray[np.float64]
    """Shape (len(y), len(x)) in [0, 1]: the share of replicates that call class 1, or any quantity
    scaled to that range."""
    calls: NDArray[np.int64] | None = None
    """The class in every cell where there are more than two; `values` is then how sure it is."""
    contour: float | None = 0.5
    """The value along which a line is drawn; None draws none."""
    circle: float | None = None
    """Radius of the best possible boundary about the origin, if it is a circle."""
    rows: bool = True
    """Whether the training rows are drawn."""
    copies: NDArray[np.float64] | None = None
    """Coordinates of the training rows with noise, shape (rows, 2), where they are drawn too."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The paper and the ink that region maps are drawn with."""

    paper: Rgb
    ink: Rgb
    colors: bool
    """Whether the terminal has 256 colours at least."""


def ground_of(theme: Theme, glyphs: GlyphSet, colors: str | None) -> Ground:
    """Return what maps are drawn with.

    Args:
        theme: Its background and foreground.
        glyphs: Without half blocks, maps are drawn in shades.
        colors: The terminal's colour system, by Rich's name of it.
    """
    paper = TextualColor.parse(theme.background or ("#000000" if theme.dark else "#ffffff"))
    ink = TextualColor.parse(theme.foreground or ("#ffffff" if theme.dark else "#000000"))
    blocks = glyphs.name in ("braille", "blocks")
    return Ground(paper.rgb, ink.rgb, blocks and colors in ("256", "truecolor"))


def region_picture(
    regions: Regions | Surface | None, circle: float | None = None
) -> RegionPicture | None:
    """Return what the map of an arm shows; None if it has none.

    Args:
        regions: of the arm.
        circle: radius of the best possible boundary, where it is a circle.
    """
    match regions:
        case Regions():
            calls = None if regions.binary else regions.calls
            return RegionPicture(regions.plane, regions.share, calls, circle=circle)
        case Surface():
            low, high = float(regions.mean.min()), float(regions.mean.max())
            scaled = (regions.mean - low) / ((high - low) or 1.0)
            return RegionPicture(regions.plane, scaled, contour=None, rows=False)
        case None:
            return None


def difference_picture(
    one: Regions | Surface | None, other: Regions | Surface | None
) -> RegionPicture | None:
    """Return what a map shows of an arm against its baseline; None if either has no regions.

    Of two classes, where it calls class 1 more often or less; of more, where most repeats call
    another class; of a quantity, where it predicts more or less, up to the largest difference.
    """
    match one, other:
        case Regions(), Regions() if one.binary:
            values = 0.5 + (one.share - other.share) / 2
        case Regions(), Regions():
            values = np.where(one.calls == other.calls, 0.5, 1.0)
        case Surface(), Surface():
            apart = one.mean - other.mean
            values = 0.5 + apart / (2 * float(np.abs(apart).max()) or 1.0)
        case _:
            return None
    return RegionPicture(one.plane, values, contour=None, rows=isinstance(one, Regions))


def draw_regions(
    picture: RegionPicture, style: PictureStyle, ground: Ground, width: int, height: int
) -> list[Text]:
    """Draw a region map as `height` lines of `width` cells, the second axis upwards."""
    if width < 2 or height < 2:
        return []
    values = _resampled(picture.values, 2 * height, width)
    calls = None if picture.calls is None else _resampled(picture.calls, 2 * height, width)
    line, circle = _contour(values, picture.contour, calls), _circle(picture, 2 * height, width)
    marks = _marks(picture, height, width, style.glyphs.classes) if picture.rows else {}
    if not ground.colors:
        return [_shaded(values, calls, line | circle, marks, y) for y in range(height)]
    paints = _paints(values, calls, style, ground)
    for color, cells in ((style.ceiling, circle), (ground.ink, line)):
        for y, x in np.argwhere(cells).tolist():
            paints[y][x] = color
    return [_colored(paints, marks, y, ground) for y in range(height)]


def _resampled(values: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Return the nearest values of a grid of another size, its rows from the top down."""
    down = ((np.arange(rows)[::-1] + 0.5) * values.shape[0] / rows).astype(int)
    across = ((np.arange(columns) + 0.5) * values.shape[1] / columns).astype(int)
    return np.asarray(values[np.ix_(down, across)])


def _contour(
    values: NDArray[np.float64], level: float | None, calls: NDArray[np.int64] | None
) -> NDArray[np.bool_]:
    """Return for each cell whether the boundary runs between it and the next one."""
    edge = np.zeros(values.shape, dtype=bool)
    if calls is not None:
        sides: NDArray[Any] = calls
    elif level is not None:
        sides = values > level
    else:
        return edge
    edge[:, :-1] |= sides[:, :-1] != sides[:, 1:]
    edge[:-1] |= sides[:-1] != sides[1:]
    return edge


def _circle(picture: RegionPicture, rows: int, columns: int) -> NDArray[np.bool_]:
    """Return the cells that the best possible boundary passes, every other one."""
    found = np.zeros((rows, columns), dtype=bool)
    if picture.circle is None:
        return found
    angles = np.linspace(0, 2 * np.pi, 2 * (rows + columns), endpoint=False)[::2]
    points = picture.circle * np.column_stack([np.cos(angles), np.sin(angles)])
    for x, y in _places(picture.plane, points, rows, columns):
        found[y, x] = True
    return found


def _places(plane: Plane, points: NDArray[np.float64], rows: int, columns: int) -> list[Any]:
    """Return column and row, from the top, of those points that lie in the plane."""
    found = []
    for ticks, values, count in ((plane.x, points[:, 0], columns), (plane.y, points[:, 1], rows)):
        step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
        low = float(ticks[0]) - step / 2
        found.append(np.floor((values - low) / (step * len(ticks)) * count).astype(int))
    across, up = found
    inside = (across >= 0) & (across < columns) & (up >= 0) & (up < rows)
    return list(zip(across[inside].tolist(), (rows - 1 - up[inside]).tolist(), strict=True))


def _marks(
    picture: RegionPicture, height: int, width: int, symbols: str
) -> dict[tuple[int, int], str]:
    """Return the symbol of the training row, or its noisy copy, in a cell of the terminal."""
    plane = picture.plane
    inside = _places(plane, plane.train, height, width)
    if len(inside) < len(plane.train):  # a row at the very edge; the grid reaches beyond all rows
        return {}
    copies = [] if picture.copies is None else _places(plane, picture.copies, height, width)
    classes = plane.targets.astype(int).tolist()
    rows = {at: symbols[each % len(symbols)] for at, each in zip(inside, classes, strict=True)}
    return dict.fromkeys(copies, NOISY) | rows


def _paints(
    values: NDArray[np.float64],
    calls: NDArray[np.int64] | None,
    style: PictureStyle,
    ground: Ground,
) -> list[list[Rgb]]:
    """Return the colour of every half cell."""
    levels = np.clip(np.rint(values * (LEVELS - 1)), 0, LEVELS - 1).astype(int)
    if calls is None:
        scale = [_between(style.color(0), style.color(1), at, ground.paper) for at in range(LEVELS)]
        table = [[scale[level] for level in row] for row in levels.tolist()]
    else:
        shares = [STRENGTH * at / (LEVELS - 1) for at in range(LEVELS)]
        scales = {
            number: [blend(style.color(number), ground.paper, share) for share in shares]
            for number in np.unique(calls).tolist()
        }
        pairs = zip(calls.tolist(), levels.tolist(), strict=True)
        table = [[scales[call][level] for call, level in zip(*pair, strict=True)] for pair in pairs]
    return table


def _colored(
    paints: Sequence[Sequence[Rgb]],
    marks: dict[tuple[int, int], str],
    y: int,
    ground: Ground,
) -> Text:
    upper, lower = paints[2 * y], paints[2 * y + 1]
    line = Text(no_wrap=True, end="")
    run, before = "", None
    for x, pair in enumerate(zip(upper, lower, strict=True)):
        mark = marks.get((x, y))
        if mark is None:
            look, character = _style(*pair), UPPER
        else:
            look, character = _style(ground.ink, pair[1]), mark
        if look is not before and run:
            line.append(run, before)
            run = ""
        run, before = run + character, look
    line.append(run, before)
    return line


def _shaded(
    values: NDArray[np.float64],
    calls: NDArray[np.int64] | None,
    line: NDArray[np.bool_],
    marks: dict[tuple[int, int], str],
    y: int,
) -> Text:
    """Draw a line without colours: a shade for each cell, and the boundary as a dot.

    Of more than two classes, their numbers take the place of shades.
    """
    means = values[2 * y : 2 * y + 2].mean(axis=0)
    shades = [SHADES[round(each * (len(SHADES) - 1))] for each in means.tolist()]
    if calls is not None:
        shades = [str(each % 10) for each in calls[2 * y].tolist()]
    edge = line[2 * y] | line[2 * y + 1]
    cells = [marks.get((x, y), "·" if edge[x] else shade) for x, shade in enumerate(shades)]
    return Text("".join(cells), no_wrap=True, end="")


def _between(low: Rgb, high: Rgb, level: int, paper: Rgb) -> Rgb:
    """Return the shade of a level between two classes, through the colour of the paper."""
    middle = (LEVELS - 1) / 2
    color = high if level > middle else low
    return blend(color, paper, STRENGTH * abs(level - middle) / middle)


def blend(color: Rgb, paper: Rgb, share: float) -> Rgb:
    """Return a colour mixed with the paper."""
    mixed = (round(share * a + (1 - share) * b) for a, b in zip(color, paper, strict=True))
    red, green, blue = mixed
    return red, green, blue


@lru_cache(4096)
def _style(ink: Rgb, paper: Rgb) -> Style:
    return Style(color=Color.from_rgb(*ink), bgcolor=Color.from_rgb(*paper))
