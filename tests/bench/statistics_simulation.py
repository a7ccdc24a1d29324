"""Simulate studies whose truth is known and print rates of false alarms and of coverage.

Run as `python tests/bench/statistics_simulation.py [STUDIES]`. False alarms should be 5 %, coverage
95 %; the standard error of either over 4,000 studies is 0.35 points.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from hiss.statistics import compare_pairs, summarize
from hiss.statistics.resampling import bca_interval, sign_flip_p, wilcoxon_p

Floats = NDArray[np.float64]
World = Callable[[np.random.Generator, tuple[int, int]], Floats]


def accuracies(draw: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Differences of two accuracies on 70 test rows."""
    return (draw.binomial(70, 0.8, shape) - draw.binomial(70, 0.8, shape)) / 70


WORLDS: Mapping[str, World] = {
    "normal": lambda draw, shape: draw.normal(size=shape),
    "accuracies, 70 rows": accuracies,
    "heavy tails (t, 3 df)": lambda draw, shape: draw.standard_t(3, shape),
    "skewed (exponential)": lambda draw, shape: draw.exponential(size=shape) - 1,
}


def covers(interval: tuple[float, float] | None) -> bool:
    """Whether an interval holds the truth, 0."""
    return interval is not None and interval[0] <= 0 <= interval[1]


def plain_bca(study: Floats, seed: int) -> tuple[float, float]:
    """The BCa interval without widened tails."""
    rng = np.random.default_rng(seed)
    low, high = bootstrap((study,), np.mean, n_resamples=1999, random_state=rng).confidence_interval
    return float(low), float(high)


def rates(studies: Floats) -> list[float]:
    """Percent of false alarms of the two tests, and percent covered by the three intervals."""
    few = studies[: len(studies) // 2]
    seeds = range(len(few))
    found = (
        [sign_flip_p(study) <= 0.05 for study in studies],
        [(wilcoxon_p(study) or 1) <= 0.05 for study in few],
        [covers(summarize(study).ci95) for study in studies],
        [covers(plain_bca(study, seed)) for study, seed in zip(few, seeds, strict=True)],
        [covers(bca_interval(study, 1999, seed)) for study, seed in zip(few, seeds, strict=True)],
    )
    return [100 * float(np.mean(one)) for one in found]


def resplit_alarms(draw: np.random.Generator, studies: int, ratio: float) -> list[float]:
    """Percent of false alarms where replicates share rows: corrected, and not."""
    rho = ratio / (1 + ratio)
    shared, own = draw.normal(size=(studies, 1)), draw.normal(size=(studies, 30))
    differences = rho**0.5 * shared + (1 - rho) ** 0.5 * own
    zero = np.zeros(30)
    p = [compare_pairs(study, zero, test_to_train=ratio).p_corrected for study in differences]
    naive = [sign_flip_p(study) for study in differences]
    return [100 * float((np.array(one, float) <= 0.05).mean()) for one in (p, naive)]


def main(studies: int) -> None:
    """Print the tables."""
    print("world                     n | sign flips  Wilcoxon |  cover: t    BCa  BCa widened")
    for name, world in WORLDS.items():
        for n in (10, 20, 30, 100):
            draw = np.random.default_rng(n)
            row = rates(world(draw, (studies, n)))
            print("{:22} {:4} | {:10.1f} {:9.1f} | {:9.1f} {:6.1f} {:12.1f}".format(name, n, *row))
    print("\nre-split tables, n = 30   | corrected t  sign flips (not used there)")
    for ratio in (0.1, 0.25, 1.0):
        row = resplit_alarms(np.random.default_rng(1), studies, ratio)
        print("n_test / n_train = {:6} | {:11.1f} {:11.1f}".format(ratio, *row))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
