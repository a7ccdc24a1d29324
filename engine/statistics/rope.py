"""How probable it is that one arm is worse than, the same as, or better than another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiss.statistics.summary import t_cdf


@dataclass(frozen=True, slots=True)
class Rope:
    """Posterior probabilities around a region of practical equivalence; they sum to 1."""

    worse: float
    same: float
    better: float


def rope(
    improvements: NDArray[np.float64], width: float = 0.01, test_to_train: float = 0.0
) -> Rope:
    """Say where the mean improvement lies: below −width, within ±width, or above it.

    The posterior of Bayes' correlated t-test: Student's t about the mean of the improvements,
    which must not all be equal. `test_to_train` is n_test / n_train where replicates split one
    table anew, and 0 where they are independent.
    Source: Benavoli et al., 2017, "Time for a change: a tutorial for comparing multiple
    classifiers through Bayesian analysis", section 3.
    """
    mean, df = float(improvements.mean()), len(improvements) - 1
    scale = standard_error(improvements, test_to_train)
    worse = t_cdf((-width - mean) / scale, df)
    better = t_cdf((mean - width) / scale, df)
    return Rope(worse, max(0.0, 1.0 - worse - better), better)


def standard_error(differences: NDArray[np.float64], test_to_train: float = 0.0) -> float:
    """The standard error of a mean difference: √((1/J + n_test/n_train) · s²).

    Source: Nadeau and Bengio, 2003, "Inference for the generalization error", section 4.
    """
    variance = float(differences.var(ddof=1))
    return float((variance * (1 / len(differences) + test_to_train)) ** 0.5)
