"""Scores on a lattice: multiples of one step, as fractions of the same number of rows are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hiss.statistics.summary import Floats

MOST_STEPS = 100_000
"""The most steps in the largest value: more are not a lattice, but the resolution of a number."""
SLACK = 1e-9
"""A remainder below this share of the largest value is a rounding error."""


class Lattice(NamedTuple):
    """Values as whole numbers of steps."""

    step: float
    counts: NDArray[np.int64]
    """The steps in each value, of either sign."""

    @property
    def values(self) -> Floats:
        """The values, those with equal counts exactly equal."""
        return self.step * self.counts.astype(np.float64)


def lattice(values: Floats) -> Lattice | None:
    """Return values as multiples of their greatest common step, found by Euclid's algorithm.

    Args:
        values: finite numbers; shape (n,).

    Returns:
        None where there is no such step: the values are continuous, or there are none.
    """
    sizes = np.unique(np.abs(values))
    if not len(sizes):
        return None
    largest = float(sizes[-1])
    if not largest:
        return Lattice(0.0, np.zeros(len(values), np.int64))
    step = _common_step(sizes.tolist(), SLACK * largest)
    if step * MOST_STEPS < largest:
        return None
    step = largest / round(largest / step)
    counts = np.rint(values / step).astype(np.int64)
    fits = np.abs(values - step * counts).max() <= SLACK * largest
    return Lattice(step, counts) if fits else None


def _common_step(sizes: list[float], slack: float) -> float:
    step = 0.0
    for size in sizes:
        while step > slack:
            size, step = step, abs(size - round(size / step) * step)
        step = size
    return step
