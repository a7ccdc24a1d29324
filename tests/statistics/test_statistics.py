"""The statistics against published reference values, and on input that determines little."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import astuple

import numpy as np
import pytest
from scipy.stats import bootstrap, t

from hiss.statistics import (
    Difference,
    compare_pairs,
    holm,
    rope,
    summarize,
)
from hiss.statistics.resampling import SEED, bca_interval, wilcoxon_p
from hiss.statistics.sign_flips import sign_flip_p
from hiss.statistics.summary import bounded_interval, proportion_interval, standard_error

DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], float)
"""Darwin's 15 pairs of maize, crossed minus self-fertilised, in eighths of an inch; Fisher 1935,
"The design of experiments", sections 16 to 21."""


def test_a_summary_has_mean_sd_se_and_fishers_interval() -> None:
    summary = summarize(DARWIN)
    assert summary.n == 15
    assert summary.mean == pytest.approx(20.93, abs=0.005)
    assert summary.sd == pytest.approx(37.74, abs=0.005)
    assert summary.se == pytest.approx(9.746, abs=0.0005)
    assert summary.ci95 == pytest.approx((0.0312, 41.8355), abs=5e-4)


def test_a_summary_of_one_score_has_a_mean_and_no_spread() -> None:
    assert astuple(summarize([0.8])) == (1, 0.8, None, None, None)


def test_a_summary_of_nothing_is_empty() -> None:
    assert astuple(summarize([])) == (0, None, None, None, None)


def test_equal_scores_have_no_spread_and_an_unknown_interval() -> None:
    assert astuple(summarize([0.1] * 30)) == (30, 0.1, 0.0, 0.0, None)


def test_scores_that_are_no_numbers_are_not_counted() -> None:
    assert summarize([0.5, math.nan, 0.7, math.inf]).n == 2


def test_darwins_maize_has_the_published_t_interval_and_wilcoxon_p() -> None:
    found = compare_pairs(DARWIN, np.zeros(15))
    assert found.ci95 == pytest.approx((0.0312, 41.8355), abs=5e-4)
    assert found.dz == pytest.approx(2.148 / math.sqrt(15), abs=5e-4)
    assert found.p_improve == pytest.approx(13 / 15)
    assert found.p_wilcoxon == pytest.approx(0.041259765625)  # scipy.stats.wilcoxon's own example


def test_darwins_maize_has_fishers_exact_p() -> None:
    assert sign_flip_p(DARWIN) == 2 * 863 / 2**15


def test_sign_flips_of_ranks_agree_with_wilcoxons_table() -> None:
    assert sign_flip_p(np.array([1.0, 2, 3, 4, 5, -6])) == 2 * 14 / 64


def test_the_bootstrap_is_the_same_each_time_and_leans_with_the_skew() -> None:
    values = np.random.default_rng(0).exponential(size=40)
    interval = bca_interval(values)
    assert interval is not None and interval == bca_interval(values)
    assert interval[1] - values.mean() > values.mean() - interval[0]


@pytest.mark.parametrize(("n", "tail"), [(20, 0.015880829920347925), (40, 0.020257536362843834)])
def test_the_bootstrap_is_scipys_with_wider_tails(n: int, tail: float) -> None:
    """Tails Φ(−√(20/19) · 2.0930) and Φ(−√(40/39) · 2.0227), of 9,999 resamples."""
    values = np.random.default_rng(n).exponential(size=n)
    expected = bootstrap(
        (values,),
        np.mean,
        n_resamples=9999,
        confidence_level=1 - 2 * tail,
        random_state=np.random.default_rng(SEED),
    ).confidence_interval
    assert bca_interval(values) == pytest.approx(tuple(expected), rel=1e-12)


def test_the_interval_falls_back_to_t_where_nearly_all_pairs_tie() -> None:
    differences = np.zeros(30)
    differences[:5] = 0.1
    assert bca_interval(differences) is None
    assert compare_pairs(differences, np.zeros(30)).ci95 == summarize(differences).ci95


def test_wilcoxon_needs_six_pairs_that_do_not_tie() -> None:
    assert wilcoxon_p(np.array([0, 0, 0, 1, 2, 3, 4, 5.0])) is None
    assert wilcoxon_p(np.array([0, 1, 2, 3, 4, 5, 6.0])) == 2 / 64


def test_holm_makes_the_textbook_adjustment() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_holm_skips_tests_that_could_not_be_made_and_stays_below_one() -> None:
    assert holm([None, 0.04, 0.9, None]) == (None, 0.08, 0.9, None)
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


def folds(mean: float, sd: float) -> np.ndarray:
    """100 differences with exactly this mean and SD."""
    noise = np.random.default_rng(0).normal(size=100)
    return mean + sd * (noise - noise.mean()) / noise.std(ddof=1)


def test_resplit_tables_reproduce_scikit_learns_worked_example_of_nadeau_and_bengio() -> None:
    """scikit-learn's "Statistical comparison of models using grid search": two SVMs, 10 × 10 folds.

    Its differences have mean 0.01 and SD 0.0383; it prints p = 0.227 for one side with the
    correction and 0.005 without, P(better) = 0.773, and P(within ±0.01) = 0.432.
    """
    differences = folds(0.01, 0.03829708)
    found = compare_pairs(differences, np.zeros(100), test_to_train=10 / 90)
    assert found.p_corrected == pytest.approx(2 * 0.227, abs=0.001)
    assert found.rope is not None and found.rope.same == pytest.approx(0.432, abs=5e-4)
    assert rope(differences, 0.0, 10 / 90).better == pytest.approx(0.773, abs=5e-4)
    assert rope(differences, 0.0).worse == pytest.approx(0.005, abs=5e-4)


def test_resplit_tables_forgo_the_tests_that_need_independent_pairs() -> None:
    found = compare_pairs(folds(0.01, 0.03), np.zeros(100), test_to_train=0.25)
    assert found.p_permutation is None and found.p_wilcoxon is None
    assert found.p == found.p_corrected


def test_the_posterior_sums_to_one_and_turns_with_the_sign() -> None:
    differences = folds(0.004, 0.05)
    there, back = rope(differences), rope(-differences)
    assert there.worse + there.same + there.better == pytest.approx(1)
    assert (there.worse, there.better) == pytest.approx((back.better, back.worse))


def test_lower_is_better_turns_improvement_but_not_the_difference() -> None:
    arm, baseline = np.full(10, 0.3) + np.linspace(0, 0.01, 10), np.full(10, 0.5)
    found = compare_pairs(arm, baseline, lower_is_better=True)
    assert found.mean is not None and found.mean < 0
    assert found.p_improve == 1.0
    assert found.rope is not None and found.rope.better > 0.99


def test_one_pair_has_no_verdict() -> None:
    found = compare_pairs([0.8], [0.7])
    assert (found.n, found.mean) == (1, pytest.approx(0.1))
    assert found.reason == "a single pair has no spread"
    assert (found.ci95, found.dz, found.p, found.rope) == (None, None, None, None)


def test_no_pair_has_no_verdict() -> None:
    found = compare_pairs([], [])
    assert (found.n, found.mean, found.p) == (0, None, None)
    assert found.reason == "no replicate finished in both arms"


def test_all_ties_have_no_spread() -> None:
    found = compare_pairs([0.8, 0.7] * 15, [0.8, 0.7] * 15)
    assert (found.mean, found.p_improve, found.p_permutation) == (0.0, 0.5, 1.0)
    assert (found.ci95, found.dz, found.p_wilcoxon, found.rope) == (None, None, None, None)
    assert (found.sd, found.reason) == (0.0, "")


@pytest.mark.parametrize("n", [2, 5])
def test_fewer_than_six_pairs_have_an_interval_but_no_conclusion(n: int) -> None:
    found = compare_pairs(np.linspace(0.8, 0.9, n), np.full(n, 0.7))
    assert found.ci95 is not None and found.rope is not None
    assert found.p_permutation == 2 / 2**n
    assert found.reason == "fewer than 6 pairs"


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 6, 12, 13, 19, 20, 30])
@pytest.mark.parametrize("rows", [1, 2, 70])
@pytest.mark.parametrize("constant", [True, False])
@pytest.mark.parametrize("ratio", [0.0, 0.25])
def test_no_number_of_a_comparison_is_ever_nan(
    n: int, rows: int, constant: bool, ratio: float
) -> None:
    draw = np.random.default_rng(n + rows)
    baseline = np.full(n, 0.5) if constant else draw.integers(0, rows + 1, n) / rows
    found = compare_pairs(draw.integers(0, rows + 1, n) / rows, baseline, test_to_train=ratio)
    numbers = [value for value in flat(found) if value is not None]
    assert all(math.isfinite(value) for value in numbers)
    assert all(p is None or 0 <= p <= 1 for p in (found.p, found.p_wilcoxon, found.p_improve))


def flat(found: Difference) -> list[float | None]:
    """All numbers of a comparison."""
    values = [value for value in astuple(found) if not isinstance(value, str)]
    return [one for value in values for one in (value if isinstance(value, tuple) else [value])]


def test_importing_the_statistics_does_not_import_scipy() -> None:
    code = "import sys, hiss.statistics; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


FIVE = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
"""Mean 3, variance 2.5; s / √n is √0.5, and with n_test / n_train = 0.3 the error is √1.25."""


def test_the_posterior_is_students_t_with_n_minus_1_degrees_of_freedom() -> None:
    found = rope(FIVE, 1.0)
    assert found.better == pytest.approx(t.cdf(2 / math.sqrt(0.5), 4), abs=1e-12)
    assert found.worse == pytest.approx(t.cdf(-4 / math.sqrt(0.5), 4), abs=1e-12)
    exact = 1 / 2 + 3 / 8 * math.sqrt(8 / 3) * 7 / 9
    assert found.better == pytest.approx(exact), "the closed form for 4 degrees of freedom"
    correlated = rope(FIVE, 1.0, 0.3)
    assert correlated.better == pytest.approx(t.cdf(2 / math.sqrt(1.25), 4), abs=1e-12)
    assert correlated.worse == pytest.approx(t.cdf(-4 / math.sqrt(1.25), 4), abs=1e-12)
    assert correlated.same == pytest.approx(1 - correlated.better - correlated.worse)


def test_the_corrected_test_is_students_t_with_n_minus_1_degrees_of_freedom() -> None:
    found = compare_pairs(FIVE + 1, np.ones(5), test_to_train=0.3)
    assert found.p_corrected == pytest.approx(2 * t.cdf(-3 / math.sqrt(1.25), 4), abs=1e-12)
    half = t.ppf(0.975, 4) * math.sqrt(1.25)
    assert found.ci95 == pytest.approx((3 - half, 3 + half))
    assert (found.sd, found.dz) == (
        pytest.approx(math.sqrt(2.5)),
        pytest.approx(3 / math.sqrt(2.5)),
    )
    assert found.test == "corrected t"


def test_a_tie_is_half_an_improvement() -> None:
    found = compare_pairs([1, 2, 3, 4, 5, 6.0], [1, 2, 3, 5, 3, 3.0])
    assert found.p_improve == pytest.approx((2 + 3 / 2) / 6)
    lower = compare_pairs([1, 2, 3, 4, 5, 6.0], [1, 2, 3, 5, 3, 3.0], lower_is_better=True)
    assert lower.p_improve == pytest.approx((1 + 3 / 2) / 6)


@pytest.mark.parametrize(("n", "bootstrapped"), [(19, False), (20, True)])
def test_twenty_pairs_are_bootstrapped(n: int, bootstrapped: bool) -> None:
    values = np.random.default_rng(n).exponential(size=n)
    found = compare_pairs(values, np.zeros(n))
    expected = bca_interval(values) if bootstrapped else summarize(values).ci95
    assert found.ci95 == pytest.approx(expected)
    overlapping = compare_pairs(values, np.zeros(n), test_to_train=0.5)
    assert overlapping.ci95 == pytest.approx(summarize(values, test_to_train=0.5).ci95)


def test_six_pairs_are_enough_to_conclude() -> None:
    assert compare_pairs(FIVE, np.zeros(5)).reason == "fewer than 6 pairs"
    assert compare_pairs([1, 2, 3, 4, 5, 6.0], np.zeros(6)).reason == ""


def test_six_values_beside_the_most_frequent_are_bootstrapped() -> None:
    five, six = np.zeros(30), np.zeros(30)
    five[:5], six[:6] = range(1, 6), range(1, 7)
    assert bca_interval(five) is None
    assert bca_interval(six) is not None


def test_the_interval_of_a_proportion_is_students_on_the_logit_scale() -> None:
    found = summarize([0.7, 0.75, 0.8], bounds=(0, 1), test_to_train=0.25)
    se = 0.05 * math.sqrt(1 / 3 + 1 / 4)
    half = t.ppf(0.975, 2) * se / (0.75 * 0.25)
    assert found.se == pytest.approx(se)
    assert found.ci95 == pytest.approx(
        tuple(1 / (1 + math.exp(-(math.log(3) + side * half))) for side in (-1, 1))
    )


@pytest.mark.parametrize("values", [[0.0, 0.1], [0.99, 1.0, 1.0], [0.0, 1.0], [1.0] * 29 + [0.5]])
def test_no_interval_of_a_proportion_leaves_0_to_1(values: list[float]) -> None:
    for ratio in (0.0, 0.25, 1.0, 9.0):
        interval = summarize(values, bounds=(0, 1), test_to_train=ratio).ci95
        assert interval is not None
        assert 0 <= interval[0] < np.mean(values) < interval[1] <= 1


def test_proportions_at_an_end_are_an_interval_of_no_width() -> None:
    mean, se = np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.1, 0.0])
    low, high = proportion_interval(mean, se, 9)
    assert (low[0], low[2], high[0], high[2]) == (0, 1, 0, 1)
    assert 0 < low[1] < 0.5 < high[1] < 1


def test_replicates_are_independent_and_a_hundredth_is_none_unless_said_otherwise() -> None:
    assert standard_error(FIVE) == pytest.approx(math.sqrt(0.5))
    assert rope(FIVE / 100) == rope(FIVE / 100, 0.01, 0.0)
    found = compare_pairs(FIVE / 100, np.zeros(5))
    assert found == compare_pairs(FIVE / 100, np.zeros(5), rope_width=0.01, test_to_train=0.0)


def test_an_error_improves_by_exactly_what_it_falls() -> None:
    fallen = compare_pairs(np.zeros(5), FIVE, rope_width=2.0, lower_is_better=True)
    assert fallen.rope == compare_pairs(FIVE, np.zeros(5), rope_width=2.0).rope


def test_the_interval_of_a_correlation_is_that_of_its_share_of_the_way_from_minus_1_to_1() -> None:
    low, high = proportion_interval(0.75, 0.05, 9)
    found = bounded_interval(0.5, 0.1, 9, (-1.0, 1.0))
    assert found == pytest.approx((2 * low - 1, 2 * high - 1))
