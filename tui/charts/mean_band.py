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
    """A curve over replicates: their mean by epoch, and what lies about it where they are many."""

    mean: Values
    half: Values | None
    """Half the width of the band about the mean: one SD, or half the mean's 95 % CI."""
    rows: Values
    """Every replicate that the mean is taken over, shape (replicates, epochs); none, unless they
    were asked for."""


def mean_band(
    curves: Curves,
    metric: str,
    failed: frozenset[int] = frozenset(),
    window: int = 1,
    band: BandKind = "sd",
    only: int | None = None,
    every: bool = False,
) -> MeanBand:
    """A metric averaged over the replicates that are complete, else over all under way.

    Replicates that train one after another thus never shorten the curve, and those that train
    side by side are shown as far as all of them have come. Failed ones are left out, unless
    there is no other. Every replicate is first averaged over the last `window` epochs. `only`
    takes a single replicate, failed or not. `every` also gives the replicates themselves.
    """
    rows, end = _comparable(curves, failed) if only is None else _single(curves, only)
    kept = _KEPT.setdefault(curves, {})
    key = (metric, window, band)
    if key not in kept or kept[key].rows != rows:
        kept[key] = _Growing(curves, metric, rows, window, band)
    mean, half = kept[key].grown(end)
    return MeanBand(mean, half, kept[key].replicates(0, end if every else 0))


class _Growing:
    """Mean and band of a curve that grows: an epoch that was averaged once is not again."""

    def __init__(
        self, curves: Curves, metric: str, rows: list[int], window: int, band: BandKind
    ) -> None:
        """Take the replicates, of which none has been averaged yet."""
        self.rows = rows
        self._values = curves.values[:, curves.metrics.index(metric)]
        self._window = window
        self._scale = _half_width(band, len(rows)) if len(rows) > 1 else 0.0
        self._mean = np.empty(curves.epochs)
        self._half = np.empty(curves.epochs)
        self._end = 0

    def grown(self, end: int) -> tuple[Values, Values | None]:
        """Give mean and band up to an epoch."""
        if end > self._end:
            fresh = self.replicates(self._end, end)
            self._mean[self._end : end] = fresh.mean(axis=0)
            if self._scale:
                self._half[self._end : end] = self._scale * fresh.std(axis=0, ddof=1)
            self._end = end
        return self._mean[:end], self._half[:end] if self._scale else None

    def replicates(self, start: int, end: int) -> Values:
        """Give the replicates from one epoch to before another, as they are averaged."""
        lead = max(0, start - self._window + 1)
        return smoothed(self._values[self.rows, lead:end], self._window)[:, start - lead :]


_KEPT: WeakKeyDictionary[Curves, dict[tuple[str, int, BandKind], _Growing]] = WeakKeyDictionary()
"""What has been averaged of curves that still are somewhere on the screens."""


def _half_width(band: BandKind, replicates: int) -> float:
    """Give half the width of a band, in standard deviations."""
    if band == "sd":
        return 1.0
    from hiss.statistics.summary import t_quantile

    return t_quantile(0.975, replicates - 1) / math.sqrt(replicates)


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
