"""Curves of replicates as one curve: their mean by epoch, with a band about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from hiss.tui.charts.downsample import Values

if TYPE_CHECKING:
    from hiss.results.curves import Curves
    from hiss.tui.state.model import BandKind


@dataclass(frozen=True, slots=True)
class MeanBand:
    """The mean of a metric over replicates, with its band."""

    mean: Values
    """Shape (epochs so far,)."""
    half: Values | None
    """Half the width of the band, of the mean's shape: one SD, or half the mean's 95 % CI; None
    for a single replicate."""
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
    mean, half = means[key].until(end)
    return MeanBand(mean, half, means[key].replicates(0, end if every else 0))


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
        self._scale = _half_width(band, len(rows)) if len(rows) > 1 else 0.0
        self._mean = np.empty(curves.epochs)
        self._half = np.empty(curves.epochs)
        self._end = 0

    def until(self, end: int) -> tuple[Values, Values | None]:
        """Return mean and half the band's width of all epochs before `end`."""
        if end > self._end:
            fresh = self.replicates(self._end, end)
            self._mean[self._end : end] = fresh.mean(axis=0)
            if self._scale:
                self._half[self._end : end] = self._scale * fresh.std(axis=0, ddof=1)
            self._end = end
        return self._mean[:end], self._half[:end] if self._scale else None

    def replicates(self, start: int, end: int) -> Values:
        """Return the smoothed replicates at the epochs from `start` to before `end`."""
        lead = max(0, start - self._window + 1)
        return smoothed(self._values[self.rows, lead:end], self._window)[:, start - lead :]


_MEANS: WeakKeyDictionary[Curves, dict[tuple[str, int, BandKind], _RunningMean]] = (
    WeakKeyDictionary()
)
"""What has been averaged, for as long as something on the screens holds the curves."""


def _half_width(band: BandKind, replicates: int) -> float:
    """Return half the width of a band, in standard deviations of the replicates."""
    if band == "sd":
        return 1.0
    from hiss.statistics.summary import t_quantile

    return t_quantile(0.975, replicates - 1) / math.sqrt(replicates)


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
