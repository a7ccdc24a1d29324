"""p-values of several tests taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hiss.statistics.power import FEWEST
from hiss.statistics.resampling import bca_interval, sign_flip_p, wilcoxon_p
from hiss.statistics.rope import Rope, rope, standard_error
from hiss.statistics.summary import Interval, t_cdf, t_interval


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values so that the chance of any false alarm among them stays below alpha.

    None, a test that could not be made, stays None and does not count towards the family.
    Source: Holm, 1979, "A simple sequentially rejective multiple test procedure".
    """
    made = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(made):
        largest = max(largest, min(1.0, p * (len(made) - rank)))
        adjusted[place] = largest
    return tuple(adjusted)


Floats = NDArray[np.float64]

BOOTSTRAP_FROM = 20
"""Pairs from which the interval is bootstrapped."""
RESOLUTION = 1e-6
"""Differences closer than this, relative to the scores, are equal: float32 knows no better."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An arm's scores minus the baseline's, pair by pair; None is what they cannot say."""

    n: int
    """Pairs compared."""
    mean: float | None = None
    ci95: Interval | None = None
    """BCa bootstrap from 20 pairs of independent replicates, else Student's t."""
    dz: float | None = None
    """Mean over SD of the differences (Cohen's d_z)."""
    p_improve: float | None = None
    """Share of pairs in which the arm does better; a tie counts half."""
    p_permutation: float | None = None
    """Sign-flip test; None where replicates split one table anew and so depend on each other."""
    p_wilcoxon: float | None = None
    """Signed-rank test; None likewise, and for fewer than 6 untied pairs."""
    p_corrected: float | None = None
    """Corrected t-test of Nadeau and Bengio, only where replicates split one table anew."""
    rope: Rope | None = None
    reason: str = ""
    """Why nothing can be concluded; empty where something can."""

    @property
    def p(self) -> float | None:
        """The p-value of the test that fits the design."""
        return self.p_permutation if self.p_corrected is None else self.p_corrected


def compare_pairs(
    arm: ArrayLike,
    baseline: ArrayLike,
    *,
    lower_is_better: bool = False,
    rope_width: float = 0.01,
    test_to_train: float = 0.0,
) -> Difference:
    """Compare finite scores of two arms, paired by position.

    `test_to_train` is n_test / n_train where replicates split one table anew, else 0.
    """
    differences = _differences(np.asarray(arm, float), np.asarray(baseline, float))
    sign = -1.0 if lower_is_better else 1.0
    n = len(differences)
    if n < 2:
        return _too_few(differences)
    if np.ptp(differences) == 0:
        return _constant(differences, sign, independent=not test_to_train)
    mean, se = float(differences.mean()), standard_error(differences, test_to_train)
    independent = not test_to_train
    return Difference(
        n,
        mean,
        _interval(differences, mean, se, independent),
        mean / float(differences.std(ddof=1)),
        _p_improve(sign * differences),
        sign_flip_p(differences) if independent else None,
        wilcoxon_p(differences) if independent else None,
        None if independent else 2 * t_cdf(-abs(mean) / se, n - 1),
        rope(sign * differences, rope_width, test_to_train),
        _few(n),
    )


def _differences(arm: Floats, baseline: Floats) -> Floats:
    """The differences, with those that rounding alone tells apart made equal."""
    differences = arm - baseline
    if not len(differences):
        return differences
    slack = RESOLUTION * max(np.abs(arm).max(), np.abs(baseline).max())
    size = np.abs(differences)
    order = np.argsort(size)
    group = np.cumsum(np.diff(size[order], prepend=0.0) > slack)
    members = np.maximum(np.bincount(group), 1)
    level = np.bincount(group, weights=size[order]) / members
    level[0] = 0.0
    merged = np.empty_like(differences)
    merged[order] = level[group] * np.sign(differences[order])
    return merged


def _too_few(differences: Floats) -> Difference:
    if not len(differences):
        return Difference(0, reason="no replicate finished in both arms")
    return Difference(1, float(differences[0]), reason="one pair shows no spread")


def _constant(differences: Floats, sign: float, independent: bool) -> Difference:
    n, value = len(differences), float(differences[0])
    return Difference(
        n,
        value,
        p_improve=_p_improve(sign * differences),
        p_permutation=sign_flip_p(differences) if independent else None,
        p_wilcoxon=wilcoxon_p(differences) if independent else None,
        reason=f"all {n} pairs {'differ by the same amount' if value else 'tie'}",
    )


def _few(n: int) -> str:
    return f"fewer than {FEWEST} pairs" if n < FEWEST else ""


def _p_improve(improvements: Floats) -> float:
    return float((improvements > 0).mean() + (improvements == 0).mean() / 2)


def _interval(differences: Floats, mean: float, se: float, independent: bool) -> Interval:
    bca = None
    if independent and len(differences) >= BOOTSTRAP_FROM:
        bca = bca_interval(differences)
    return bca or t_interval(mean, se, len(differences) - 1)
