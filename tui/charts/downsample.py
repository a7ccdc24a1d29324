"""Curves made small enough to draw: one lowest and one highest value a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
Cloud = tuple[NDArray[np.intp], Values]


def bins(epochs: int, columns: int) -> NDArray[np.int64]:
    """The first epoch of each column when `epochs` are laid over at most `columns` of them."""
    count = max(1, min(epochs, columns))
    return -(-np.arange(count, dtype=np.int64) * epochs // count)


def extremes(values: Values, edges: NDArray[np.int64]) -> tuple[Values, Values]:
    """The lowest and the highest value in every column that has been reached; NaN is passed over.

    The columns of an unfinished curve are those of the finished one, so that what is drawn stays.
    """
    reached = edges[edges < len(values)]
    if not len(reached):
        return values[:0], values[:0]
    return np.fmin.reduceat(values, reached), np.fmax.reduceat(values, reached)


def cloud(
    rows: Values,
    edges: NDArray[np.int64],
    limits: tuple[float, float],
    levels: int,
    most: int,
) -> Cloud:
    """Where many curves pass, as (column, value) of every dot of a grid that any of them touches.

    `levels` dots lie between the limits; a curve is drawn down and up in every column. Of more
    dots than `most`, only those on evenly spaced diagonals are kept.
    """
    low, high = limits
    extents = [extremes(row, edges) for row in rows]
    ends = np.stack([(_level(a, low, high, levels), _level(b, low, high, levels))
                     for a, b in extents])  # fmt: skip
    touched = np.zeros((ends.shape[2], levels), bool)
    levels_up = np.arange(levels)
    for first, last in ends:
        touched |= (levels_up >= first[:, None]) & (levels_up <= last[:, None])
    columns, heights = np.nonzero(touched)
    kept = (columns + heights) % max(1, -(-len(columns) // most)) == 0
    columns, heights = columns[kept], heights[kept]
    return columns, low + (high - low) * heights / max(1, levels - 1)


def _level(values: Values, low: float, high: float, levels: int) -> Values:
    """The dot that a value falls on; NaN falls on none."""
    share = (values - low) / ((high - low) or 1.0)
    return np.where((share >= 0) & (share <= 1), np.round(share * (levels - 1)), np.nan)


def nice_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 5, 10 … × 10ᵏ that cuts `span` into at most `count` pieces."""
    rough = span / max(1, count)
    if not np.isfinite(rough) or rough <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9)))


def ticks(low: float, high: float, count: int) -> list[float]:
    """At most `count` + 1 round numbers from `low` to `high`."""
    step = nice_step(high - low, count)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [round(float(index) * step, 12) + 0.0 for index in np.arange(first, last + 1)]


def accuracy_limits(lowest: float) -> tuple[float, float]:
    """The y axis for accuracies: up to 1, and down to 0.5, or to the tenth that it takes."""
    return (max(0.0, min(0.5, float(np.floor(lowest * 10) / 10))), 1.0)


def loss_limits(highest: float) -> tuple[float, float]:
    """The y axis for losses: from 0 to the next of 1, 2, 5, 10 … × 10ᵏ."""
    if not np.isfinite(highest) or highest <= 0:
        return (0.0, 1.0)
    return (0.0, nice_step(float(highest), 1))
