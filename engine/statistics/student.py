"""Student's t distribution, central and noncentral."""

from __future__ import annotations

import math


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
