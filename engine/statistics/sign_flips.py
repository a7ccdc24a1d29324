"""The sign-flip permutation test, exact wherever that is cheap."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hiss.statistics.lattice import lattice
from hiss.statistics.summary import Floats

MOST_OPERATIONS = 50_000_000
"""Additions that the distribution of sums on a lattice may take: a tenth of a second."""
MOST_PAIRS = 36
"""Pairs off a lattice up to which all 2ⁿ sign flips are counted, as pairs of two halves."""
FLIPS = 9999
"""Random sign flips where neither is possible."""
SLACK = 1e-9
"""Sums that differ by less than this share of the sum of sizes are equal."""
SEED = 20_030_101
"""Seed of the random flips: the same scores have the same p-value."""


class FlipTest(NamedTuple):
    """The result of a sign-flip test."""

    p: float
    """Two-sided p-value, in (0, 1]."""
    exact: bool
    """Whether all 2ⁿ sign flips are counted, rather than 9,999 random ones."""


def sign_flip_test(differences: Floats) -> FlipTest:
    """Test whether a mean difference is 0, by the share of sign vectors s with |Σ sᵢdᵢ| ≥ |Σ dᵢ|.

    The p-value is exact where differences are multiples of one step (accuracies on the same rows,
    ranks), by dynamic programming over their sums, and for up to 36 pairs of any others, by
    counting the pairs of partial sums of two halves. Else it is the share among 9,999 random sign
    vectors and the observed one.

    Args:
        differences: one a pair, independent; shape (n,), n ≥ 1.

    Source: Fisher, 1935, "The design of experiments", section 21; Pagano and Tritchler, 1983, "On
    obtaining permutation distributions in polynomial time".
    """
    found = lattice(differences)
    if found is not None:
        sizes = np.abs(found.counts[found.counts != 0])
        if len(sizes) * int(sizes.sum()) <= MOST_OPERATIONS:
            return FlipTest(_on_lattice(sizes, abs(int(found.counts.sum()))), True)
    if len(differences) <= MOST_PAIRS:
        return FlipTest(_by_halves(differences), True)
    return FlipTest(_by_random_flips(differences), False)


def sign_flip_p(differences: Floats) -> float:
    """Return the p-value of `sign_flip_test`."""
    return sign_flip_test(differences).p


def _on_lattice(sizes: NDArray[np.int64], observed: int) -> float:
    """P(|S| ≥ observed): S = 2T − total, where T sums a random subset of the sizes."""
    total = int(sizes.sum())
    chance = np.zeros(total + 1)
    chance[0], end = 1.0, 1
    for size in sizes.tolist():
        before = 0.5 * chance[:end]
        chance[:end] = before
        end += size
        chance[size:end] += before
    return min(1.0, 2.0 * float(chance[(total + observed) // 2 :].sum()))


def _by_halves(differences: Floats) -> float:
    least = abs(float(differences.sum())) - SLACK * float(np.abs(differences).sum())
    middle = len(differences) // 2
    first, second = _signed_sums(differences[:middle]), _signed_sums(differences[middle:])
    below = np.searchsorted(second, least - first)
    extreme = len(first) * len(second) - int(below.sum())
    return min(1.0, extreme / 2.0 ** (len(differences) - 1))


def _signed_sums(values: Floats) -> Floats:
    """All 2ⁿ sums of the values with either sign, ascending."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate((sums - value, sums + value))
    return np.sort(sums)


def _by_random_flips(differences: Floats) -> float:
    slack = SLACK * float(np.abs(differences).sum())
    sums: Floats = np.abs(_flips(len(differences)) @ differences)
    least = abs(float(differences.sum())) - slack
    return float(np.mean(sums >= least))


@lru_cache(maxsize=1)
def _flips(n: int) -> Floats:
    """Rows of random signs, the first of them the observed signs: all +1."""
    flips = np.random.default_rng(SEED).choice((-1.0, 1.0), (FLIPS + 1, n))
    flips[0] = 1.0
    return flips
