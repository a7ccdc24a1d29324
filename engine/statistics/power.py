"""Power of the two-sided paired t-test, and the number of replicates that it requires."""

from __future__ import annotations

from hiss.statistics.summary import noncentral_t_cdf, t_quantile

TARGET = 0.8
"""Power that counts as enough."""
MOST = 1000
"""Replicates beyond which a difference counts as out of reach."""
FEWEST = 6
"""Pairs below which no sign-flip test reaches p = 0.05: at 5 the smallest p is 2/2⁵ = 0.0625."""


def power(dz: float, n: int, alpha: float = 0.05, test_to_train: float = 0.0) -> float:
    """Return the probability that `n` pairs reveal a true standardised difference `dz`.

    P(|T| > t(1 − α/2; n − 1)) for the noncentral t with noncentrality
    |dz| / √(1/n + n_test/n_train).

    Args:
        dz: mean over standard deviation of the differences (Cohen's d_z), of either sign.
        n: number of pairs, at least 2.
        alpha: level of the two-sided test, in (0, 1).
        test_to_train: n_test / n_train where every replicate splits the same table differently,
            0 where replicates are independent.

    Source: Cohen, 1988, "Statistical power analysis for the behavioral sciences", chapter 2; for
    splits of one table, Nadeau and Bengio, 2003, "Inference for the generalization error".
    """
    critical = t_quantile(1 - alpha / 2, n - 1)
    shift = abs(dz) / (1 / n + test_to_train) ** 0.5
    below = noncentral_t_cdf(critical, n - 1, shift)
    return 1 - below + noncentral_t_cdf(-critical, n - 1, shift)


def repeats_for(dz: float, alpha: float = 0.05, test_to_train: float = 0.0) -> int | None:
    """Return the fewest replicates with 80 % power at `dz`; None where that is more than 1,000.

    The arguments are those of `power`.
    """

    def enough(n: int) -> bool:
        return power(dz, n, alpha, test_to_train) >= TARGET

    high = 2
    while not enough(high):
        if high >= MOST:
            return None
        high = min(2 * high, MOST)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def more_repeats(dz: float, n: int, alpha: float = 0.05, test_to_train: float = 0.0) -> int | None:
    """Return about how many replicates beyond `n` would settle a difference of size `dz`.

    The arguments are those of `power`, `dz` being what the `n` pairs compared so far show.

    Returns:
        At least 1; None where it takes more than 1,000 in all: the difference is tiny, or splits
        of one table share too many rows for any number of them to settle it.
    """
    total = repeats_for(dz, alpha, test_to_train)
    return None if total is None else max(1, max(total, FEWEST) - n)
