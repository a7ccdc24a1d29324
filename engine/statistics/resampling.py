"""Tests and intervals that ask the scores themselves how they spread."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hiss.statistics.power import FEWEST
from hiss.statistics.summary import Interval, normal_cdf, t_quantile

Floats = NDArray[np.float64]

MOST_EXACT = 12
"""Pairs up to which every one of the 2ⁿ sign flips is tried."""
FLIPS = 9999
"""Random sign flips beyond that."""
SEED = 20_030_101
"""Seed of the random flips and resamples: the same scores give the same answer."""


def sign_flip_p(differences: Floats) -> float:
    """Two-sided p-value of the sign-flip permutation test of a mean difference of 0.

    Exact for up to 12 pairs; beyond, from 9,999 random flips with the observed one added.
    Source: Fisher, 1935, "The design of experiments", section 21.
    """
    flips = _flips(len(differences))
    slack = 1e-9 * np.abs(differences).sum()
    extreme = np.abs(flips @ differences) >= abs(differences.sum()) - slack
    return float(extreme.mean())


@lru_cache(maxsize=1)
def _flips(n: int) -> Floats:
    """Rows of signs, the observed signs (all +1) among them."""
    if n <= MOST_EXACT:
        bits = np.arange(2**n)[:, None] >> np.arange(n) & 1
    else:
        bits = np.random.default_rng(SEED).integers(0, 2, (FLIPS + 1, n))
        bits[0] = 0
    return np.where(bits, -1.0, 1.0)


def wilcoxon_p(differences: Floats) -> float | None:
    """Two-sided p-value of Wilcoxon's signed-rank test; None for fewer than 6 untied pairs.

    Ties (differences of 0) are left out, as Wilcoxon did. Where sizes are equal, their mean ranks
    are flipped as `sign_flip_p` flips differences: the tables know distinct ranks only.
    """
    untied = differences[differences != 0]
    if len(untied) < FEWEST:
        return None
    from scipy.stats import rankdata, wilcoxon

    ranks = rankdata(np.abs(untied))
    if len(np.unique(ranks)) < len(ranks):
        return sign_flip_p(np.sign(untied) * ranks)
    return float(wilcoxon(untied).pvalue)


def bca_interval(values: Floats, resamples: int = 9999, seed: int = SEED) -> Interval | None:
    """The 95 % BCa bootstrap interval of a mean; None where too few values differ to resample.

    The tails are widened as Student's t is against the normal: plain BCa covers only 93 % at
    n = 20. Sources: Efron, 1987, "Better bootstrap confidence intervals"; Hesterberg, 2015,
    "What teachers should know about the bootstrap", section 3.2 (expanded intervals).
    """
    n = len(values)
    if n - np.unique(values, return_counts=True)[1].max() < FEWEST:
        return None
    from scipy.stats import bootstrap

    tail = normal_cdf((n / (n - 1)) ** 0.5 * t_quantile(0.025, n - 1))
    low, high = bootstrap(
        (values,),
        np.mean,
        n_resamples=resamples,
        confidence_level=1 - 2 * tail,
        method="BCa",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    return float(low), float(high)
