"""Mean, spread and confidence interval of repeated scores, and the distributions behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Interval = tuple[float, float]
"""The lower and the upper end."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The mean of repeated scores and their spread; None where the scores do not determine it."""

    n: int
    """Number of finite scores; the others are not counted."""
    mean: float | None = None
    sd: float | None = None
    """Sample standard deviation (n − 1 in the denominator); None for fewer than 2 scores."""
    se: float | None = None
    """Standard error of the mean, sd / √n."""
    ci95: Interval | None = None
    """95 % confidence interval of the mean by Student's t; None where all scores are equal,
    because their spread is then unknown rather than zero."""


def summarize(values: Iterable[float]) -> Summary:
    """Summarize the finite values among `values`, taken as independent.

    The interval is mean ± t(0.975; n − 1) · sd / √n.

    Args:
        values: scores in any unit; NaN and infinities are left out.

    Source: Student, 1908, "The probable error of a mean".
    """
    scores = np.fromiter(values, float)
    scores = scores[np.isfinite(scores)]
    n = len(scores)
    if n == 0:
        return Summary(0)
    mean = float(scores.mean())
    if n == 1:
        return Summary(1, mean)
    if np.ptp(scores) == 0:
        return Summary(n, float(scores[0]), 0.0, 0.0)
    sd = float(scores.std(ddof=1))
    se = sd / n**0.5
    return Summary(n, mean, sd, se, t_interval(mean, se, n - 1))


def t_interval(mean: float, se: float, df: int) -> Interval:
    """Return the 95 % confidence interval of a mean, mean ± t(0.975; df) · se.

    Args:
        mean: the estimate.
        se: its standard error, above 0.
        df: degrees of freedom, at least 1.
    """
    half = t_quantile(0.975, df) * se
    return mean - half, mean + half


def t_quantile(p: float, df: float) -> float:
    """Return the quantile at p in (0, 1) of Student's t with `df` > 0 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def t_cdf(x: float, df: float) -> float:
    """Return P(T ≤ x) for Student's t with `df` > 0 degrees of freedom."""
    from scipy.special import stdtr

    return float(stdtr(df, x))


def noncentral_t_cdf(x: float, df: float, shift: float) -> float:
    """Return P(T ≤ x) for the noncentral t with `df` > 0 and noncentrality `shift`."""
    from scipy.special import nctdtr

    p = float(nctdtr(df, shift, x))
    return 0.0 if math.isnan(p) else p  # scipy returns NaN where p underflows: x far below shift


def normal_cdf(x: float) -> float:
    """Return P(Z ≤ x) for the standard normal."""
    from scipy.special import ndtr

    return float(ndtr(x))
