"""Lines and pairs over any axes, with bands and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from hiss.tui.charts import axes
from hiss.tui.charts.axes import ticks
from hiss.tui.charts.plotext_backend import empty_figure, figure_lines, scatter
from hiss.tui.style.themes import PictureStyle, hex_color


@dataclass(frozen=True, slots=True)
class Series:
    """A line with its band."""

    name: str
    place: int
    """Number of its arm in the session."""
    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64] | None = None
    faint: bool = False


def draw_series(
    series: Sequence[Series], style: PictureStyle, width: int, height: int
) -> list[Text]:
    """Draw lines with their bands of one SD, as `height` lines of `width` cells with a legend."""
    ends = [
        one.mean + sign * (0 if one.sd is None else one.sd) for one in series for sign in (-1, 1)
    ]
    x = np.concatenate([one.x for one in series])
    figure = _scaled(x, np.concatenate(ends), style, width, height - 1)
    for one in series:
        color = style.color(one.place, faint=one.faint)
        if one.sd is not None:
            faint = style.color(one.place, faint=True)
            for edge in (one.mean - one.sd, one.mean + one.sd):
                figure.plot(one.x.tolist(), edge.tolist(), marker=style.glyphs.line, color=faint)
        figure.plot(one.x.tolist(), one.mean.tolist(), marker=style.glyphs.line, color=color)
        symbol = style.symbol(one.place, hollow=one.faint)
        scatter(figure, one.x, one.mean, symbol, color)
    return [*figure_lines(figure), _legend(series, style, width)]


def draw_pairs(
    series: Sequence[Series], style: PictureStyle, width: int, height: int
) -> list[Text]:
    """Scatter pairs of values, as `height` lines of `width` cells with a legend."""
    if not series or not any(len(one.x) for one in series):
        return [Text("No arm has a baseline here.", style="dim")]
    x, y = (np.concatenate([getattr(one, name) for one in series]) for name in ("x", "mean"))
    figure = _scaled(x, y, style, width, height - 1)
    for one in series:
        scatter(figure, one.x, one.mean, style.symbol(one.place), style.color(one.place))
    return [*figure_lines(figure), _legend(series, style, width)]


def _scaled(x: NDArray[Any], y: NDArray[Any], style: PictureStyle, width: int, height: int) -> Any:
    """Return a figure whose axes are labelled and hold all values."""
    figure = empty_figure(width, max(3, height))
    figure.ticks_color(style.axis)
    for values, limit, label, count in (
        (x, figure.xlim, figure.xticks, width // 12),
        (y, figure.ylim, figure.yticks, height // 4),
    ):
        low, high = float(values.min()), float(values.max())
        reach = 0.03 * (high - low) or 0.5
        labels = axes.number_labels(ticks(low - reach, high + reach, max(1, count)))
        limit(low - reach, high + reach)
        label(list(labels), list(labels.values()))
    return figure


def _legend(series: Sequence[Series], style: PictureStyle, width: int) -> Text:
    """Return the symbols and names of lines, as many as fit."""
    line = Text(no_wrap=True)
    for one in series:
        color = hex_color(style.color(one.place, faint=one.faint))
        line.append(f"{style.symbol(one.place, hollow=one.faint)} {one.name}  ", color)
    line.truncate(width, overflow="ellipsis")
    return line
