"""Two arms compared pair by pair, and the p-values of several comparisons adjusted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hiss.statistics.lattice import lattice
from hiss.statistics.resampling import bca_interval, wilcoxon_p
from hiss.statistics.rope import Rope, rope
from hiss.statistics.settling import FEWEST
from hiss.statistics.sign_flips import sign_flip_test
from hiss.statistics.summary import Floats, Interval, standard_error, t_cdf, t_interval

BOOTSTRAP_FROM = 20
"""Pairs from which on the interval is bootstrapped."""

PairedTest = Literal["exact sign flips", "random sign flips", "corrected t"]
"""How a p-value was found: by all 2ⁿ sign flips, by 9,999 random ones, by Nadeau and Bengio's t."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An arm's scores minus the baseline's, pair by pair; None where they do not determine it."""

    n: int
    """Pairs compared."""
    mean: float | None = None
    """Mean difference, in the metric's unit."""
    ci95: Interval | None = None
    """95 % interval of the mean: BCa bootstrap from 20 independent pairs on, else Student's t."""
    sd: float | None = None
    """Standard deviation of the differences; 0 where all are equal."""
    dz: float | None = None
    """Mean over standard deviation of the differences (Cohen's d_z)."""
    p_improve: float | None = None
    """Share of pairs in which the arm does better, in [0, 1]; a tie counts half."""
    p_permutation: float | None = None
    """Sign-flip test; None where replicates split one table and so depend on each other."""
    p_wilcoxon: float | None = None
    """Signed-rank test; None in the same case, and for fewer than 6 untied pairs."""
    p_corrected: float | None = None
    """Corrected t-test of Nadeau and Bengio, only where replicates split one table."""
    rope: Rope | None = None
    """Probabilities of worse, same and better."""
    test: PairedTest | None = None
    """The test behind `p`."""
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
    """Compare the scores of two arms, paired by position.

    Independent pairs are tested by sign flips. Where every replicate splits one table, the test is
    the corrected t-test, t = mean / √((1/n + n_test/n_train) · s²) with n − 1 degrees of freedom.

    Args:
        arm: finite scores, shape (n,).
        baseline: finite scores of the same replicates, shape (n,).
        lower_is_better: whether the score measures an error.
        rope_width: largest difference that counts as none, at least 0, in the metric's unit.
        test_to_train: n_test / n_train where every replicate splits one table differently, 0 where
            replicates are independent.

    Source: Nadeau and Bengio, 2003, "Inference for the generalization error", section 4.
    """
    differences = _differences(np.asarray(arm, float), np.asarray(baseline, float))
    sign = -1.0 if lower_is_better else 1.0
    independent = not test_to_train
    n = len(differences)
    if n < 2:
        return _too_few(differences)
    if np.ptp(differences) == 0:
        return _constant(differences, sign, independent)
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    se = standard_error(differences, test_to_train)
    p, test = _sign_flips(differences, independent)
    return Difference(
        n=n,
        mean=mean,
        ci95=_interval(differences, mean, se, independent),
        sd=sd,
        dz=mean / sd,
        p_improve=_p_improve(sign * differences),
        p_permutation=p,
        p_wilcoxon=wilcoxon_p(differences) if independent else None,
        p_corrected=None if independent else 2 * float(t_cdf(-abs(mean) / se, n - 1)),
        rope=rope(sign * differences, rope_width, test_to_train),
        test=test if independent else "corrected t",
        reason=_few(n),
    )


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values so that the chance of any false alarm among them stays below alpha.

    With p₍₁₎ ≤ … ≤ p₍ₘ₎, the adjusted p₍ᵢ₎ is max over j ≤ i of min(1, (m − j + 1) · p₍ⱼ₎).

    Args:
        p_values: in [0, 1]; None, a test that could not be made, does not count towards m.

    Returns:
        The adjusted values in the same order; None stays None.

    Source: Holm, 1979, "A simple sequentially rejective multiple test procedure".
    """
    made = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(made):
        largest = max(largest, min(1.0, p * (len(made) - rank)))
        adjusted[place] = largest
    return tuple(adjusted)


def _differences(arm: Floats, baseline: Floats) -> Floats:
    """Subtract; on a lattice, equal differences become exactly equal."""
    differences = arm - baseline
    found = lattice(differences)
    return differences if found is None else found.values


def _too_few(differences: Floats) -> Difference:
    if not len(differences):
        return Difference(0, reason="no replicate finished in both arms")
    return Difference(1, float(differences[0]), reason="a single pair has no spread")


def _constant(differences: Floats, sign: float, independent: bool) -> Difference:
    """All pairs differ by the same amount: their spread is unknown, the sign-flip test is not."""
    n, value = len(differences), float(differences.min())
    p, test = _sign_flips(differences, independent)
    alike = f"all {n} pairs {'differ by the same amount' if value else 'tie'}"
    return Difference(
        n,
        value,
        sd=0.0,
        p_improve=_p_improve(sign * differences),
        p_permutation=p,
        p_wilcoxon=wilcoxon_p(differences) if independent else None,
        test=test,
        reason=_few(n) if independent else f"{alike}, and splits of one table share rows",
    )


def _sign_flips(
    differences: Floats, independent: bool
) -> tuple[float, PairedTest] | tuple[None, None]:
    if not independent:
        return None, None
    p, exact = sign_flip_test(differences)
    return p, "exact sign flips" if exact else "random sign flips"


def _few(n: int) -> str:
    return f"fewer than {FEWEST} pairs" if n < FEWEST else ""


def _p_improve(improvements: Floats) -> float:
    return float((improvements > 0).mean() + (improvements == 0).mean() / 2)


def _interval(differences: Floats, mean: float, se: float, independent: bool) -> Interval:
    bca = None
    if independent and len(differences) >= BOOTSTRAP_FROM:
        bca = bca_interval(differences)
    return bca or t_interval(mean, se, len(differences) - 1)
