"""Curves of replicates as one curve: their mean by epoch, with a band about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from hiss.tui.charts.downsample import Values

if TYPE_CHECKING:
    from hiss.results.curves import Curves
    from hiss.statistics.summary import Floats
    from hiss.tui.state.view import BandKind

EdgesOf = Callable[["Floats", "Floats"], tuple["Floats", "Floats"]]
"""Mean and SD of the replicates by epoch → the edges of a band."""


@dataclass(frozen=True, slots=True)
class MeanBand:
    """The mean of a metric over replicates, with its band."""

    mean: Values
    """Shape (epochs so far,)."""
    edges: tuple[Values, Values] | None
    """The lower and the upper edge of the band, each of the mean's shape: one SD from the mean, or
    its 95 % CI, within [0, 1] for an accuracy; None for a single replicate."""
    rows: Values
    """Every replicate that the mean is taken over, shape (replicates, epochs so far); without
    epochs unless they were asked for."""


def mean_band(
    curves: Curves,
    metric: str,
    failed: frozenset[int] = frozenset(),
    *,
    window: int = 1,
    band: BandKind = "sd",
    only: int | None = None,
    every: bool = False,
) -> MeanBand:
    """Average a metric over the replicates that are complete, else over all that have begun.

    So replicates that train one after another never shorten the curve, and those that train side
    by side are shown as far as all of them have come.

    Args:
        curves: The buffer that training writes to.
        metric: A metric of the buffer.
        failed: Replicates to leave out, unless there is no other.
        window: Epochs of a moving average, taken of every replicate first; 1 for none.
        band: What the band is: one SD of the replicates, or the mean's 95 % CI.
        only: A single replicate to take instead of all, failed or not.
        every: Whether to return the replicates, too.
    """
    rows, end = _comparable(curves, failed) if only is None else _single(curves, only)
    means = _MEANS.setdefault(curves, {})
    key = (metric, window, band)
    if key not in means or means[key].rows != rows:
        means[key] = _RunningMean(curves, metric, rows, window, band)
    mean, edges = means[key].until(end)
    return MeanBand(mean, edges, means[key].replicates(0, end if every else 0))


def smoothed(values: Values, window: int) -> Values:
    """Return the moving average over the last axis: an epoch with the `window` - 1 before it.

    The first epochs are averaged with as many as there are.
    """
    if window <= 1:
        return values
    sums = np.cumsum(values, axis=-1, dtype=np.float64)
    counts = np.minimum(np.arange(1, values.shape[-1] + 1), window)
    sums[..., window:] -= sums[..., :-window].copy()
    return sums / counts


class _RunningMean:
    """Mean and band of a curve that grows; every epoch is averaged once."""

    def __init__(
        self, curves: Curves, metric: str, rows: list[int], window: int, band: BandKind
    ) -> None:
        """Take the replicates; nothing is averaged yet."""
        self.rows = rows
        self._values = curves.values[:, curves.metrics.index(metric)]
        self._window = window
        self._edges_of = _sd_edges if band == "sd" else _confidence(curves, metric, len(rows))
        self._mean = np.empty(curves.epochs)
        self._edges = np.empty((2, curves.epochs))
        self._end = 0

    def until(self, end: int) -> tuple[Values, tuple[Values, Values] | None]:
        """Return the mean and the band's edges of all epochs before `end`."""
        several = len(self.rows) > 1
        if end > self._end:
            fresh = self.replicates(self._end, end)
            self._mean[self._end : end] = mean = fresh.mean(axis=0, dtype=np.float64)
            if several:
                sd = fresh.std(axis=0, ddof=1, dtype=np.float64)
                self._edges[:, self._end : end] = self._edges_of(mean, sd)
            self._end = end
        low, high = self._edges[:, :end]
        return self._mean[:end], (low, high) if several else None

    def replicates(self, start: int, end: int) -> Values:
        """Return the smoothed replicates at the epochs from `start` to before `end`."""
        lead = max(0, start - self._window + 1)
        return smoothed(self._values[self.rows, lead:end], self._window)[:, start - lead :]


_MEANS: WeakKeyDictionary[Curves, dict[tuple[str, int, BandKind], _RunningMean]] = (
    WeakKeyDictionary()
)
"""What has been averaged, for as long as something on the screens holds the curves."""


def _sd_edges(mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
    return mean - sd, mean + sd


def _confidence(curves: Curves, metric: str, replicates: int) -> EdgesOf:
    """Return the function for the 95 % CI of a mean, wider where replicates split one table."""
    from hiss.results.scores import bounds
    from hiss.statistics.summary import bounded_interval

    overlap = curves.rows.test_to_train if curves.rows else 0.0
    scale = math.sqrt(1 / replicates + overlap)

    def edges(mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
        return bounded_interval(mean, scale * sd, replicates - 1, bounds(metric))

    return edges


def _single(curves: Curves, only: int) -> tuple[list[int], int]:
    """Return one replicate, the last where there are fewer, and its epochs."""
    row = min(only, curves.replicates - 1)
    return [row], int(curves.counts[row])


def _comparable(curves: Curves, failed: frozenset[int]) -> tuple[list[int], int]:
    """Return the replicates to average, and the epochs that all of them have trained."""
    counts = curves.counts.copy()
    begun = [int(row) for row in np.flatnonzero(counts)] or [0]
    begun = [row for row in begun if row not in failed] or begun[:1]
    complete = [row for row in begun if counts[row] == curves.epochs]
    rows = complete or begun
    return rows, int(counts[rows].min())
