"""Numbers to pictures, by plotext; pictures are lines of rich text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text
from textual_plotext import Plot

from tui.pictures import CurvesPicture, Line, Look, Rgb
from tui.series import Values, accuracy_limits, bins, extremes, loss_limits, ticks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.preview import Preview

RIGHT = 2
"""The right axis, by the number that plotext's ticks and lines both understand."""
RIGHT_LABELS = 7
"""Cells to the right of the curves that a ceiling's label takes."""


def draw_curves(picture: CurvesPicture, look: Look, width: int, height: int) -> list[Text]:
    """Draw curves over a fixed x axis."""
    low, high = _limits(picture)
    labels = _number_labels(ticks(low, high, max(1, height // 4)))
    left = max(map(len, labels.values())) + 1
    columns = max(1, (width - left - (RIGHT_LABELS if picture.ceilings else 0)))
    edges = bins(picture.epochs, columns * look.glyphs.cells)
    figure = _figure(width, height)
    figure.ticks_color(look.axis)
    figure.ylim(low, high)
    figure.yticks(list(labels), list(labels.values()))
    _draw_x_axis(figure, picture.epochs, len(edges), columns)
    _draw_ceilings(figure, picture.ceilings, look, (low, high), height)
    for draw in (_draw_band, _draw_line, _draw_symbols):
        for line in sorted(picture.lines, key=lambda line: not line.training):
            draw(figure, line, edges, look)
    return _built(figure)


def _limits(picture: CurvesPicture) -> tuple[float, float]:
    drawn = [line.spread.mean for line in picture.lines if len(line.spread.mean)]
    if picture.quantity == "accuracy":
        return accuracy_limits(min((float(np.nanmin(one, initial=1)) for one in drawn), default=1))
    return loss_limits(max((_highest(one) for one in drawn), default=0.0))


def _highest(values: Values) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if len(finite) else 0.0


def _number_labels(numbers: Sequence[float]) -> dict[float, str]:
    """Spell all numbers with the decimals that the finest of them needs."""
    decimals = max((len(f"{one:g}".partition(".")[2]) for one in numbers), default=0)
    return {number: f"{number:,.{decimals}f}" for number in numbers}


def _figure(width: int, height: int) -> Plot:
    figure = Plot()
    figure._set_size(width, height)  # plot_size() would clip it to the terminal of fd 1
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
    figure: Plot, ceilings: Sequence[float], look: Look, limits: tuple[float, float], height: int
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


def _draw_line(figure: Plot, line: Line, edges: NDArray[np.int64], look: Look) -> None:
    low, high = extremes(line.spread.mean, edges)
    x, y = _path(low, high)
    figure.plot(x, y, marker=look.glyphs.line, color=_color(line, look))


def _path(low: Values, high: Values) -> tuple[list[float], list[float]]:
    """Down and up in every column, in one stroke; columns without a number are left out."""
    x = np.repeat(np.arange(len(low)), 2)
    y = np.stack([low, high], axis=1).ravel()
    kept = np.isfinite(y)
    kept[1::2] &= low != high
    return x[kept].tolist(), y[kept].tolist()


def _draw_band(figure: Plot, line: Line, edges: NDArray[np.int64], look: Look) -> None:
    """Dot the edges of mean ± SD."""
    spread = line.spread
    if spread.sd is None:
        return
    low, _ = extremes(spread.mean - spread.sd, edges)
    _, high = extremes(spread.mean + spread.sd, edges)
    for edge in (low, high):
        kept = np.flatnonzero(np.isfinite(edge))[:: look.glyphs.cells]
        color = look.faint[line.arm % len(look.faint)]
        figure.scatter(kept.tolist(), edge[kept].tolist(), marker=look.glyphs.line, color=color)


def _draw_symbols(figure: Plot, line: Line, edges: NDArray[np.int64], look: Look) -> None:
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


def _color(line: Line, look: Look) -> Rgb:
    colors = look.faint if line.training else look.arms
    return colors[line.arm % len(colors)]


def _built(figure: Plot) -> list[Text]:
    text = Text.from_ansi(figure.build())
    return [line for line in text.split("\n", allow_blank=False)]


def draw_points(preview: Preview, look: Look, width: int, height: int) -> list[Text]:
    """Scatter rows by class; a target that is not a class is cut into thirds."""
    figure = _figure(width, height)
    figure.xaxes(False, False)
    figure.yaxes(False, False)
    figure.xticks([])
    figure.yticks([])
    (left, right), (low, high) = _limits_of_points(preview, width, height)
    figure.xlim(left, right)
    figure.ylim(low, high)
    groups = _groups(preview)
    for place, one in enumerate(np.unique(groups)):
        x, y = preview.points[groups == one].T
        symbol = look.glyphs.classes[place % len(look.glyphs.classes)]
        color = look.arms[place % len(look.arms)]
        figure.scatter(x.tolist(), y.tolist(), marker=symbol, color=color)
    return _built(figure)


def _groups(preview: Preview) -> NDArray[np.intp]:
    if preview.classes:
        return preview.targets.astype(np.intp)
    if preview.axes[1] == "target":
        return np.zeros(len(preview.targets), np.intp)
    return np.digitize(preview.targets, np.quantile(preview.targets, [1 / 3, 2 / 3]))


def _limits_of_points(
    preview: Preview, width: int, height: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits that keep circles round, cells being twice as high as wide; but for a target axis."""
    low, high = preview.points.min(axis=0), preview.points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum(high - low, 1e-9) / 2
    if preview.axes[1] != "target":
        cells = np.array([max(1, width - 1), max(1, 2 * (height - 1))])
        half = (half / cells).max() * cells
    left, bottom = (middle - half).tolist()
    right, top = (middle + half).tolist()
    return (left, right), (bottom, top)
