"""A score over a grid of strengths: best point, plateau, refinement."""

from __future__ import annotations

import math

import pytest

from hiss.experiment.strengths import coarse, least
from hiss.noise.kind import STRENGTHS
from hiss.results.outcomes import Replicate
from hiss.studies.plateau import (
    Plateau,
    Point,
    best,
    measure,
    plateau,
    plateau_cells,
    refine,
)

ACCURACY = "test_accuracy"


def points(means: dict[float, float | None], se: float | None = 0.01) -> list[Point]:
    return [Point(strength, 30, mean, 0.05, se) for strength, mean in means.items()]


GRID = points({0.0: 0.77, 0.01: 0.772, 0.03: 0.795, 0.1: 0.80, 0.3: 0.791, 1.0: 0.6})


def test_the_plateau_is_all_next_to_the_best_within_its_standard_error() -> None:
    top = best(GRID, ACCURACY)
    assert top is not None and top.strength == 0.1
    assert plateau(GRID, ACCURACY) == Plateau(0.03, 0.3)


def test_the_plateau_ends_at_a_gap() -> None:
    grid = points({0.0: 0.80, 0.01: 0.7, 0.03: 0.801, 0.1: 0.799})
    assert plateau(grid, ACCURACY) == Plateau(0.03, 0.1)


def test_the_order_of_the_points_does_not_matter() -> None:
    assert plateau(GRID[::-1], ACCURACY) == Plateau(0.03, 0.3)


def test_a_plateau_that_holds_zero_means_that_noise_does_not_help() -> None:
    found = plateau(points({0.0: 0.80, 0.1: 0.805, 0.3: 0.7}), ACCURACY)
    assert found is not None and found.as_json() == {"from": 0.0, "to": 0.1}


def test_of_equal_points_the_one_with_least_noise_is_best() -> None:
    top = best(points({0.3: 0.8, 0.1: 0.8, 1.0: 0.8}), ACCURACY)
    assert top is not None and top.strength == 0.1


def test_the_lowest_loss_is_best() -> None:
    grid = points({0.0: 0.9, 0.1: 0.5, 0.3: 0.505})
    top = best(grid, "test_loss")
    assert top is not None and top.strength == 0.1
    assert plateau(grid, "test_loss") == Plateau(0.1, 0.3)


def test_points_still_without_scores_are_neither_best_nor_on_the_plateau() -> None:
    grid = points({0.0: None, 0.1: 0.8, 0.3: None, 1.0: 0.8})
    assert plateau(grid, ACCURACY) == Plateau(0.1, 0.1)
    assert best(points({0.0: None}), ACCURACY) is None
    assert plateau([], ACCURACY) is None


def test_a_single_replicate_shows_no_plateau() -> None:
    assert plateau(points({0.0: 0.7, 0.1: 0.8}, se=None), ACCURACY) is None


def test_measuring_counts_only_what_finished() -> None:
    replicates = [
        Replicate(0, "finished", 1, {ACCURACY: 0.7}, math.nan, 0, 0.0),
        Replicate(1, "finished", 1, {ACCURACY: 0.9}, math.nan, 0, 0.0),
        Replicate(2, "failed", 1, {}, math.nan, 0, 0.0, "loss is NaN at epoch 2"),
    ]
    point = measure(0.1, replicates, ACCURACY)
    assert (point.n, point.mean) == (2, pytest.approx(0.8))
    assert point.se == pytest.approx(0.1)
    assert measure(0.1, [], ACCURACY) == Point(0.1)


def test_refining_puts_a_point_into_each_gap_about_the_plateau() -> None:
    assert refine(STRENGTHS, Plateau(0.1, 0.1)) == (0.0, 0.01, 0.03, 0.055, 0.1, 0.17, 0.3, 1.0)


def test_refining_reaches_towards_no_noise() -> None:
    assert refine(STRENGTHS, Plateau(0.0, 0.01)) == (0.0, 0.005, 0.01, 0.017, 0.03, 0.1, 0.3, 1.0)


def test_refining_comes_to_an_end() -> None:
    for around in (Plateau(0.1, 0.1), Plateau(0.0, 0.0)):
        grid, finer = (), STRENGTHS
        for _ in range(12):
            grid, finer = finer, refine(finer, around)
        assert grid == finer


def test_the_plateau_of_two_sites_is_connected() -> None:
    means = {(0, 0): 0.7, (0, 0.1): 0.795, (0.1, 0): 0.5, (0.1, 0.1): 0.8, (0.3, 0.3): 0.8}
    cells = [Point(a, 30, mean, 0.05, 0.01, b) for (a, b), mean in means.items()]
    assert plateau_cells(cells, ACCURACY) == {(0, 0.1), (0.1, 0.1)}
    assert plateau_cells([], ACCURACY) == frozenset()


def test_a_grid_of_penalties_is_refined_below_the_weakest_noise() -> None:
    assert refine((0.0, 0.001), Plateau(0.0, 0.001), least("l2")) == (0.0, 0.0005, 0.001)
    assert refine((0.0, 0.001), Plateau(0.0, 0.001), least("stddev")) == (0.0, 0.001)


@pytest.mark.parametrize("argument", ["stddev", "rate", "label_noise", "l2", "eta"])
def test_every_first_grid_begins_with_no_noise(argument: str) -> None:
    assert coarse(argument)[0] == 0
    assert list(coarse(argument)) == sorted(coarse(argument))


def test_a_plateau_ends_at_exactly_one_standard_error() -> None:
    means = {0.0: 0.7399, 0.1: 0.75, 0.2: 0.76, 0.3: 0.75, 0.4: 0.7401}
    assert plateau(points(means, se=0.0101), ACCURACY) == Plateau(0.1, 0.3)
    assert plateau(points(means, se=0.00999), ACCURACY) == Plateau(0.2, 0.2)
    assert plateau(points(means, se=0.02), ACCURACY) == Plateau(0.1, 0.4)
    losses = {0.0: 0.5, 0.1: 0.25, 0.2: 0.5, 0.3: 0.375}
    assert plateau(points(losses, se=0.25), "test_loss") == Plateau(0.0, 0.3)
    assert plateau(points(losses, se=0.125), "test_loss") == Plateau(0.1, 0.1)


def test_the_plateau_of_two_sites_takes_one_standard_error_of_the_best() -> None:
    means = {(0, 0): 0.75, (0, 1): 0.5, (1, 0): 0.5, (1, 1): 0.25, (2, 0): 0.625, (2, 1): 0.75}
    cells = [Point(a, 30, mean, 0.05, 0.25, b) for (a, b), mean in means.items()]
    assert plateau_cells(cells, ACCURACY) == {(0, 0), (0, 1), (1, 0), (2, 0), (2, 1)}
    narrow = [Point(a, 30, mean, 0.05, 0.2, b) for (a, b), mean in means.items()]
    assert plateau_cells(narrow, ACCURACY) == {(0, 0)}


@pytest.mark.parametrize("best_at", [(0, 0), (0, 2), (2, 0), (2, 2), (1, 1)])
def test_the_plateau_of_two_sites_reaches_every_side_of_the_best(best_at: tuple[int, int]) -> None:
    places = [(a, b) for a in range(3) for b in range(3)]
    beside = [p for p in places if abs(p[0] - best_at[0]) + abs(p[1] - best_at[1]) == 1]

    def mean(place: tuple[int, int]) -> float:
        return 0.8 if place == best_at else 0.795 if place in beside else 0.5

    cells = [Point(a, 30, mean((a, b)), 0.05, 0.01, b) for a, b in places]
    assert plateau_cells(cells, ACCURACY) == {best_at, *beside}


def test_splits_of_one_table_widen_the_standard_error_and_the_plateau() -> None:
    def of(strength: float, mean: float, ratio: float) -> Point:
        values = (mean - 0.02, mean, mean + 0.02, mean)
        replicates = [
            Replicate(number, "finished", 1, {ACCURACY: value}, math.nan, 0, 0.0)
            for number, value in enumerate(values)
        ]
        return measure(strength, replicates, ACCURACY, test_to_train=ratio)

    sd = math.sqrt(2 * 0.02**2 / 3)
    assert of(0.0, 0.8, 0.0).se == pytest.approx(sd / 2)
    assert of(0.0, 0.8, 0.75).se == pytest.approx(sd)
    for ratio, expected in ((0.0, Plateau(0.1, 0.1)), (0.75, Plateau(0.0, 0.1))):
        grid = [of(0.0, 0.788, ratio), of(0.1, 0.8, ratio), of(0.3, 0.78, ratio)]
        assert plateau(grid, ACCURACY) == expected


def test_a_gap_as_fine_as_a_tenth_is_not_divided() -> None:
    assert refine((1.0, 1.1), Plateau(1.0, 1.1)) == (1.0, 1.1)
    assert refine((1.0, 1.2), Plateau(1.0, 1.2)) == (1.0, 1.1, 1.2)
    assert refine((0.1, 0.2, 0.4, 0.8), Plateau(0.2, 0.2)) == (0.1, 0.14, 0.2, 0.28, 0.4, 0.8)


def test_a_gap_from_zero_is_divided_above_a_thousandth() -> None:
    assert refine((0.0, 0.001), Plateau(0.0, 0.001)) == (0.0, 0.001)
    assert refine((0.0, 0.0012), Plateau(0.0, 0.0012)) == (0.0, 0.0006, 0.0012)


def test_a_best_point_without_spread_is_a_plateau_alone() -> None:
    assert plateau(points({0.0: 0.79, 0.1: 0.8}, se=0.0), ACCURACY) == Plateau(0.1, 0.1)
