"""Curves made small enough to draw: means, spreads, and one lowest and highest value a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.curves import Curves

Values = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Spread:
    """A curve over replicates: their mean by epoch, and its standard deviation where it has one."""

    mean: Values
    sd: Values | None
    replicates: int
    """How many the mean is taken over."""


def spread(
    curves: Curves, metric: str, failed: frozenset[int] = frozenset(), window: int = 1
) -> Spread:
    """The mean and SD of a metric over the replicates that are complete, else of all under way.

    Replicates that train one after another thus never shorten the curve, and those that train
    side by side are shown as far as all of them have come. Failed ones are left out, unless
    there is no other. Every replicate is first averaged over the last `window` epochs.
    """
    rows, end = _comparable(curves, failed)
    values = smoothed(curves.values[rows, curves.metrics.index(metric), :end], window)
    if len(rows) == 1:
        return Spread(values[0], None, 1)
    return Spread(values.mean(axis=0), values.std(axis=0, ddof=1), len(rows))


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
