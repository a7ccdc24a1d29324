"""What a comparison concludes, in one word and in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scored_studies import (
    BASELINE,
    HIDDEN,
    NOISE,
    SCORES,
    SPREAD,
    accuracies,
    experiment,
    hidden_against_baseline,
    replicate,
    sentence,
    study,
)

from hiss.results.outcomes import Replicate
from hiss.statistics import Rope
from hiss.studies.comparison import compare_all
from hiss.studies.verdicts import VERDICTS, Comparison


def test_a_clear_lift_is_stated() -> None:
    (found,) = compare_all(hidden_against_baseline(0.034))
    assert found.verdict == "better"
    assert found.sentence == (
        "Noise before the activation lifts test accuracy by 3.4 points "
        "(95 % CI 3.0 to 3.8, n = 30): better, P(gain > 1 point) > 0.99."
    )


def test_a_clear_loss_is_stated() -> None:
    assert sentence(hidden_against_baseline(-0.034)) == (
        "Noise before the activation lowers test accuracy by 3.4 points "
        "(95 % CI 3.0 to 3.8, n = 30): worse, P(drop > 1 point) > 0.99."
    )


def test_a_difference_within_a_point_is_the_same() -> None:
    text = sentence(hidden_against_baseline(0.001))
    assert text.startswith("Noise before the activation changes test accuracy by +0.1 points")
    assert text.endswith("n = 30): same within 1 point, P(|difference| ≤ 1 point) > 0.99.")


def test_an_open_question_states_how_many_fresh_repeats_would_settle_it() -> None:
    (found,) = compare_all(hidden_against_baseline(0.012, spread=4))
    assert found.verdict == "open" and found.repeats_to_settle is not None
    assert found.sentence.endswith(
        f"not settled; if the truth is as observed, {found.repeats_to_settle} repeats on a fresh "
        "seed settle it with 80 % chance, while adding repeats until it settles raises false "
        "alarms."
    )
    assert 60 < found.repeats_to_settle < 130
    assert found.as_json()["repeats_to_settle"] == found.repeats_to_settle


def test_a_tiny_difference_between_noisy_arms_is_settled_as_none() -> None:
    (found,) = compare_all(hidden_against_baseline(0.001, spread=5))
    assert found.verdict == "open"
    assert found.repeats_to_settle is not None and 150 < found.repeats_to_settle < 300


def test_a_difference_beyond_1000_repeats_is_stated_to_be_out_of_reach() -> None:
    text = sentence(hidden_against_baseline(0.001, spread=40))
    assert text.endswith(
        "not settled; if the truth is as observed, even 1,000 repeats would not settle it."
    )


def test_a_real_difference_about_the_size_of_a_point_is_stated_to_be_one() -> None:
    (found,) = compare_all(hidden_against_baseline(0.011))
    assert found.verdict == "different"
    assert (
        "different: better, but perhaps by less than 1 point, P(gain > 1 point) = 0."
        in found.sentence
    )


def test_a_lower_loss_is_better_and_stated_without_points() -> None:
    def losses(values: Sequence[float]) -> list[Replicate]:
        return [replicate(number, test_loss=value) for number, value in enumerate(values)]

    result = study((BASELINE, losses(SCORES)), (HIDDEN, losses(SCORES - 0.2 + SPREAD)))
    (found,) = compare_all(result, metric="test_loss")
    assert found.mean_difference == pytest.approx(-0.2)
    assert found.p_improve == 1.0
    assert (
        "lowers test loss by 0.200 (95 % CI 0.196 to 0.204, n = 30): "
        "better, P(fall > 0.0077) > 0.99" in found.sentence
    )


@pytest.mark.parametrize(
    ("n", "reason"),
    [
        (1, "Noise before the activation: cannot say, a single pair has no spread."),
        (2, "n = 2): cannot say, fewer than 6 pairs."),
        (5, "n = 5): cannot say, fewer than 6 pairs."),
    ],
)
def test_too_few_pairs_have_no_verdict(n: int, reason: str) -> None:
    (found,) = compare_all(hidden_against_baseline(0.05, n=n))
    assert found.verdict == "unknown"
    assert found.sentence.endswith(reason)


@pytest.mark.parametrize(
    ("n", "arm", "verdict", "conclusion"),
    [
        (8, 0.9, "better", "lifts test accuracy by 10.0 points (in every pair, n = 8): better, "),
        (8, 0.7, "worse", "lowers test accuracy by 10.0 points (in every pair, n = 8): worse, "),
        (8, 0.805, "same", "by 0.5 points (in every pair, n = 8): same within 1 point, "),
        (8, 0.8, "same", "changes test accuracy by 0.0 points (in every pair, n = 8): same "),
        (5, 0.9, "unknown", "by 10.0 points (in every pair, n = 5): cannot say, fewer than 6 "),
        (6, 0.9, "better", "by 10.0 points (in every pair, n = 6): better, "),
    ],
)
def test_pairs_that_all_differ_alike_are_judged_by_their_sign_flips_and_the_rope(
    n: int, arm: float, verdict: str, conclusion: str
) -> None:
    levels = np.linspace(0.0, 0.1, n)
    arms = ((BASELINE, accuracies(0.8 + levels)), (HIDDEN, accuracies(arm + levels)))
    (found,) = compare_all(study(*arms, repeats=n))
    assert found.verdict == verdict
    assert conclusion in found.sentence
    assert found.ci95 is None and found.rope is None
    if verdict in ("better", "worse"):
        assert found.p_holm == 2 / 2**n
        assert found.sentence.endswith(f"as all pairs differ alike, p = {2 / 2**n:.2g}.")


def test_constant_differences_of_many_arms_are_open_until_holms_p_is_small() -> None:
    others = [experiment(f"article/{name}", NOISE) for name in "abc"]
    arms = [(one, accuracies([0.9] * 6)) for one in others]
    first, *_ = compare_all(study((BASELINE, accuracies([0.8] * 6)), *arms, repeats=6))
    assert (first.verdict, first.p_holm) == ("open", 3 / 32)
    assert first.repeats_to_settle == 7


def test_splits_of_one_table_that_all_differ_alike_cannot_say() -> None:
    arms = [experiment(f"a/{name}", data="load_iris") for name in ("baseline", "other")]
    filled = zip(arms, (accuracies([0.8] * 8), accuracies([0.9] * 8)), strict=True)
    (found,) = compare_all(study(*filled, mode="task", repeats=8))
    assert found.verdict == "unknown"
    assert (
        found.reason == "all 8 pairs differ by the same amount, and splits of one table share rows"
    )


def test_the_verdict_of_a_sentence_is_that_of_its_table() -> None:
    results = [hidden_against_baseline(lift) for lift in (0.034, -0.034, 0.001, 0.011, -0.011)]
    results += [hidden_against_baseline(0.012, spread=4), hidden_against_baseline(0.05, n=2)]
    found = [compare_all(result)[0] for result in results]
    assert {one.verdict for one in found} == set(VERDICTS)
    for one in found:
        assert one.sentence.rpartition("): ")[2].startswith(VERDICTS[one.verdict])


CLEAR = Comparison(
    arm="a/noisy",
    baseline="a/plain",
    metric="test_accuracy",
    n=30,
    mean_difference=0.03,
    ci95=(0.01, 0.05),
    dz=0.6,
    p_improve=0.8,
    p_permutation=0.01,
    p_wilcoxon=0.02,
    p_holm=0.04,
    test="exact sign flips",
    comparisons=2,
    rope=Rope(0.0, 0.04, 0.96),
    rope_width=0.01,
    chance=0.5,
    title="Noisy",
    declared=30,
    interim=False,
    dropped=0,
    repeats_to_settle=None,
    reason="",
)


@pytest.mark.parametrize(
    ("p_holm", "rope", "verdict"),
    [
        (0.0499, Rope(0.0, 0.05, 0.95), "better"),
        (0.0499, Rope(0.95, 0.05, 0.0), "worse"),
        (0.0499, Rope(0.0, 0.051, 0.949), "different"),
        (0.0499, Rope(0.949, 0.051, 0.0), "different"),
        (0.05, Rope(0.0, 0.0, 1.0), "open"),
        (0.05, Rope(0.025, 0.95, 0.025), "same"),
        (0.05, Rope(0.025, 0.949, 0.026), "open"),
        (0.001, Rope(0.0, 0.95, 0.05), "same"),
        (None, Rope(0.0, 0.0, 1.0), "unknown"),
    ],
)
def test_a_verdict_takes_a_p_below_5_percent_and_a_posterior_from_95_percent_on(
    p_holm: float | None, rope: Rope, verdict: str
) -> None:
    assert replace(CLEAR, p_holm=p_holm, rope=rope).verdict == verdict


@pytest.mark.parametrize(
    ("metric", "difference", "verdict"),
    [
        ("test_accuracy", 0.011, "better"),
        ("test_accuracy", 0.01, "same"),
        ("test_accuracy", -0.01, "same"),
        ("test_accuracy", -0.011, "worse"),
        ("test_loss", -0.011, "better"),
        ("test_loss", 0.011, "worse"),
    ],
)
def test_a_constant_difference_lies_beyond_the_rope_or_within_it(
    metric: str, difference: float, verdict: str
) -> None:
    constant = replace(CLEAR, metric=metric, mean_difference=difference, rope=None, ci95=None)
    assert constant.verdict == verdict
    sides = [float(verdict == side) for side in ("worse", "same", "better")]
    assert constant.posterior == Rope(*sides)


@pytest.mark.parametrize(
    ("interval", "effect"),
    [
        ((0.001, 0.059), "lifts test accuracy by 3.0 points (95 % CI 0.1 to 5.9, n = 30)"),
        ((0.0, 0.06), "changes test accuracy by +3.0 points (95 % CI 0.0 to +6.0, n = 30)"),
        ((-0.001, 0.061), "changes test accuracy by +3.0 points (95 % CI −0.1 to +6.1, n = 30)"),
    ],
)
def test_an_interval_that_includes_0_leaves_the_sign_open(
    interval: tuple[float, float], effect: str
) -> None:
    assert replace(CLEAR, ci95=interval).sentence.startswith(f"Noisy {effect}")
    low, high = interval
    turned = replace(CLEAR, mean_difference=-0.03, ci95=(-high, -low)).sentence
    assert turned.split()[1] == {"lifts": "lowers"}.get(effect.split()[0], "changes")


@pytest.mark.parametrize(
    ("p", "shown"), [(0.95, "= 0.95"), (0.9949, "= 0.99"), (0.995, "> 0.99"), (1.0, "> 0.99")]
)
def test_a_probability_is_never_rounded_up_to_one(p: float, shown: str) -> None:
    for side, claim in (("better", "gain"), ("worse", "drop")):
        rope = replace(Rope(0.0, 1 - p, 0.0), **{side: p})
        assert replace(CLEAR, rope=rope).sentence.endswith(f"{side}, P({claim} > 1 point) {shown}.")


def test_the_side_of_a_difference_is_the_likelier_one() -> None:
    for worse, better, side, claim in ((0.6, 0.1, "worse", "drop"), (0.1, 0.6, "better", "gain")):
        text = replace(CLEAR, rope=Rope(worse, 0.3, better), rope_width=0.02).sentence
        assert text.endswith(
            f"different: {side}, but perhaps by less than 2 points, P({claim} > 2 points) = 0.60."
        )


@pytest.mark.parametrize(("difference", "alike"), [(0.0, "tie"), (0.005, "differ alike")])
def test_pairs_that_tie_are_not_said_to_differ(difference: float, alike: str) -> None:
    constant = replace(CLEAR, mean_difference=difference, rope=None, ci95=None, p_holm=0.03)
    assert constant.sentence.endswith(f"same within 1 point, as all pairs {alike}, p = 0.03.")
