"""One verdict over many data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scored_studies import BASELINE, HIDDEN, hidden_against_baseline

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.reports.headline import comparison_headline
from hiss.statistics.signed_ranks import signed_rank_rope
from hiss.studies.baselines import couples
from hiss.studies.comparison import compare_all
from hiss.studies.data_sets import Contrast, contrasts_of, over_data_sets, with_contrasts
from hiss.studies.orders import ComparisonOptions, compare_order
from hiss.studies.overall import Overall, compare_over_data_sets
from hiss.studies.verdicts import Comparison

SETS = tuple("abcdefgh")


def comparisons(differences: Sequence[float], **changes: object) -> list[Comparison]:
    """Return comparisons on as many data sets, of these mean differences."""
    (one,) = compare_all(hidden_against_baseline(0.034))
    return [
        replace(one, arm=name, mean_difference=value, **changes)  # type: ignore[arg-type]
        for name, value in zip(SETS, differences, strict=False)
    ]


def over(differences: Sequence[float], **changes: object) -> Overall:
    contrast = Contrast("noise", {name: name for name in SETS[: len(differences)]})
    (found,) = compare_over_data_sets([contrast], comparisons(differences, **changes))
    return found


def test_gains_on_all_data_sets_are_better_by_the_exact_signed_ranks() -> None:
    found = over([0.02, 0.03, 0.04, 0.05, 0.06, 0.07])
    assert found.verdict == "better"
    assert found.p_wilcoxon == pytest.approx(2 / 2**6)
    assert found.mean_difference == pytest.approx(0.045)
    assert found.sentence == (
        "noise over 6 data sets changes test accuracy by +4.5 points on average (better on 6): "
        "better, P(better by more than 1 point on most) > 0.99."
    )


def test_drops_on_all_data_sets_are_worse() -> None:
    assert over([-0.02, -0.03, -0.04, -0.05, -0.06, -0.07]).verdict == "worse"


def test_a_lower_error_is_the_better_one() -> None:
    found = over([-2.0, -3, -4, -5, -6, -7], metric="test_rmse", rope_width=1.0)
    assert found.verdict == "better"
    assert not found.relative
    assert found.mean_difference == pytest.approx(-4.5)


def test_errors_in_several_units_are_compared_as_shares_of_their_baselines() -> None:
    made = comparisons([-2.0, -30, -0.4, -500, -6, -0.07], metric="test_rmse")
    widths = (0.5, 5, 0.1, 50, 3, 0.01)  # a hundredth of each baseline's mean
    made = [replace(one, rope_width=width) for one, width in zip(made, widths, strict=True)]
    contrast = Contrast("noise", {name: name for name in SETS[:6]})
    (found,) = compare_over_data_sets([contrast], made)
    assert found.relative
    assert found.mean_difference == pytest.approx(-(4 + 6 + 4 + 10 + 2 + 7) / 600)
    assert "changes test RMSE by −5.5 % of the baseline on average" in found.sentence


def test_differences_within_the_rope_are_the_same() -> None:
    found = over([0.001, -0.002, 0.003, 0.0, -0.001, 0.002, 0.001, -0.003])
    assert found.verdict == "same"
    assert found.rope == signed_rank_rope(
        np.array([0.001, -0.002, 0.003, 0.0, -0.001, 0.002, 0.001, -0.003]), 0.01
    )


def test_data_sets_that_disagree_settle_nothing() -> None:
    found = over([0.05, -0.04, 0.06, -0.05, 0.03, -0.06])
    assert found.verdict == "open"
    assert found.sentence.endswith("more data sets would settle it, more repeats hardly.")


def test_fewer_than_six_data_sets_say_nothing() -> None:
    found = over([0.05] * 5)
    assert (found.verdict, found.p_wilcoxon) == ("unknown", None)
    assert found.sentence.endswith("cannot say, fewer than 6 data sets.")


def test_a_data_set_without_a_difference_is_not_counted() -> None:
    made = [*comparisons([0.05] * 6), *comparisons([0.0])]
    made[-1] = replace(made[-1], arm="h", mean_difference=None, reason="no replicate finished")
    contrast = Contrast("noise", {name: name for name in (*SETS[:6], "h")})
    (found,) = compare_over_data_sets([contrast], made)
    assert (found.n, found.declared) == (6, 7)
    assert found.verdicts == {"better": 6, "unknown": 1}
    assert "over 6 of 7 data sets" in found.sentence


def test_a_data_set_that_is_still_to_come_makes_it_interim() -> None:
    contrast = Contrast("noise", {name: name for name in SETS[:7]})
    (found,) = compare_over_data_sets([contrast], comparisons([0.05] * 6))
    assert found.interim and found.sentence.startswith("Interim: ")


def test_several_contrasts_are_adjusted_together() -> None:
    made = comparisons([0.02, 0.03, 0.04, 0.05, 0.06, 0.07])
    contrast = Contrast("noise", {name: name for name in SETS[:6]})
    first, second = compare_over_data_sets([contrast, contrast], made)
    assert first.p_holm == second.p_holm == pytest.approx(4 / 2**6)
    assert first.verdict == "open"


def test_the_history_tells_the_verdict_over_data_sets() -> None:
    made = comparisons([0.02, 0.03, 0.04, 0.05, 0.06, 0.07])
    overall = [over([0.02, 0.03, 0.04, 0.05, 0.06, 0.07])]
    assert comparison_headline(made, overall) == "noise over 6 data sets: better"


def test_the_arms_of_each_data_set_keep_their_baselines() -> None:
    alike = Study(arms=(BASELINE, HIDDEN), repeats=6)
    merged, contrasts = over_data_sets({"a": alike, "b": alike}, None)
    names = [arm.name for arm in merged.arms]
    assert names == [
        *(f"{arm.name} on a" for arm in alike.arms),
        *(f"{arm.name} on b" for arm in alike.arms),
    ]
    pairs = [(arm.name, base.name) for arm, base in couples(merged.arms, None)]
    assert pairs == [(names[1], names[0]), (names[3], names[2])]
    assert contrasts == (Contrast(HIDDEN.name, {"a": names[1], "b": names[3]}),)


def test_what_is_compared_over_data_sets_is_kept_with_the_order() -> None:
    alike = Study(arms=(BASELINE, HIDDEN), repeats=6)
    merged, contrasts = over_data_sets({"a": alike, "b": alike}, "baseline")
    order = with_contrasts(compare_order(merged, ComparisonOptions()), contrasts)
    assert contrasts_of(order) == contrasts
    assert contrasts_of(compare_order(alike, ComparisonOptions())) == ()


def test_studies_that_repeat_otherwise_make_no_one_study() -> None:
    alike = Study(arms=(BASELINE, HIDDEN), repeats=6)
    other = Study(arms=(BASELINE, HIDDEN), repeats=6, mode="task")
    with pytest.raises(EngineError, match="b: 6 repeats in task mode, but a has 6 in article"):
        over_data_sets({"a": alike, "b": other}, None)
