"""Signed ranks and the bootstrap."""

from __future__ import annotations

import numpy as np

from hiss.statistics.settling import FEWEST
from hiss.statistics.sign_flips import sign_flip_p
from hiss.statistics.summary import Floats, Interval, normal_cdf, t_quantile

SEED = 20_030_101
"""Seed of the resamples: the same scores have the same interval."""


def wilcoxon_p(differences: Floats) -> float | None:
    """Return the two-sided p-value of Wilcoxon's signed-rank test.

    Differences of 0 are left out, as Wilcoxon did. The ranks of the others, equal sizes sharing
    their mean rank, are flipped as `sign_flip_test` flips differences: exact for up to 360 of them.

    Args:
        differences: one a pair, independent; shape (n,).

    Returns:
        A p-value in (0, 1]; None for fewer than 6 differences other than 0.

    Source: Wilcoxon, 1945, "Individual comparisons by ranking methods".
    """
    untied = differences[differences != 0]
    if len(untied) < FEWEST:
        return None
    from scipy.stats import rankdata

    return sign_flip_p(np.sign(untied) * rankdata(np.abs(untied)))


def bca_interval(values: Floats, resamples: int = 9999, seed: int = SEED) -> Interval | None:
    """Return the 95 % BCa bootstrap interval of a mean, with expanded tails.

    Each tail is Φ(√(n/(n − 1)) · t(0.025; n − 1)) instead of 0.025: plain BCa covers only 93 % at
    n = 20.

    Args:
        values: independent values; shape (n,), n ≥ 2.
        resamples: number of bootstrap resamples.
        seed: seed of the resampling.

    Returns:
        None where fewer than 6 values differ from the most frequent one.

    Source: Efron, 1987, "Better bootstrap confidence intervals"; Hesterberg, 2015, "What teachers
    should know about the bootstrap", section 3.2 (expanded intervals).
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
