"""Curves of many replicates as one mean curve with a band around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.curves import Curves
from engine.statistics.student import t_quantile

Kind = Literal["sd", "ci95"]


@dataclass(frozen=True, slots=True)
class Band:
    """A metric by epoch: its mean over replicates, and what spreads around it."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    """One SD, or the 95 % CI of the mean, to either side; equal to the mean for one replicate."""
    n: int
    """Replicates averaged: the same ones at every epoch."""
    left_out: int
    """Replicates that are not averaged, because they failed."""
    kind: Kind


def band(curves: Curves, metric: str, kind: Kind = "sd", failed: Collection[int] = ()) -> Band:
    """Average a metric over all replicates that have begun and not failed.

    It reaches as far as the shortest of them, so that no epoch averages fewer than another.
    """
    counts = curves.counts.copy()
    begun = np.flatnonzero(counts)
    members = np.setdiff1d(begun, list(failed))
    epochs = int(counts[members].min(initial=curves.epochs)) if len(members) else 0
    values = curves.values[members, curves.metrics.index(metric), :epochs]
    mean, half = _mean_and_half_width(values.astype(np.float64), kind)
    return Band(mean, mean - half, mean + half, len(members), len(set(failed)), kind)


def _mean_and_half_width(
    values: NDArray[np.float64], kind: Kind
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n, epochs = values.shape
    if n == 0:
        return np.empty(0), np.empty(0)
    mean = values.mean(axis=0)
    if n == 1:
        return mean, np.zeros(epochs)
    sd = values.std(axis=0, ddof=1)
    return mean, sd if kind == "sd" else t_quantile(0.975, n - 1) * sd / n**0.5
