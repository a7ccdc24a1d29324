"""Curves made small enough to draw: means, spreads, and one lowest and highest value a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.curves import Curves
    from tui.view import BandKind

Values = NDArray[np.floating]
Cloud = tuple[NDArray[np.intp], Values]


@dataclass(frozen=True, slots=True)
class Spread:
    """A curve over replicates: their mean by epoch, and what lies about it where they are many."""

    mean: Values
    half: Values | None
    """Half the width of the band about the mean: one SD, or half the mean's 95 % CI."""
    rows: Values
    """Every replicate that the mean is taken over, shape (replicates, epochs)."""

    @property
    def replicates(self) -> int:
        """How many the mean is taken over."""
        return len(self.rows)


def spread(
    curves: Curves,
    metric: str,
    failed: frozenset[int] = frozenset(),
    window: int = 1,
    band: BandKind = "sd",
    only: int | None = None,
) -> Spread:
    """A metric averaged over the replicates that are complete, else over all under way.

    Replicates that train one after another thus never shorten the curve, and those that train
    side by side are shown as far as all of them have come. Failed ones are left out, unless
    there is no other. Every replicate is first averaged over the last `window` epochs. `only`
    takes a single replicate, failed or not.
    """
    rows, end = _comparable(curves, failed) if only is None else _single(curves, only)
    values = smoothed(curves.values[rows, curves.metrics.index(metric), :end], window)
    if len(rows) == 1:
        return Spread(values[0], None, values)
    half = values.std(axis=0, ddof=1)
    if band == "ci95":
        from engine.statistics.student import t_quantile

        half = half * t_quantile(0.975, len(rows) - 1) / len(rows) ** 0.5
    return Spread(values.mean(axis=0), half, values)


def _single(curves: Curves, only: int) -> tuple[list[int], int]:
    row = min(only, curves.replicates - 1)
    return [row], int(curves.counts[row])


def _comparable(curves: Curves, failed: frozenset[int]) -> tuple[list[int], int]:
    counts = curves.counts.copy()
    begun = [int(row) for row in np.flatnonzero(counts)] or [0]
    begun = [row for row in begun if row not in failed] or begun[:1]
    complete = [row for row in begun if counts[row] == curves.epochs]
    rows = complete or begun
    return rows, int(counts[rows].min())


def smoothed(values: Values, window: int) -> Values:
    """The mean of every epoch and the `window` - 1 before it, of as many as there are."""
    if window <= 1:
        return values
    sums = np.cumsum(values, axis=-1, dtype=np.float64)
    counts = np.minimum(np.arange(1, values.shape[-1] + 1), window)
    sums[..., window:] -= sums[..., :-window].copy()
    return sums / counts


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
