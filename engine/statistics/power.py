"""How many replicates it takes to see a difference; Student's paired t-test, two-sided."""

from __future__ import annotations

from hiss.statistics.summary import noncentral_t_cdf, t_quantile

TARGET = 0.8
"""Power that counts as enough."""
MOST = 1000
"""Replicates beyond which a difference counts as out of reach."""
FEWEST = 6
"""Pairs below which no sign-flip test reaches p = 0.05: at 5 the smallest p is 2/2⁵ = 0.0625."""


def power(dz: float, n: int, alpha: float = 0.05, test_to_train: float = 0.0) -> float:
    """The probability that `n` pairs reveal a true standardised difference `dz`."""
    critical = t_quantile(1 - alpha / 2, n - 1)
    shift = abs(dz) / (1 / n + test_to_train) ** 0.5
    below = noncentral_t_cdf(critical, n - 1, shift)
    return 1 - below + noncentral_t_cdf(-critical, n - 1, shift)


def repeats_for(dz: float, alpha: float = 0.05, test_to_train: float = 0.0) -> int | None:
    """The fewest replicates with 80 % power at `dz`; None where it takes more than 1,000."""

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
    """About how many replicates beyond `n` would settle a difference as large as it looks now.

    None where it takes more than 1,000: the difference is tiny, or replicates that split one table
    anew share too many rows for any number of them to tell.
    """
    total = repeats_for(dz, alpha, test_to_train)
    return None if total is None else max(1, max(total, FEWEST) - n)
