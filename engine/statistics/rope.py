"""Bayes' correlated t-test around a region of practical equivalence (ROPE)."""

from __future__ import annotations

from dataclasses import dataclass

from hiss.statistics.summary import Floats, standard_error, t_cdf


@dataclass(frozen=True, slots=True)
class Rope:
    """Posterior probabilities that one arm is worse, the same, or better; they sum to 1."""

    worse: float
    same: float
    """The mean improvement lies within the ROPE."""
    better: float


def rope(improvements: Floats, width: float = 0.01, test_to_train: float = 0.0) -> Rope:
    """Return the probability that the mean improvement lies below, within and above ±width.

    The posterior of the mean is Student's t with n − 1 degrees of freedom about the mean of the
    improvements, scaled by `standard_error`.

    Args:
        improvements: one difference a pair, positive where the arm is better; shape (n,), n ≥ 2,
            not all equal.
        width: half the width of the ROPE, at least 0, in the unit of the improvements.
        test_to_train: n_test / n_train where every replicate splits the same table differently,
            0 where replicates are independent.

    Source: Benavoli et al., 2017, "Time for a change: a tutorial for comparing multiple
    classifiers through Bayesian analysis", section 3.
    """
    mean, df = float(improvements.mean()), len(improvements) - 1
    scale = standard_error(improvements, test_to_train)
    worse = float(t_cdf((-width - mean) / scale, df))
    better = float(t_cdf((mean - width) / scale, df))
    return Rope(worse, max(0.0, 1.0 - worse - better), better)
