"""How many repeats settle a comparison: as a difference, or as none worth the name."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hiss.statistics.summary import Floats, normal_cdf, t_cdf, t_quantile

ALPHA = 0.05
"""Probability of any false alarm among the comparisons of a study."""
SURE = 0.95
"""Posterior probability from which on a verdict is certain enough."""
TARGET = 0.8
"""Chance to settle that counts as enough."""
MOST = 1000
"""Repeats beyond which a difference counts as out of reach."""
FEWEST = 6
"""Pairs below which no sign-flip test reaches p = 0.05: at 5 the smallest p is 2/2⁵ = 0.0625."""
NODES = 48
"""Nodes of the Gauss-Legendre quadrature over the sample's variance."""
GROWTH = 1.2
"""Ratio of the numbers of repeats that are tried before the gap between two is searched."""


def repeats_to_settle(
    mean: float,
    sd: float,
    *,
    rope_width: float,
    comparisons: int = 1,
    test_to_train: float = 0.0,
) -> int | None:
    """Return the fewest repeats that settle a comparison with 80 % chance.

    Args:
        mean: the true mean difference; that observed, for want of another.
        sd: the standard deviation of the differences, at least 0; likewise.
        rope_width: largest difference that counts as none, at least 0, in the same unit.
        comparisons: number of comparisons that Holm's method adjusts together.
        test_to_train: as in `chance_to_settle`.

    Returns:
        None where it takes more than 1,000: the spread is too wide for the ROPE, or splits of one
        table share too many rows for any number of them.
    """
    alpha = ALPHA / comparisons

    def enough(n: int) -> bool:
        return (
            chance_to_settle(
                mean, sd, n, rope_width=rope_width, alpha=alpha, test_to_train=test_to_train
            )
            >= TARGET
        )

    low = high = fewest_pairs(alpha)
    while not enough(high):
        if high >= MOST:
            return None
        low, high = high, min(MOST, math.ceil(GROWTH * high))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def fewest_pairs(alpha: float = ALPHA) -> int:
    """Return the fewest pairs of which a sign-flip test can be significant: 2/2ⁿ < alpha."""
    return max(FEWEST, math.floor(1 - math.log2(alpha)) + 1)


def chance_to_settle(
    mean: float,
    sd: float,
    n: int,
    *,
    rope_width: float,
    alpha: float = ALPHA,
    test_to_train: float = 0.0,
) -> float:
    """Return the probability that `n` repeats settle a comparison, for normal differences.

    A sample with mean m and standard error s settles it as a difference where |m| > t(1 − α/2) · s,
    and as the same where the posterior has at least 0.95 within ±width, that is |m| ≤ c(s). The
    probability of either under m ~ N(mean, sd² · (1/n + n_test/n_train)) is averaged over the χ²
    distribution of s² with n − 1 degrees of freedom. With a width of 0 it is the power of the
    paired t-test.

    Args:
        mean: the true mean difference.
        sd: the true standard deviation of the differences, at least 0.
        n: number of pairs, at least 2.
        rope_width: largest difference that counts as none, at least 0, in the same unit.
        alpha: level of the two-sided test, in (0, 1).
        test_to_train: n_test / n_train where every replicate splits the same table differently,
            0 where replicates are independent.
    """
    mean, df = abs(mean), n - 1
    if sd == 0:
        return 1.0
    scale = sd * (1 / n + test_to_train) ** 0.5
    nodes, weights = _variances(df)
    errors = scale * nodes**0.5
    within = _same_below(rope_width, errors, df)
    apart = np.maximum(within, t_quantile(1 - alpha / 2, df) * errors)
    settled = normal_cdf((mean - apart) / scale) + normal_cdf((-mean - apart) / scale)
    same = normal_cdf((within - mean) / scale) - normal_cdf((-within - mean) / scale)
    return float(weights @ (settled + np.maximum(same, 0.0)))


@lru_cache(maxsize=256)
def _variances(df: int) -> tuple[Floats, Floats]:
    """Nodes and weights of the distribution of s²/σ², by Gauss-Legendre over its probability.

    The probability is u = sin²(x): fine steps where it nears 0 and 1.
    """
    from scipy.special import chdtri

    roots, weights = np.polynomial.legendre.leggauss(NODES)
    angle = (roots + 1) * np.pi / 4
    return chdtri(df, np.cos(angle) ** 2) / df, weights * np.sin(2 * angle) * np.pi / 4


def _same_below(width: float, errors: Floats, df: int) -> Floats:
    """The largest |m| whose posterior has 0.95 within ±width, by bisection; −∞ where none has."""
    low, high = np.zeros_like(errors), np.full_like(errors, width)
    for _ in range(24):
        middle = (low + high) / 2
        sure = _within(middle, width, errors, df) >= SURE
        low, high = np.where(sure, middle, low), np.where(sure, high, middle)
    return np.where(_within(np.zeros_like(errors), width, errors, df) >= SURE, low, -np.inf)


def _within(mean: Floats, width: float, errors: Floats, df: int) -> Floats:
    upper, lower = t_cdf((width - mean) / errors, df), t_cdf((-width - mean) / errors, df)
    return np.asarray(upper - lower)
