"""Lines and pairs over any axes, with bands and a legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from hiss.tui.charts import axes
from hiss.tui.charts.axes import Limits, ticks
from hiss.tui.charts.plotext_backend import UPRIGHT, empty_figure, figure_lines, scatter
from hiss.tui.style.themes import PictureStyle, hex_color

BANDS = 60
"""Cells of a chart from which on more than two bands are drawn."""
SPARSE = 5
"""Cells of a line for each of its symbols at least: they tell lines apart without colours."""
NARROW = 24
"""Cells of a legend's entry at most: names are cut where several stand side by side."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line with its band, or the dots of pairs."""

    name: str
    place: int
    """Number of its arm in the session."""
    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64] | None = None
    faint: bool = False
    dots: bool = False
    """Whether it is drawn without a line."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What stands in one pair of axes."""

    caption: str
    series: tuple[Series, ...]
    pairs: bool = False
    """Whether dots stand for pairs, without lines."""
    cursor: float | None = None
    """Where an upright line stands, on the x axis."""
    diagonal: bool = False
    """Whether the line y = x is drawn."""
    log: bool = False
    """Whether the y axis may be logarithmic, which it is where values differ more than tenfold."""
    labels: Mapping[float, str] = field(default_factory=dict)
    """Labels of the x axis by their place; empty for round numbers."""
    across: Limits | None = None
    """Ends of the x axis; None where the values end."""
    up: Limits | None = None
    """Ends of the y axis; None where the values and their bands end."""


def draw_chart(chart: Chart, style: PictureStyle, width: int, height: int) -> list[Text]:
    """Draw a caption and the axes with all lines, as at most `height` lines of `width` cells."""
    caption = Text(chart.caption, style="dim", no_wrap=True)
    caption.truncate(width, overflow="ellipsis")
    caption.pad_right(width - caption.cell_len)
    if not any(len(one.x) for one in chart.series) or height < 4 or width < 12:
        return [caption] if chart.caption else []
    chart = replace(chart, log=chart.log and _differ_much(chart.series))
    series = [_thinned(one, chart, width) for one in chart.series]
    x_limits = chart.across or _ends([one.x for one in series])
    y_limits = chart.up or _ends([each for one in series for each in _edges(one, chart.log)])
    head = [caption] if chart.caption else []
    figure = _scaled(chart, x_limits, y_limits, style, width, height - len(head))
    for line in _straight_lines(chart, x_limits, y_limits):
        figure.plot(*line, marker=style.glyphs.line, color=style.axis)
    if chart.cursor is not None:
        figure.plot([chart.cursor] * 2, list(y_limits), marker=UPRIGHT, color=style.axis)
    for one in sorted(series, key=lambda one: not one.faint):
        _draw(figure, one, chart, style, width)
    return [*head, *figure_lines(figure)]


def ends_of(series: Sequence[Series]) -> Limits:
    """Return between which values lines and their bands lie, with a little room."""
    return _ends([each for one in series for each in _edges(one, False)])


def legend_lines(
    series: Sequence[Series], style: PictureStyle, width: int, most: int = 2
) -> list[Text]:
    """Return the symbols and names of curves in at most `most` lines, and count the others."""
    entries = [
        Text(
            f"{style.symbol(one.place, hollow=one.faint)} {_cut(one.name)}",
            style=hex_color(style.color(one.place, faint=one.faint)),
        )
        for one in sorted({one.name: one for one in series}.values(), key=lambda one: one.place)
    ]
    lines = [Text(no_wrap=True)]
    for number, entry in enumerate(entries):
        left = len(entries) - number
        room = width - (len(f"  + {left:,} more") if len(lines) == most and left > 1 else 0)
        gap = 2 if lines[-1] else 0
        if lines[-1] and lines[-1].cell_len + gap + entry.cell_len > room:
            if len(lines) == most:
                lines[-1].append(f"  + {left:,} more", "dim")
                break
            lines.append(Text(no_wrap=True))
            gap = 0
        lines[-1].append(" " * gap).append_text(entry)
    return [line for line in lines if line]


def _cut(name: str) -> str:
    return name if len(name) <= NARROW else f"{name[: NARROW - 1]}…"


def _thinned(one: Series, chart: Chart, width: int) -> Series:
    """Return a line without its band where bands of several lines would hide each other."""
    return replace(one, sd=None) if len(chart.series) > 2 and width < BANDS else one


def _differ_much(series: Sequence[Series]) -> bool:
    """Return whether all values are above 0 and the largest is more than ten times the smallest."""
    values = np.concatenate([one.mean for one in series])
    return bool(values.min() > 0 and values.max() > 10 * values.min())


def _edges(one: Series, log: bool) -> list[NDArray[np.float64]]:
    """Return the ends of a line's band, as they lie on the y axis; without one, the line itself."""
    if one.sd is None:
        edges = [one.mean]
    else:
        low = one.mean - one.sd
        edges = [np.where(low > 0, low, one.mean) if log else low, one.mean + one.sd]
    return [np.log10(each) for each in edges] if log else edges


def _draw(figure: Any, one: Series, chart: Chart, style: PictureStyle, width: int) -> None:
    color = style.color(one.place, faint=one.faint)
    if one.sd is not None:
        faint = style.color(one.place, faint=True)
        for edge in _edges(one, chart.log):
            figure.plot(one.x.tolist(), edge.tolist(), marker=style.glyphs.line, color=faint)
    mean = np.log10(one.mean) if chart.log else one.mean
    if not (chart.pairs or one.dots):
        figure.plot(one.x.tolist(), mean.tolist(), marker=style.glyphs.line, color=color)
    symbol = style.symbol(one.place, hollow=one.faint)
    step = 1 if chart.pairs or one.dots else max(1, len(one.x) * SPARSE // width)
    scatter(figure, one.x[::step], mean[::step], symbol, color)


def _straight_lines(chart: Chart, x: Limits, y: Limits) -> list[tuple[list[float], list[float]]]:
    """Return the axes through 0 of pairs, and the diagonal."""
    found = []
    if chart.pairs and y[0] < 0 < y[1]:
        found.append((list(x), [0.0, 0.0]))
    if chart.pairs and x[0] < 0 < x[1]:
        found.append(([0.0, 0.0], list(y)))
    if chart.diagonal:
        ends = [max(x[0], y[0]), min(x[1], y[1])]
        found.append((ends, ends))
    return found


def _ends(values: Sequence[NDArray[Any]]) -> Limits:
    whole = np.concatenate(list(values))
    low, high = float(whole.min()), float(whole.max())
    reach = 0.03 * (high - low) or 0.5
    return low - reach, high + reach


def _scaled(
    chart: Chart, x: Limits, y: Limits, style: PictureStyle, width: int, height: int
) -> Any:
    """Return a figure whose axes are labelled."""
    figure = empty_figure(width, max(3, height))
    figure.ticks_color(style.axis)
    figure.xlim(*x)
    figure.ylim(*y)
    down = axes.number_labels(ticks(*y, max(1, height // 4)))
    if chart.log:
        down = {at: f"{10**at:,.{max(0, -math.floor(at))}f}" for at in down}
    figure.yticks(list(down), list(down.values()))
    across = chart.labels or axes.number_labels(ticks(*x, max(1, width // 12)))
    figure.xticks(list(across), list(across.values()))
    return figure
