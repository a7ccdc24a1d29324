"""The change of the Jacobian norm against the change of the score, replicate by replicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hiss.statistics.summary import Interval

FEWEST = 4
"""Pairs that Fisher's interval needs."""


@dataclass(frozen=True, slots=True)
class PairedChange:
    """What an arm's noise changed against its baseline, seed by seed.

    Small noise at the input penalises first derivatives (Bishop, 1995, "Training with noise is
    equivalent to Tikhonov regularization"; for hidden noise Camuto et al., 2020, "Explicit
    regularisation in Gaussian noise injections", arXiv:2007.07368). A correlation shows whether the
    seeds in which the norm fell more also gained more: an association, no proof.
    """

    arm: str
    baseline: str
    metric: str
    """The score."""
    replicates: tuple[int, ...]
    jacobian: tuple[float, ...]
    """Mean Jacobian norm of the arm minus the baseline's, by replicate."""
    relative: tuple[float, ...]
    """The same as a share of the baseline's."""
    score: tuple[float, ...]
    """Score of the arm minus the baseline's."""
    correlation: float | None
    """Pearson's r; None where either does not vary or there are too few pairs."""
    ci95: Interval | None
    """95 % confidence interval of r by Fisher's transformation."""

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "arm": self.arm,
            "baseline": self.baseline,
            "metric": self.metric,
            "replicates": list(self.replicates),
            "jacobian_difference": list(self.jacobian),
            "jacobian_change": list(self.relative),
            "score_difference": list(self.score),
            "correlation": self.correlation,
            "ci95": None if self.ci95 is None else list(self.ci95),
        }


def change_between(
    names: tuple[str, str],
    metric: str,
    norms: Sequence[Mapping[int, float]],
    scores: Sequence[Mapping[int, float]],
) -> PairedChange:
    """Return the changes of an arm against its baseline over the replicates that both have.

    Args:
        names: of the arm and of its baseline.
        metric: name of the score.
        norms: mean Jacobian norm of the arm and of its baseline, by replicate.
        scores: their scores, likewise.
    """
    common = sorted(set.intersection(*(set(each) for each in (*scores, *norms))))
    jacobian = tuple(norms[0][each] - norms[1][each] for each in common)
    score = tuple(scores[0][each] - scores[1][each] for each in common)
    correlation, ci95 = correlate(jacobian, score)
    return PairedChange(
        arm=names[0],
        baseline=names[1],
        metric=metric,
        replicates=tuple(common),
        jacobian=jacobian,
        relative=tuple(norms[0][each] / norms[1][each] - 1 for each in common),
        score=score,
        correlation=correlation,
        ci95=ci95,
    )


def correlate(x: tuple[float, ...], y: tuple[float, ...]) -> tuple[float | None, Interval | None]:
    """Return Pearson's correlation and its 95 % confidence interval.

    Both are None where a side does not vary or there are fewer than four pairs.

    Source: Fisher, 1915, "Frequency distribution of the values of the correlation coefficient"; by
    `scipy.stats.pearsonr`.
    """
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None, None
    from scipy.stats import pearsonr

    found = pearsonr(x, y)
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), (float(low), float(high))
