"""How many repeats settle a comparison: against G*Power, simulation and exact values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import chdtri, nctdtr, ndtri, stdtr, stdtrit

from hiss.statistics import ALPHA, SURE, chance_to_settle, repeats_to_settle, rope
from hiss.statistics.settling import _within, fewest_pairs
from hiss.statistics.sign_flips import sign_flip_p
from hiss.statistics.summary import standard_error, t_cdf


@pytest.mark.parametrize(("dz", "n"), [(0.3, 90), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_without_a_rope_repeats_for_80_percent_power_are_gpowers(dz: float, n: int) -> None:
    assert repeats_to_settle(dz, 1.0, rope_width=0.0) == n
    assert repeats_to_settle(-dz, 1.0, rope_width=0.0) == n


@pytest.mark.parametrize("n", [3, 6, 10, 34, 200])
@pytest.mark.parametrize("dz", [0.1, 0.5, 1.0, -0.5])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_without_a_rope_the_chance_is_the_power_by_the_noncentral_t(
    n: int, dz: float, alpha: float
) -> None:
    critical, shift = stdtrit(n - 1, 1 - alpha / 2), abs(dz) * n**0.5
    power = 1 - nctdtr(n - 1, shift, critical) + np.nan_to_num(nctdtr(n - 1, shift, -critical))
    found = chance_to_settle(dz, 1.0, n, rope_width=0.0, alpha=alpha)
    assert found == pytest.approx(power, abs=1e-6)


@pytest.mark.parametrize(("mean", "sd", "n", "simulated"), [(0.1, 2.0, 34, 35), (0.5, 1.9, 37, 40)])
def test_small_differences_are_settled_as_the_same_long_before_they_are_significant(
    mean: float, sd: float, n: int, simulated: int
) -> None:
    """In points, with a ROPE of one; simulated independently with sign flips and BCa: 35, 40."""
    found = repeats_to_settle(mean, sd, rope_width=1.0)
    assert found == n
    assert abs(n - simulated) <= 3


@pytest.mark.parametrize(
    ("mean", "sd", "n", "overlap", "comparisons"),
    [(0.1, 2.0, 34, 0.0, 1), (0.5, 1.9, 37, 0.0, 1), (3.0, 2.7, 15, 0.0, 3), (2.0, 0.8, 9, 0.1, 2)],
)
def test_as_many_studies_are_settled_as_promised(
    mean: float, sd: float, n: int, overlap: float, comparisons: int
) -> None:
    """By the verdict's own rules, on 3,000 simulated studies: standard error 0.7 points."""
    draw = np.random.default_rng(n)
    rho = overlap / (1 + overlap)
    own = draw.normal(0, sd, (3000, n))
    shared = draw.normal(0, sd * (rho / (1 - rho)) ** 0.5, (3000, 1))
    settled = 0
    for study in np.round(mean + shared + own, 2):
        t = abs(study.mean()) / standard_error(study, overlap)
        p = 2 * t_cdf(-t, n - 1) if overlap else sign_flip_p(study)
        settled += rope(study, 1.0, overlap).same >= SURE or comparisons * p < ALPHA
    promised = chance_to_settle(
        mean, sd, n, rope_width=1.0, alpha=ALPHA / comparisons, test_to_train=overlap
    )
    assert settled / 3000 == pytest.approx(promised, abs=0.03)


def test_the_fewest_repeats_are_the_first_with_80_percent() -> None:
    for mean, sd in ((0.1, 2.0), (0.5, 1.9), (1.2, 4.0), (1.0, 1.0), (0.0, 5.0)):
        n = repeats_to_settle(mean, sd, rope_width=1.0)
        assert n is not None
        assert chance_to_settle(mean, sd, n, rope_width=1.0) >= 0.8
        assert chance_to_settle(mean, sd, n - 1, rope_width=1.0) < 0.8


def test_the_sign_flip_test_sets_the_fewest_pairs() -> None:
    assert [fewest_pairs(0.05 / m) for m in (1, 2, 3, 4)] == [6, 7, 7, 8]
    for m in range(1, 200):
        n = fewest_pairs(0.05 / m)
        assert m * 2 / 2**n < 0.05
        assert n == 6 or m * 2 / 2 ** (n - 1) >= 0.05
    assert repeats_to_settle(21.7, 1.0, rope_width=1.0) == 6
    assert repeats_to_settle(21.7, 1.0, rope_width=1.0, comparisons=3) == 7
    assert repeats_to_settle(10.0, 0.0, rope_width=1.0, comparisons=3) == 7


def test_what_takes_over_1000_repeats_is_out_of_reach() -> None:
    assert repeats_to_settle(0.05, 1.0, rope_width=0.0) is None
    assert repeats_to_settle(0.0, 40.0, rope_width=1.0) is None
    assert repeats_to_settle(0.089, 1.0, rope_width=0.0) == 993


def test_overlapping_splits_set_a_bound_that_no_repeat_overcomes() -> None:
    assert repeats_to_settle(0.5, 1.0, rope_width=0.0, test_to_train=0.25) is None
    assert repeats_to_settle(3.0, 1.0, rope_width=0.0, test_to_train=0.25) == 6


@pytest.mark.parametrize("dz", [0.0, 5.0, 20.0, 1000.0])
@pytest.mark.parametrize("width", [0.0, 1.0])
@pytest.mark.parametrize("n", [2, 10, 1000])
def test_the_chance_is_always_a_probability(dz: float, width: float, n: int) -> None:
    assert 0 <= chance_to_settle(dz, 1.0, n, rope_width=width) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("mean", "sd", "n", "width", "alpha", "overlap"),
    [
        (0.0, 1.0, 10, 0.3, 0.05, 0.0),
        (0.2, 2.0, 34, 1.0, 0.05, 0.0),
        (-0.3, 1.0, 12, 0.6, 0.01, 0.0),
        (1.0, 1.0, 20, 0.9, 0.05, 0.25),
        (0.0, 1.0, 200, 5.0, 0.05, 0.0),
    ],
)
def test_the_chance_is_the_share_of_all_samples_that_the_verdicts_rules_settle(
    mean: float, sd: float, n: int, width: float, alpha: float, overlap: float
) -> None:
    """On a grid of 200 variances and 2,000 means, all equally likely."""
    u, v = (np.arange(2000) + 0.5) / 2000, (np.arange(200) + 0.5) / 200
    scale = sd * (1 / n + overlap) ** 0.5
    means, errors = mean + scale * ndtri(u), scale * (chdtri(n - 1, v) / (n - 1))[:, None] ** 0.5
    apart = np.abs(means) / errors > stdtrit(n - 1, 1 - alpha / 2)
    upper, lower = stdtr(n - 1, (width - means) / errors), stdtr(n - 1, (-width - means) / errors)
    settled = (apart | (upper - lower >= 0.95)).mean()
    found = chance_to_settle(mean, sd, n, rope_width=width, alpha=alpha, test_to_train=overlap)
    assert found == pytest.approx(settled, abs=2e-3)


def test_the_posterior_of_a_sample_is_that_of_the_rope() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    for width in (0.0, 0.5, 3.0, 9.0):
        found = _within(np.full(1, 3.0), width, np.full(1, 0.5**0.5), 4)
        assert found == pytest.approx(rope(values, width).same, abs=1e-12)


def test_a_difference_without_spread_settles_for_certain() -> None:
    assert chance_to_settle(0.01, 0.0, 6, rope_width=0.01) == 1


def test_1000_repeats_are_within_reach_and_1001_are_not() -> None:
    assert repeats_to_settle(0.0887, 1.0, rope_width=0.0) == 1000
    assert chance_to_settle(0.08865, 1.0, 1001, rope_width=0.0) > 0.8
    assert repeats_to_settle(0.08865, 1.0, rope_width=0.0) is None
