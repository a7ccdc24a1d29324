"""Curves made small enough to draw: one lowest and one highest value a column.

A column is the width of one point that the glyphs can draw: half a cell in braille.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
Dots = tuple[NDArray[np.intp], Values]
"""Columns, counted from 0, and the values at them."""


def bins(epochs: int, columns: int) -> NDArray[np.int64]:
    """Return the first epoch of each column when `epochs` are laid over at most `columns`."""
    count = max(1, min(epochs, columns))
    return -(-np.arange(count, dtype=np.int64) * epochs // count)


def extremes(values: Values, edges: NDArray[np.int64]) -> tuple[Values, Values]:
    """Return the lowest and the highest value of every column that a curve has reached.

    The columns of an unfinished curve are those of the finished one, so that what is drawn stays.

    Args:
        values: One value an epoch, shape (epochs so far,); NaN is passed over.
        edges: The first epoch of each column, from `bins`.

    Returns:
        Two arrays of shape (columns reached,); NaN where a column holds nothing else.
    """
    reached = edges[edges < len(values)]
    if not len(reached):
        return values[:0], values[:0]
    return np.fmin.reduceat(values, reached), np.fmax.reduceat(values, reached)


def stroke(low: Values, high: Values) -> Dots:
    """Return the points of one line that goes down and up in every column with a number."""
    columns = np.repeat(np.arange(len(low)), 2)
    values = np.stack([low, high], axis=1).ravel()
    kept = np.isfinite(values)
    kept[1::2] &= low != high
    return columns[kept], values[kept]


def cloud(
    rows: Values,
    edges: NDArray[np.int64],
    limits: tuple[float, float],
    levels: int,
    most: int,
) -> Dots:
    """Return every dot of a grid that any of many curves touches.

    A curve goes down and up in every column. Of more than `most` dots, only those on evenly
    spaced diagonals are kept.

    Args:
        rows: The curves, shape (replicates, epochs).
        edges: The first epoch of each column, from `bins`.
        limits: The ends of the y axis.
        levels: Dots between the limits, one above the other.
        most: Dots to return at most.
    """
    low, high = limits
    ends = np.stack(
        [[_levels(end, low, high, levels) for end in extremes(row, edges)] for row in rows]
    )
    touched = np.zeros((ends.shape[2], levels), bool)
    levels_up = np.arange(levels)
    for first, last in ends:
        touched |= (levels_up >= first[:, None]) & (levels_up <= last[:, None])
    columns, heights = np.nonzero(touched)
    kept = (columns + heights) % max(1, -(-len(columns) // most)) == 0
    columns, heights = columns[kept], heights[kept]
    return columns, low + (high - low) * heights / max(1, levels - 1)


def _levels(values: Values, low: float, high: float, levels: int) -> Values:
    """Return the level that each value falls on; NaN where it is NaN or outside the limits."""
    share = (values - low) / ((high - low) or 1.0)
    return np.where((share >= 0) & (share <= 1), np.round(share * (levels - 1)), np.nan)
