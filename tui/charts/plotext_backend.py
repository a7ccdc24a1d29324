"""Pictures drawn by plotext, as lines of rich text; nothing else imports plotext.

plotext draws on the thread that made the figure. Sizes are in cells of the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Span, Text
from textual_plotext import Plot

from hiss.tui.charts import axes
from hiss.tui.charts.axes import Limits, ticks
from hiss.tui.charts.curves import CurvesPicture, Line, Strength, SweepPicture
from hiss.tui.charts.downsample import bins, cloud, extremes, stroke
from hiss.tui.compatibility import figure_rows, set_figure_size
from hiss.tui.style.themes import PictureStyle, Rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hiss.data.preview import Preview

RIGHT_AXIS = 2
"""The right y axis, by the number that plotext's ticks and lines both understand."""
MOST_DOTS = 3000
"""Dots that all single repeats together are drawn with: plotext takes 15 µs for each."""
UPRIGHT = "│"
"""The marker of error bars and of the cursor."""
RIGHT_LABELS = 7
"""Cells to the right of the curves that a ceiling's label takes."""


def draw_curves(picture: CurvesPicture, style: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw curves over a fixed x axis, as `height` lines of `width` cells."""
    limits = axes.curve_limits(picture)
    labels = axes.number_labels(ticks(*limits, max(1, height // 4)))
    left = max(map(len, labels.values())) + 1
    columns = max(1, (width - left - (RIGHT_LABELS if picture.ceilings else 0)))
    edges = bins(picture.epochs, columns * style.glyphs.cells)
    figure = empty_figure(width, height)
    figure.ticks_color(style.axis)
    figure.ylim(*limits)
    figure.yticks(list(labels), list(labels.values()))
    _draw_epochs(figure, picture.epochs, len(edges), columns)
    _draw_ceilings(figure, picture.ceilings, style, limits, height)
    _draw_clouds(figure, picture, edges, style, limits, height)
    for draw in (_draw_band, _draw_line, _draw_symbols):
        for line in sorted(picture.lines, key=lambda line: not line.training):
            draw(figure, line, edges, style)
    return figure_lines(figure)


def draw_points(preview: Preview, style: PictureStyle, width: int, height: int) -> list[Text]:
    """Scatter rows by class, as `height` lines of `width` cells.

    A target that is not a class is cut into thirds.
    """
    figure = empty_figure(width, height)
    figure.xaxes(False, False)
    figure.yaxes(False, False)
    figure.xticks([])
    figure.yticks([])
    horizontal, vertical = axes.point_limits(preview, width, height)
    figure.xlim(*horizontal)
    figure.ylim(*vertical)
    groups = _groups(preview)
    for place, group in enumerate(np.unique(groups)):
        x, y = preview.points[groups == group].T
        symbol = style.glyphs.classes[place % len(style.glyphs.classes)]
        scatter(figure, x, y, symbol, style.color(place))
    return figure_lines(figure)


def draw_sweep(picture: SweepPicture, style: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw scores ± SE over noise strengths, as `height` lines of `width` cells."""
    places = axes.strength_positions([point.value for point in picture.points])
    measured = [(p.mean, p.se or 0.0) for p in picture.points if p.mean is not None]
    limits = axes.strength_limits(measured)
    labels = axes.number_labels(ticks(*limits, max(1, height // 3)))
    columns = max(1, width - max(map(len, labels.values())) - 1)
    figure = empty_figure(width, height)
    figure.ticks_color(style.axis)
    figure.xlim(-0.03, 1.03)
    figure.ylim(*limits)
    figure.yticks(list(labels), list(labels.values()))
    names = axes.strength_labels(places, columns, picture.cursor)
    figure.xticks([places[value] for value in names], list(names.values()))
    if picture.cursor in places:
        x = places[picture.cursor]
        figure.plot([x, x], list(limits), marker=UPRIGHT, color=style.axis)
    _draw_strengths(figure, picture.points, places, style)
    return figure_lines(figure)


# plotext's figure, before and after drawing.


def empty_figure(width: int, height: int) -> Plot:
    """Return an empty figure with a left and a lower axis, in the terminal's own background."""
    figure = Plot()
    set_figure_size(figure, width, height)
    figure.theme("textual-clear")
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    return figure


def scatter(figure: Plot, x: NDArray[Any], y: NDArray[Any], marker: str, color: Rgb) -> None:
    """Draw points; plotext loops over them in Python, where lists are faster than arrays."""
    figure.scatter(x.tolist(), y.tolist(), marker=marker, color=color)


def figure_lines(figure: Plot) -> list[Text]:
    """Return a figure as one line of text for every row of its cells."""
    return [_line(characters, colors) for characters, colors in figure_rows(figure)]


def _line(characters: Sequence[str], colors: Sequence[object]) -> Text:
    """Return a line of text in which neighbours of one colour share a style."""
    spans, start = [], 0
    for color, run in groupby(colors):
        end = start + len(list(run))
        if isinstance(color, tuple):
            spans.append(Span(start, end, _foreground(color)))
        start = end
    return Text("".join(characters), spans=spans)


@lru_cache
def _foreground(color: Rgb) -> Style:
    return Style(color=Color.from_rgb(*color))


# The parts of a chart of curves.


def _draw_epochs(figure: Plot, epochs: int, count: int, columns: int) -> None:
    """Label the x axis of `count` points, which `columns` cells hold, by epochs."""
    figure.xlim(0, max(1, count - 1))
    numbers = ticks(0, epochs, max(1, columns // 10))
    places = [number / epochs * max(1, count - 1) for number in numbers]
    figure.xticks(places, [f"{number:,.0f}" for number in numbers])


def _draw_ceilings(
    figure: Plot, ceilings: Sequence[float], style: PictureStyle, limits: Limits, height: int
) -> None:
    """Draw and label a horizontal line for every best possible accuracy."""
    if not ceilings:
        return
    row = (limits[1] - limits[0]) / max(1, height - 3)
    labels = {ceiling: f"{ceiling:.3f} " for ceiling in ceilings}
    labels[max(ceilings) + row] = "Bayes "  # plotext cuts off the last character
    figure.ylim(*limits, yside=RIGHT_AXIS)
    figure.yticks(list(labels), list(labels.values()), yside=RIGHT_AXIS)
    for ceiling in ceilings:
        figure.horizontal_line(ceiling, color=style.ceiling, yside=RIGHT_AXIS)  # type: ignore[arg-type]


def _draw_clouds(
    figure: Plot,
    picture: CurvesPicture,
    edges: NDArray[np.int64],
    style: PictureStyle,
    limits: Limits,
    height: int,
) -> None:
    """Draw every replicate, as all the dots that any of them touches."""
    levels = max(2, (height - 2) * style.glyphs.levels)
    lines = [line for line in picture.lines if line.every and line.band.edges is not None]
    for line in lines:
        x, y = cloud(line.band.rows, edges, limits, levels, MOST_DOTS // len(lines))
        scatter(figure, x, y, style.glyphs.line, style.color(line.arm, faint=True))


def _draw_band(figure: Plot, line: Line, edges: NDArray[np.int64], style: PictureStyle) -> None:
    """Dot the edges of the band about the mean."""
    band = line.band
    if band.edges is None or line.every:
        return
    (low, _), (_, high) = (extremes(edge, edges) for edge in band.edges)
    color = style.color(line.arm, faint=True)
    for edge in (low, high):
        kept = np.flatnonzero(np.isfinite(edge))[:: style.glyphs.cells]
        scatter(figure, kept, edge[kept], style.glyphs.line, color)


def _draw_line(figure: Plot, line: Line, edges: NDArray[np.int64], style: PictureStyle) -> None:
    x, y = stroke(*extremes(line.band.mean, edges))
    color = style.color(line.arm, faint=line.training)
    figure.plot(x.tolist(), y.tolist(), marker=style.glyphs.line, color=color)


def _draw_symbols(figure: Plot, line: Line, edges: NDArray[np.int64], style: PictureStyle) -> None:
    """Put the arm's symbol on its curve here and there, at places that other arms leave free."""
    low, high = extremes(line.band.mean, edges)
    period = max(8, len(edges) // 5)
    first = (period * (2 * (line.arm % 6) + line.training)) // 12 + period // 12
    x = np.arange(first, len(low), period)
    x = x[np.isfinite(low[x])]
    y = (low[x] + high[x]) / 2
    symbol = style.symbol(line.arm, hollow=line.training)
    scatter(figure, x, y, symbol, style.color(line.arm, faint=line.training))


# The parts of the other charts.


def _groups(preview: Preview) -> NDArray[np.intp]:
    """Return the group of every row: its class, or the third that its target lies in."""
    if preview.classes:
        return preview.targets.astype(np.intp)
    if preview.axes[1] == "target":
        return np.zeros(len(preview.targets), np.intp)
    return np.digitize(preview.targets, np.quantile(preview.targets, [1 / 3, 2 / 3]))


def _draw_strengths(
    figure: Plot, points: Sequence[Strength], places: dict[float, float], style: PictureStyle
) -> None:
    """Draw every point's mean with its error bar, and a line through those with noise."""
    glyphs = style.glyphs
    seen = [(places[point.value], point) for point in points if point.mean is not None]
    noisy = [(x, point.mean) for x, point in seen if point.value > 0]
    if noisy:
        x, y = map(list, zip(*noisy, strict=True))
        figure.plot(x, y, marker=glyphs.line, color=style.color(0, faint=True))
    for at, point in seen:
        assert point.mean is not None
        color = style.color(0 if point.rank == "other" else 1)
        if point.se:
            ends = [point.mean - point.se, point.mean + point.se]
            figure.plot([at, at], ends, marker=UPRIGHT, color=color)
        figure.scatter([at], [point.mean], marker=getattr(glyphs, point.rank), color=color)
