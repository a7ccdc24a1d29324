"""Simulate studies whose truth is known: false alarms, coverage, and what is promised to settle.

Run as `python tests/bench/statistics_simulation.py [STUDIES]`. False alarms should be 5 %, coverage
95 %, settled studies 80 %; with 2,000 studies the standard errors are 0.5, 0.5 and 0.9 points.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hiss.statistics import ALPHA, SURE, repeats_to_settle, rope, summarize
from hiss.statistics.resampling import bca_interval, wilcoxon_p
from hiss.statistics.sign_flips import sign_flip_p
from hiss.statistics.summary import standard_error, t_cdf

Floats = NDArray[np.float64]
World = Callable[[np.random.Generator, tuple[int, int]], Floats]
FEW = 500
"""Studies of which intervals are bootstrapped: a hundred times the work of a test."""


def accuracies(draw: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Differences of two accuracies on 70 test rows."""
    return (draw.binomial(70, 0.8, shape) - draw.binomial(70, 0.8, shape)) / 70


WORLDS: Mapping[str, World] = {
    "normal": lambda draw, shape: draw.normal(size=shape),
    "accuracies, 70 rows": accuracies,
    "heavy tails (t, 3 df)": lambda draw, shape: draw.standard_t(3, shape),
    "skewed (exponential)": lambda draw, shape: draw.exponential(size=shape) - 1,
}


def percent(events: Sequence[bool]) -> float:
    """The share of events that happened."""
    return 100 * float(np.mean(events))


def covers(interval: tuple[float, float] | None, truth: float = 0.0) -> bool:
    """Whether an interval holds the truth."""
    return interval is not None and interval[0] <= truth <= interval[1]


def rates(studies: Floats) -> list[float]:
    """Percent of false alarms of the two tests, and percent covered by the two intervals."""
    return [
        percent([sign_flip_p(study) <= ALPHA for study in studies]),
        percent([(wilcoxon_p(study) or 1) <= ALPHA for study in studies]),
        percent([covers(summarize(study).ci95) for study in studies]),
        percent([covers(bca_interval(one, 1999, seed)) for seed, one in enumerate(studies[:FEW])]),
    ]


def resplit(
    draw: np.random.Generator, rows: int, gap: float, share: float, repeats: int
) -> tuple[Floats, Floats]:
    """Accuracies of a nearest-centroid classifier on splits of one table, and the classes' means.

    Args:
        draw: the source of randomness.
        rows: of the table; two normal classes in three dimensions.
        gap: distance of each class from 0, in standard deviations, in every dimension.
        share: of the rows that train.
        repeats: splits of the table.
    """
    y = draw.integers(0, 2, rows)
    x = draw.normal(size=(rows, 3)) + gap * (2 * y[:, None] - 1)
    scores = np.empty(repeats)
    for number in range(repeats):
        order = draw.permutation(rows)
        train, test = np.split(order, [int(share * rows)])
        scores[number] = centroid_accuracy(x[train], y[train], x[test], y[test])
    return scores, y


def centroid_accuracy(x: Floats, y: Floats, x_test: Floats, y_test: Floats) -> float:
    """The accuracy of naming the class whose mean is nearer."""
    first, second = x[y == 0].mean(axis=0), x[y == 1].mean(axis=0)
    axis = second - first
    named = x_test @ axis > axis @ (first + second) / 2
    return float((named == (y_test == 1)).mean())


def resplit_coverage(gap: float, share: float, tables: int, repeats: int = 30) -> list[float]:
    """The truth, and percent covered: with the correction, without it; percent outside [0, 1]."""
    draw, rows = np.random.default_rng(3), 100
    fresh = [resplit(draw, 20_000, gap, share * rows / 20_000, 1)[0][0] for _ in range(200)]
    truth = float(np.mean(fresh))
    studies = [resplit(draw, rows, gap, share, repeats)[0] for _ in range(tables)]
    overlap = (1 - share) / share
    found = [summarize(one, test_to_train=overlap, bounds=(0, 1)).ci95 for one in studies]
    plain = [summarize(one).ci95 for one in studies]
    outside = [one is not None and not 0 <= one[0] <= one[1] <= 1 for one in found]
    return [
        truth,
        percent([covers(one, truth) for one in found]),
        percent([covers(one, truth) for one in plain]),
        percent(outside),
    ]


def settled(study: Floats, width: float) -> bool:
    """Whether one comparison has a verdict other than "not settled"."""
    return rope(study, width).same >= SURE or sign_flip_p(study) < ALPHA


def kept_promises(mean: float, sd: float, studies: int) -> list[float]:
    """The repeats that are to settle a difference, in points, and percent of studies settled."""
    n = repeats_to_settle(mean, sd, rope_width=1.0)
    assert n is not None
    drawn = np.round(np.random.default_rng(n).normal(mean, sd, (studies, n)), 2)
    return [n, percent([settled(study, 1.0) for study in drawn])]


def alarms_of_adding(studies: int, sd: float = 2.5) -> list[float]:
    """Percent of false alarms at 30 repeats; and when up to 90 more are added until it settles."""
    drawn = np.random.default_rng(9).normal(0, sd, (studies, 120))

    def significant(study: Floats, n: int) -> bool:
        first = study[:n]
        return bool(2 * t_cdf(-abs(first.mean()) / standard_error(first), n - 1) < ALPHA)

    def added(study: Floats) -> bool:
        for n in range(30, 121, 10):
            if rope(study[:n], 1.0).same >= SURE:
                return False
            if significant(study, n):
                return True
        return False

    return [
        percent([significant(study, 30) for study in drawn]),
        percent([added(study) for study in drawn]),
    ]


def main(studies: int) -> None:
    """Print the tables."""
    print("world                     n | sign flips  Wilcoxon |  cover: t  BCa widened")
    for name, world in WORLDS.items():
        for n in (10, 20, 30, 100):
            row = rates(world(np.random.default_rng(n), (studies, n)))
            print("{:22} {:4} | {:10.1f} {:9.1f} | {:9.1f} {:12.1f}".format(name, n, *row))
    print("\n100 rows split 30 times   n_test/n_train | truth  corrected  plain  leaves [0, 1]")
    for gap, share in ((0.3, 0.8), (0.3, 0.5), (0.6, 0.8), (0.9, 0.8), (0.6, 0.17)):
        row = resplit_coverage(gap, share, studies // 2)
        text = "{:41.2f} | {:5.3f} {:10.1f} {:6.1f} {:14.1f}"
        print(text.format((1 - share) / share, *row))
    print("\ndifference, SD, ROPE 1 point | repeats to settle  settled")
    for mean, sd in ((0.1, 2.0), (0.5, 1.9), (1.0, 2.0), (2.0, 4.0), (5.0, 4.0), (21.7, 5.0)):
        text = "{:9.1f} {:8.1f} {:10} | {:17.0f} {:8.1f}"
        print(text.format(mean, sd, "", *kept_promises(mean, sd, studies)))
    print(
        "\nfalse alarms: 30 repeats {:.1f}, adding until it settles {:.1f}".format(
            *alarms_of_adding(5 * studies)
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
