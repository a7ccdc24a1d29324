"""Student's t distribution, central and noncentral."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


def t_quantile(p: float, df: float) -> float:
    """The value below which Student's t with `df` degrees of freedom lies with probability p."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def t_cdf(x: float, df: float) -> float:
    """The probability that Student's t with `df` degrees of freedom lies below x."""
    from scipy.special import stdtr

    return float(stdtr(df, x))


def noncentral_t_cdf(x: float, df: float, shift: float) -> float:
    """The probability that the noncentral t with noncentrality `shift` lies below x."""
    from scipy.special import nctdtr

    p = float(nctdtr(df, shift, x))
    return 0.0 if math.isnan(p) else p  # scipy gives NaN where p underflows: x far below shift


def normal_cdf(x: float) -> float:
    """The probability that a standard normal lies below x."""
    from scipy.special import ndtr

    return float(ndtr(x))


Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Summary:
    """The mean of repeated scores and how far they spread; None is what they cannot say."""

    n: int
    """Scores counted; those that are not finite numbers are not."""
    mean: float | None = None
    sd: float | None = None
    """Standard deviation with n − 1 in the denominator; None for fewer than 2 scores."""
    se: float | None = None
    """Standard error of the mean."""
    ci95: Interval | None = None
    """95 % confidence interval of the mean by Student's t; None where all scores are equal,
    because their spread is then unknown rather than nil."""


def summarize(values: Iterable[float]) -> Summary:
    """Count, mean, spread and 95 % confidence interval of the finite values among `values`."""
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
    """The 95 % confidence interval of a mean by Student's t."""
    half = t_quantile(0.975, df) * se
    return mean - half, mean + half
