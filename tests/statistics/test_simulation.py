"""The statistics on made-up studies whose truth is known: how often do they mislead?

4,000 studies make the standard error of a rate of 5 % a third of a percent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from hiss.statistics import compare_pairs, summarize
from hiss.statistics.resampling import bca_interval, wilcoxon_p
from hiss.statistics.sign_flips import sign_flip_p
from hiss.statistics.summary import standard_error, t_interval

Floats = NDArray[np.float64]
STUDIES = 4000


def normal(draw: np.random.Generator, n: int) -> Floats:
    return draw.normal(size=(STUDIES, n))


def correct_rows(draw: np.random.Generator, n: int) -> Floats:
    """Differences of two accuracies on 70 test rows: coarse, and full of ties."""
    return (draw.binomial(70, 0.8, (STUDIES, n)) - draw.binomial(70, 0.8, (STUDIES, n))) / 70


@pytest.mark.parametrize(
    ("world", "n"), [(normal, 8), (normal, 12), (normal, 22), (correct_rows, 30)]
)
def test_sign_flips_raise_5_percent_false_alarms(
    world: Callable[[np.random.Generator, int], Floats], n: int
) -> None:
    studies = world(np.random.default_rng(n), n)
    alarms = np.mean([sign_flip_p(study) <= 0.05 for study in studies])
    assert alarms == pytest.approx(0.05, abs=0.01)


def test_ties_among_few_pairs_make_sign_flips_careful_but_never_rash() -> None:
    studies = correct_rows(np.random.default_rng(8), 8)
    assert 0.02 < np.mean([sign_flip_p(study) <= 0.05 for study in studies]) < 0.05


def test_wilcoxon_raises_5_percent_false_alarms() -> None:
    studies = normal(np.random.default_rng(0), 20)[:1500]
    assert np.mean([wilcoxon_p(study) <= 0.05 for study in studies]) == pytest.approx(
        0.05, abs=0.015
    )


@pytest.mark.parametrize("n", [2, 5, 10, 19])
def test_the_t_interval_covers_the_truth_95_times_in_100(n: int) -> None:
    studies = 0.3 + normal(np.random.default_rng(n), n)
    covered = [_covers(compare_t(study), 0.3) for study in studies]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("n", [pytest.param(20, marks=pytest.mark.slow), 30])
@pytest.mark.parametrize("world", [normal, correct_rows])
def test_the_bootstrapped_interval_covers_the_truth_95_times_in_100(
    n: int, world: Callable[[np.random.Generator, int], Floats]
) -> None:
    studies = world(np.random.default_rng(n), n)[:1500]
    covered = [
        _covers(bca_interval(study, resamples=999, seed=seed), 0.0)
        for seed, study in enumerate(studies)
    ]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_the_correction_for_overlapping_splits_restores_5_percent_false_alarms() -> None:
    """Differences that share a part, as those of replicates that share rows do."""
    rho, draw = 0.2, np.random.default_rng(5)
    shared, own = draw.normal(size=(STUDIES, 1)), draw.normal(size=(STUDIES, 30))
    studies = rho**0.5 * shared + (1 - rho) ** 0.5 * own
    corrected = [_p_of_resplit(study, rho / (1 - rho)) <= 0.05 for study in studies]
    assert np.mean(corrected) == pytest.approx(0.05, abs=0.01)
    naive = [_p_of_resplit(study, 1e-9) <= 0.05 for study in studies[:500]]
    assert np.mean(naive) > 0.3


def test_p_values_hold_their_promise_at_every_level() -> None:
    studies = normal(np.random.default_rng(7), 10)
    p = np.array([sign_flip_p(study) for study in studies])
    for level in (0.01, 0.1, 0.25, 0.5):
        assert (p <= level).mean() == pytest.approx(level, abs=0.025)


def compare_t(study: Floats) -> tuple[float, float]:
    return t_interval(float(study.mean()), standard_error(study), len(study) - 1)


def _covers(interval: tuple[float, float] | None, truth: float) -> bool:
    assert interval is not None
    return interval[0] <= truth <= interval[1]


def _p_of_resplit(study: Floats, ratio: float) -> float:
    p = compare_pairs(study, np.zeros(len(study)), test_to_train=ratio).p_corrected
    assert p is not None
    return p


def one_table(
    draw: np.random.Generator, rows: int, train: int, repeats: int
) -> NDArray[np.float64]:
    """Accuracies of a nearest-centroid classifier on random splits of one table."""
    x, y = _table(draw, rows)
    splits = (np.split(draw.permutation(rows), [train]) for _ in range(repeats))
    return np.array([_accuracy(x, y, fit, test) for fit, test in splits])


def folds_of_one_table(
    draw: np.random.Generator, rows: int, folds: int, repeats: int
) -> NDArray[np.float64]:
    """Accuracies of a nearest-centroid classifier in repeated cross-validation of one table."""
    x, y = _table(draw, rows)
    scores = []
    for _ in range(repeats):
        parts = np.array_split(draw.permutation(rows), folds)
        for number, test in enumerate(parts):
            fit = np.concatenate([*parts[:number], *parts[number + 1 :]])
            scores.append(_accuracy(x, y, fit, test))
    return np.array(scores)


def _table(draw: np.random.Generator, rows: int) -> tuple[Floats, NDArray[np.int64]]:
    y = draw.integers(0, 2, rows)
    return draw.normal(size=(rows, 3)) + 0.4 * (2 * y[:, None] - 1), y


def _accuracy(
    x: Floats, y: NDArray[np.int64], fit: NDArray[np.int64], test: NDArray[np.int64]
) -> float:
    first, second = (x[fit][y[fit] == label].mean(axis=0) for label in (0, 1))
    named = x[test] @ (second - first) > (second - first) @ (first + second) / 2
    return float((named == (y[test] == 1)).mean())


def test_the_interval_of_a_mean_covers_the_truth_where_one_table_is_split_again() -> None:
    """100 rows, 80 of them to train, 30 splits: the plain interval covers half of the truths."""
    draw = np.random.default_rng(11)
    truth = np.mean([one_table(draw, 10_000, 80, 1) for _ in range(400)])
    studies = [one_table(draw, 100, 80, 30) for _ in range(600)]
    found = [summarize(one, test_to_train=0.25, bounds=(0, 1)).ci95 for one in studies]
    assert 0.93 <= np.mean([_covers(one, truth) for one in found]) <= 0.97
    assert np.mean([_covers(summarize(one).ci95, truth) for one in studies]) < 0.7
    assert all(one is not None and one[0] >= 0 and one[1] <= 1 for one in found)


@pytest.mark.parametrize(("folds", "repeats"), [(2, 5), (5, 6)])
def test_the_interval_of_repeated_cross_validation_covers_the_truth(
    folds: int, repeats: int
) -> None:
    """The plain interval covers half of the truths; that of Bouckaert and Frank (2004) 95 %."""
    draw, ratio = np.random.default_rng(12), 1 / (folds - 1)
    truth = np.mean([one_table(draw, 10_000, 100 - 100 // folds, 1) for _ in range(400)])
    studies = [folds_of_one_table(draw, 100, folds, repeats) for _ in range(500)]
    found = [summarize(one, test_to_train=ratio, bounds=(0, 1)).ci95 for one in studies]
    assert 0.94 <= np.mean([_covers(one, truth) for one in found]) <= 0.99
    assert np.mean([_covers(summarize(one).ci95, truth) for one in studies]) < 0.65
