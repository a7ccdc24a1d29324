"""The sign-flip test against exact enumeration, exact convolution, and published values."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import permutation_test, wilcoxon

from hiss.statistics import compare_pairs
from hiss.statistics.lattice import lattice
from hiss.statistics.resampling import wilcoxon_p
from hiss.statistics.sign_flips import _by_halves, _flips, sign_flip_test

Counts = NDArray[np.int64]
DRAW = np.random.default_rng(20)


def enumerated(differences: list[int]) -> float:
    """The share of all sign vectors with a sum at least as far from 0, in whole numbers."""
    signs = np.array(list(product((1, -1), repeat=len(differences))))
    return float((np.abs(signs @ differences) >= abs(sum(differences))).mean())


def convolved(differences: list[int]) -> Fraction:
    """The same share, by multiplying the polynomials (x^d + x^-d) in whole numbers of any size."""
    ways = {0: 1}
    for one in differences:
        flipped: dict[int, int] = {}
        for total, count in ways.items():
            for value in (total + one, total - one):
                flipped[value] = flipped.get(value, 0) + count
        ways = flipped
    least = abs(sum(differences))
    extreme = sum(count for total, count in ways.items() if abs(total) >= least)
    return Fraction(extreme, 2 ** len(differences))


def scores(rows: int, n: int) -> tuple[Counts, Counts]:
    """Correct rows of two arms that share some difficulty, often equal."""
    p = DRAW.uniform(0.3, 0.95)
    return DRAW.binomial(rows, p, n), DRAW.binomial(rows, min(1.0, p + 0.03), n)


def test_ten_accuracies_on_70_rows_have_the_enumerated_p_value() -> None:
    arm = np.array([56, 58, 63, 57, 55, 54, 52, 60, 53, 56]) / 70
    baseline = np.array([54, 57, 57, 52, 55, 55, 53, 57, 52, 54]) / 70
    found = compare_pairs(arm, baseline)
    assert found.p_permutation == 52 / 1024 == 0.05078125
    assert found.test == "exact sign flips"


def test_a_thousand_random_cases_have_the_enumerated_p_value() -> None:
    for _ in range(1000):
        n, rows = int(DRAW.integers(1, 12)), int(DRAW.choice([3, 70, 360, 9_973]))
        first, second = scores(rows, n)
        found = sign_flip_test(first / rows - second / rows)
        assert found == (enumerated((first - second).tolist()), True)


@pytest.mark.parametrize("n", [13, 14])
def test_more_pairs_have_the_enumerated_p_value_too(n: int) -> None:
    first, second = scores(70, n)
    expected = enumerated((first - second).tolist())
    assert sign_flip_test(first / 70 - second / 70) == (expected, True)
    irregular = DRAW.normal(size=n)
    signs = np.array(list(product((1, -1), repeat=n)))
    least = abs(irregular.sum()) - 1e-12
    share = (np.abs(signs @ irregular) >= least).mean()
    assert sign_flip_test(irregular) == (share, True)


@pytest.mark.parametrize("n", [15, 20, 30, 36, 37, 52, 100])
@pytest.mark.parametrize("rows", [14, 70, 10_000])
def test_accuracies_have_the_exact_p_value_for_any_number_of_pairs(n: int, rows: int) -> None:
    first, second = scores(rows, n)
    found = sign_flip_test(first / rows - second / rows)
    assert found.exact
    assert found.p == pytest.approx(float(convolved((first - second).tolist())), rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 11, 20, 25])
def test_two_ways_of_counting_agree(n: int) -> None:
    first, second = scores(70, n)
    differences = first / 70 - second / 70
    assert _by_halves(differences) == sign_flip_test(differences).p


def test_losses_are_counted_exactly_as_scipy_does_and_said_to_be() -> None:
    losses = DRAW.normal(0.1, 0.3, 12)

    def mean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        return np.asarray(values.mean(axis=axis))

    expected = permutation_test(
        (losses,), mean, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert sign_flip_test(losses) == (pytest.approx(expected), True)
    assert compare_pairs(losses, np.zeros(12)).test == "exact sign flips"


def test_many_losses_are_flipped_at_random_and_said_to_be() -> None:
    losses = DRAW.normal(0.2, 1.0, 50)
    found = compare_pairs(losses, np.zeros(50))
    assert found.test == "random sign flips"
    assert found.p_permutation == pytest.approx(found.p_wilcoxon, abs=0.1)
    assert sign_flip_test(np.abs(losses)) == (1 / 10_000, False)


def test_a_mean_of_zero_is_no_evidence() -> None:
    assert sign_flip_test(np.zeros(5)).p == 1
    assert sign_flip_test(np.array([0.5, -0.5])).p == 1
    assert sign_flip_test(np.array([np.pi, np.e, -np.pi, -np.e])).p == 1


@pytest.mark.parametrize("n", [6, 10, 25, 50])
def test_distinct_ranks_have_wilcoxons_table(n: int) -> None:
    differences = DRAW.normal(0.2, 1, n)
    expected = wilcoxon(differences, method="exact").pvalue
    assert wilcoxon_p(differences) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [20, 60, 100])
def test_tied_ranks_have_the_exact_p_value(n: int) -> None:
    from scipy.stats import rankdata

    differences = DRAW.integers(-4, 6, n) / 70
    untied = differences[differences != 0]
    doubled = np.rint(2 * rankdata(np.abs(np.rint(70 * untied)))) * np.sign(untied)
    expected = convolved(doubled.astype(int).tolist())
    found = compare_pairs(differences, np.zeros(n)).p_wilcoxon
    assert found == pytest.approx(float(expected), rel=1e-12)


def test_fractions_of_the_same_rows_lie_on_a_lattice() -> None:
    found = lattice(np.array([4 / 70, -6 / 70, 0.0, 10 / 70]))
    assert found is not None
    assert found.step == pytest.approx(2 / 70)
    assert found.counts.tolist() == [2, -3, 0, 5]
    assert found.values.tolist() == pytest.approx([4 / 70, -6 / 70, 0.0, 10 / 70])


def test_ties_that_rounding_separates_lie_on_one_point() -> None:
    first, second = np.arange(50, 60) / 70, np.arange(49, 59) / 70
    assert np.ptp(first - second) > 0
    found = lattice(first - second)
    assert found is not None and set(found.counts.tolist()) == {1}
    assert compare_pairs(first, second).sd == 0


@pytest.mark.parametrize("values", [[], [np.pi, np.e, 1.0], [1.0, 1e-7]])
def test_other_numbers_do_not(values: list[float]) -> None:
    assert lattice(np.array(values)) is None


IRREGULAR = np.array([np.pi, -np.e, np.sqrt(2), 1.0])
"""No multiples of one step."""


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize(
    "differences",
    [
        np.array([3, -1, 4, 1, -5, 9, 2, 6, 1, 1]) / 70,
        np.tile(IRREGULAR, 3),
        np.tile(IRREGULAR, 12) * np.repeat([1, 1, -1], 16),
    ],
    ids=["lattice", "halves", "random"],
)
def test_the_unit_of_the_differences_changes_no_p_value(
    differences: NDArray[np.float64], scale: float
) -> None:
    found = sign_flip_test(differences)
    assert sign_flip_test(scale * differences) == found
    assert 2 / 2 ** len(differences) < found.p < 1


@pytest.mark.parametrize("n", range(8))
def test_any_number_of_pairs_is_counted_as_two_halves_with_its_ties(n: int) -> None:
    values = np.tile(IRREGULAR, 2)[:n]
    signs = np.array(list(product((1, -1), repeat=n)))
    share = (np.abs(signs @ values) >= abs(values.sum()) - 1e-12).mean()
    assert _by_halves(values) == share


def test_irregular_differences_are_counted_up_to_36_pairs() -> None:
    values = np.abs(DRAW.normal(size=37))
    assert sign_flip_test(values[:36]) == (2 / 2**36, True)
    assert sign_flip_test(values) == (1 / 10_000, False)


def test_a_lattice_is_counted_up_to_50_million_additions() -> None:
    pairs_by_steps = np.repeat([19_999.0, 20_001.0], 25)
    assert sign_flip_test(pairs_by_steps) == (2 / 2**50, True)
    one_more = np.repeat([15_389.0, 15_390.0], (37, 20))
    assert len(one_more) * one_more.sum() == 50_000_001
    assert sign_flip_test(one_more) == (1 / 10_000, False)


def test_random_flips_are_signs_and_the_first_are_those_observed() -> None:
    flips = _flips(40)
    assert flips.shape == (10_000, 40)
    assert set(np.unique(flips)) == {-1, 1}
    assert flips[0].min() == 1 > flips[1].min()
    assert abs(flips.mean()) < 0.01


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_lattice_is_found_in_any_unit(scale: float) -> None:
    found = lattice(scale * np.arange(-50, 60) / 70)
    assert found is not None
    assert found.counts.tolist() == list(range(-50, 60))


def test_100000_steps_are_a_lattice_and_more_are_not() -> None:
    found = lattice(np.array([1.0, 1e5]))
    assert found is not None and found.counts.tolist() == [1, 100_000]
    assert lattice(np.array([1.0, 100_001.0])) is None


def test_zeros_are_a_lattice_without_a_step() -> None:
    found = lattice(np.zeros(3))
    assert found is not None and found.step == 0
    assert found.counts.tolist() == [0, 0, 0]
