"""Numbers to pictures, by plotext; pictures are lines of rich text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Span, Text
from textual_plotext import Plot

from hiss.tui.charts import axes
from hiss.tui.charts.downsample import bins, cloud, extremes, ticks
from hiss.tui.charts.pictures import CurvesPicture, Line, SweepPicture
from hiss.tui.compatibility import figure_rows, set_figure_size
from hiss.tui.style.themes import PictureStyle, Rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hiss.data.preview import Preview

RIGHT = 2
"""The right axis, by the number that plotext's ticks and lines both understand."""
DOTS = 3000
"""Dots that all single repeats together are drawn with: plotext takes 15 µs for each."""
UPRIGHT = "│"
"""What error bars are made of."""
RIGHT_LABELS = 7
"""Cells to the right of the curves that a ceiling's label takes."""


def draw_curves(picture: CurvesPicture, look: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw curves over a fixed x axis."""
    low, high = axes.curve_limits(picture)
    labels = axes.number_labels(ticks(low, high, max(1, height // 4)))
    left = max(map(len, labels.values())) + 1
    columns = max(1, (width - left - (RIGHT_LABELS if picture.ceilings else 0)))
    edges = bins(picture.epochs, columns * look.glyphs.cells)
    figure = _figure(width, height)
    figure.ticks_color(look.axis)
    figure.ylim(low, high)
    figure.yticks(list(labels), list(labels.values()))
    _draw_x_axis(figure, picture.epochs, len(edges), columns)
    _draw_ceilings(figure, picture.ceilings, look, (low, high), height)
    _draw_clouds(figure, picture, edges, look, (low, high), height)
    for draw in (_draw_band, _draw_line, _draw_symbols):
        for line in sorted(picture.lines, key=lambda line: not line.training):
            draw(figure, line, edges, look)
    return _built(figure)


def _figure(width: int, height: int) -> Plot:
    figure = Plot()
    set_figure_size(figure, width, height)
    figure.theme("textual-clear")
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    return figure


def _draw_x_axis(figure: Plot, epochs: int, count: int, columns: int) -> None:
    figure.xlim(0, max(1, count - 1))
    numbers = ticks(0, epochs, max(1, columns // 10))
    places = [number / epochs * max(1, count - 1) for number in numbers]
    figure.xticks(places, [f"{number:,.0f}" for number in numbers])


def _draw_ceilings(
    figure: Plot,
    ceilings: Sequence[float],
    look: PictureStyle,
    limits: tuple[float, float],
    height: int,
) -> None:
    if not ceilings:
        return
    row = (limits[1] - limits[0]) / max(1, height - 3)
    labels = {ceiling: f"{ceiling:.3f} " for ceiling in ceilings}
    labels[max(ceilings) + row] = "Bayes "  # plotext cuts off the last character
    figure.ylim(*limits, yside=RIGHT)
    figure.yticks(list(labels), list(labels.values()), yside=RIGHT)
    for ceiling in ceilings:
        figure.horizontal_line(ceiling, color=look.ceiling, yside=RIGHT)  # type: ignore[arg-type]


def _draw_line(figure: Plot, line: Line, edges: NDArray[np.int64], look: PictureStyle) -> None:
    low, high = extremes(line.spread.mean, edges)
    x, y = axes.path(low, high)
    figure.plot(x, y, marker=look.glyphs.line, color=_color(line, look))


def _draw_clouds(
    figure: Plot,
    picture: CurvesPicture,
    edges: NDArray[np.int64],
    look: PictureStyle,
    limits: tuple[float, float],
    height: int,
) -> None:
    """Draw every replicate, as all the dots that any of them touches."""
    levels = max(2, (height - 2) * look.glyphs.levels)
    lines = [line for line in picture.lines if line.every and line.spread.half is not None]
    for line in lines:
        x, y = cloud(line.spread.rows, edges, limits, levels, DOTS // len(lines))
        color = look.faint[line.arm % len(look.faint)]
        figure.scatter(x.tolist(), y.tolist(), marker=look.glyphs.line, color=color)


def _draw_band(figure: Plot, line: Line, edges: NDArray[np.int64], look: PictureStyle) -> None:
    """Dot the edges of the band about the mean."""
    spread = line.spread
    if spread.half is None or line.every:
        return
    low, _ = extremes(spread.mean - spread.half, edges)
    _, high = extremes(spread.mean + spread.half, edges)
    for edge in (low, high):
        kept = np.flatnonzero(np.isfinite(edge))[:: look.glyphs.cells]
        color = look.faint[line.arm % len(look.faint)]
        figure.scatter(kept.tolist(), edge[kept].tolist(), marker=look.glyphs.line, color=color)


def _draw_symbols(figure: Plot, line: Line, edges: NDArray[np.int64], look: PictureStyle) -> None:
    """Put the arm's symbol on its curve here and there, at places that other arms leave free."""
    low, high = extremes(line.spread.mean, edges)
    period = max(8, len(edges) // 5)
    symbols = look.glyphs.hollow if line.training else look.glyphs.filled
    first = (period * (2 * (line.arm % 6) + line.training)) // 12 + period // 12
    places = np.arange(first, len(low), period)
    places = places[np.isfinite(low[places])]
    middle = (low[places] + high[places]) / 2
    symbol = symbols[line.arm % len(symbols)]
    figure.scatter(places.tolist(), middle.tolist(), marker=symbol, color=_color(line, look))


def _color(line: Line, look: PictureStyle) -> Rgb:
    colors = look.faint if line.training else look.arms
    return colors[line.arm % len(colors)]


def _built(figure: Plot) -> list[Text]:
    return [_row(characters, colors) for characters, colors in figure_rows(figure)]


def _row(characters: Sequence[str], colors: Sequence[object]) -> Text:
    """Return a line of text, neighbours of one colour under one style."""
    spans, start = [], 0
    for color, run in groupby(colors):
        end = start + len(list(run))
        if isinstance(color, tuple):
            spans.append(Span(start, end, _style(color)))
        start = end
    return Text("".join(characters), spans=spans)


@lru_cache
def _style(color: Rgb) -> Style:
    return Style(color=Color.from_rgb(*color))


def draw_points(preview: Preview, look: PictureStyle, width: int, height: int) -> list[Text]:
    """Scatter rows by class; a target that is not a class is cut into thirds."""
    figure = _figure(width, height)
    figure.xaxes(False, False)
    figure.yaxes(False, False)
    figure.xticks([])
    figure.yticks([])
    (left, right), (low, high) = axes.point_limits(preview, width, height)
    figure.xlim(left, right)
    figure.ylim(low, high)
    grouped = axes.point_groups(preview)
    for place, one in enumerate(np.unique(grouped)):
        x, y = preview.points[grouped == one].T
        symbol = look.glyphs.classes[place % len(look.glyphs.classes)]
        color = look.arms[place % len(look.arms)]
        figure.scatter(x.tolist(), y.tolist(), marker=symbol, color=color)
    return _built(figure)


def draw_sweep(picture: SweepPicture, look: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw scores over noise strengths, with their standard errors."""
    places = axes.strength_positions([point.value for point in picture.points])
    measured = [(p.mean, p.se or 0.0) for p in picture.points if p.mean is not None]
    low, high = axes.strength_limits(measured)
    labelled = axes.number_labels(ticks(low, high, max(1, height // 3)))
    columns = max(1, width - max(map(len, labelled.values())) - 1)
    figure = _figure(width, height)
    figure.ticks_color(look.axis)
    figure.xlim(-0.03, 1.03)
    figure.ylim(low, high)
    figure.yticks(list(labelled), list(labelled.values()))
    names = axes.strength_labels(places, columns, picture.cursor)
    figure.xticks([places[value] for value in names], list(names.values()))
    _draw_strengths(figure, picture, places, (low, high), look)
    return _built(figure)


def _draw_strengths(
    figure: Plot,
    picture: SweepPicture,
    places: dict[float, float],
    limits: tuple[float, float],
    look: PictureStyle,
) -> None:
    glyphs = look.glyphs
    if picture.cursor in places:
        at = places[picture.cursor]
        figure.plot([at, at], list(limits), marker=UPRIGHT, color=look.axis)
    seen = [(places[point.value], point) for point in picture.points if point.mean is not None]
    noisy = [(x, point.mean) for x, point in seen if point.value > 0]
    if noisy:
        figure.plot(*map(list, zip(*noisy, strict=True)), marker=glyphs.line, color=look.faint[0])
    for x, point in seen:
        assert point.mean is not None
        color = look.arms[0 if point.rank == "other" else 1]
        if point.se:
            ends = [point.mean - point.se, point.mean + point.se]
            figure.plot([x, x], ends, marker=UPRIGHT, color=color)
        figure.scatter([x], [point.mean], marker=getattr(glyphs, point.rank), color=color)
