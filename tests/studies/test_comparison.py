"""Arms of a study compared: who is the baseline, which pairs count, what is adjusted."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

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
    study,
)

from hiss.errors import EngineError
from hiss.experiment.sites import default_site, with_strengths
from hiss.experiment.spec import Experiment, Plan, Study
from hiss.experiment.training import Keras
from hiss.library.presets import find
from hiss.results.outcomes import Replicate, Result
from hiss.studies.baselines import has_noise
from hiss.studies.comparison import check_comparable, compare_all
from hiss.tui.tables.comparison import caption


def test_more_arms_need_more_repeats_to_settle_each() -> None:
    others = [experiment(f"article/{name}", NOISE) for name in ("a", "b", "c")]
    scores = accuracies(SCORES + 0.012 + 4 * SPREAD)
    (alone,) = compare_all(study((BASELINE, accuracies(SCORES)), (others[0], scores)))
    first, *_ = compare_all(
        study((BASELINE, accuracies(SCORES)), *((other, scores) for other in others))
    )
    assert (first.repeats_to_settle or 0) > (alone.repeats_to_settle or 0) + 10


def test_an_open_comparison_takes_more_repeats_than_it_has() -> None:
    """Six pairs with dz = 2 would do, but one of them leaves p = 4/64."""
    lifts = np.array([0.1, 0.1, 0.1, 0.1, 0.1, -0.001])
    arms = ((BASELINE, accuracies([0.5] * 6)), (HIDDEN, accuracies(0.5 + lifts)))
    (found,) = compare_all(study(*arms, repeats=6))
    assert (found.verdict, found.p_holm) == ("open", 4 / 64)
    assert found.repeats_to_settle == 7


def test_pairs_meet_by_replicate_number_and_failures_are_counted_not_averaged() -> None:
    arm = accuracies(SCORES + 0.05 + SPREAD)[::-1]
    arm[4] = replicate(arm[4].replicate, "failed", "loss is NaN at epoch 17")
    arm[9] = replicate(arm[9].replicate, test_accuracy=math.nan)
    (found,) = compare_all(study((BASELINE, accuracies(SCORES)), (HIDDEN, arm)))
    assert (found.n, found.dropped, found.undefined, found.interim) == (28, 2, 1, False)
    assert found.mean_difference == pytest.approx(0.05, abs=0.002)
    assert "n = 28, 2 dropped, 1 of them undefined)" in found.sentence


def test_a_metric_that_the_test_rows_never_determine_has_no_verdict() -> None:
    scores = {"test_accuracy": 0.8, "test_roc_auc": math.nan}
    arms = [[replicate(number, **scores) for number in range(5)] for _ in range(2)]
    result = study((BASELINE, arms[0]), (HIDDEN, arms[1]), repeats=5)
    (found,) = compare_all(result, metric="roc_auc")
    assert (found.metric, found.n, found.undefined) == ("test_roc_auc", 0, 5)
    assert "cannot say, the metric is not defined on the test rows of any repeat" in found.sentence


def test_a_metric_of_any_name_is_compared_beside_its_chance() -> None:
    arms = [
        [replicate(n, test_accuracy=0.8, test_mcc=0.5 + n / 100 + lift) for n in range(6)]
        for lift in (0.0, 0.1)
    ]
    result = study((BASELINE, arms[0]), (HIDDEN, arms[1]), repeats=6)
    (found,) = compare_all(result, metric="matthews_corrcoef")
    assert (found.metric, found.n, found.chance) == ("test_mcc", 6, 0.0)
    assert found.rope_width == 0.01
    assert caption([found]) == "Test MCC; ░ is ±0.01; chance is 0.000"
    assert "lifts test MCC by 0.100" in found.sentence


def test_a_look_before_the_declared_number_of_pairs_is_interim() -> None:
    arm = accuracies((SCORES + 0.05 + SPREAD)[:12])
    stopped = replicate(12, "stopped", test_accuracy=0.1)
    (found,) = compare_all(study((BASELINE, accuracies(SCORES)), (HIDDEN, [*arm, stopped])))
    assert (found.n, found.declared, found.interim, found.dropped) == (12, 30, True, 0)
    assert found.sentence.startswith("Interim, 12 of 30: Noise before")


def test_an_arm_that_failed_altogether_has_no_verdict() -> None:
    failed = [replicate(number, "failed", "loss is NaN at epoch 1") for number in range(30)]
    (found,) = compare_all(study((BASELINE, accuracies(SCORES)), (HIDDEN, failed)))
    assert (found.n, found.dropped, found.interim) == (0, 30, False)
    assert found.sentence.endswith("cannot say, no replicate finished in both arms.")


def test_holm_spans_all_arms_of_the_study() -> None:
    others = [experiment(f"article/{name}", NOISE) for name in ("a", "b", "c")]
    arms = [(one, accuracies(SCORES + 0.004 * i + SPREAD)) for i, one in enumerate(others)]
    found = compare_all(study((BASELINE, accuracies(SCORES)), *arms))
    assert [one.arm for one in found] == ["article/a", "article/b", "article/c"]
    last = found[-1]
    assert last.p_holm == pytest.approx(3 * (last.p_permutation or 0))
    assert {one.comparisons for one in found} == {3}
    assert caption(found) == (
        "Test accuracy, in points; ░ is ±1; chance is 0.500; "
        "p Holm is adjusted for 3 arms, CI and P are not"
    )


def test_the_baseline_is_the_first_arm_without_noise_unless_named() -> None:
    result = study((HIDDEN, accuracies(SCORES + SPREAD)), (BASELINE, accuracies(SCORES)))
    assert [one.baseline for one in compare_all(result)] == ["article/baseline"]
    for name in ("article/noise-before-the-activation", "noise-before-the-activation"):
        assert [one.arm for one in compare_all(result, name)] == ["article/baseline"]


def test_the_first_arm_is_the_baseline_where_all_have_noise() -> None:
    other = experiment("article/other", NOISE)
    result = study((HIDDEN, accuracies(SCORES + SPREAD)), (other, accuracies(SCORES)))
    assert [one.baseline for one in compare_all(result)] == [HIDDEN.name]


def test_a_partner_is_the_baseline_and_is_not_compared_itself() -> None:
    plain = [experiment(f"a/{name}-baseline") for name in ("cnn", "rnn")]
    noisy = [
        experiment(f"a/{name}", NOISE).model_copy(
            update={"study": Plan(partner=f"a/{name}-baseline")}
        )
        for name in ("cnn", "rnn")
    ]
    found = compare_all(study(*((one, accuracies(SCORES)) for one in (*plain, *noisy))))
    assert [(one.arm, one.baseline) for one in found] == [
        ("a/cnn", "a/cnn-baseline"),
        ("a/rnn", "a/rnn-baseline"),
    ]


@pytest.mark.parametrize("baseline", [None, "article/baseline"])
def test_arms_on_other_data_are_not_compared(baseline: str | None) -> None:
    moons = experiment("a/moons", NOISE, data="make_moons")
    arms = [(one, accuracies(SCORES)) for one in (BASELINE, moons, HIDDEN)]
    assert [one.arm for one in compare_all(study(*arms), baseline)] == [HIDDEN.name]


def test_an_unknown_baseline_is_named_and_corrected() -> None:
    with pytest.raises(EngineError, match="baseline: article/basline is not an arm") as raised:
        compare_all(hidden_against_baseline(0.03), "article/basline")
    assert raised.value.hint == "Did you mean article/baseline?"


def test_an_unknown_metric_is_named_with_those_there_are() -> None:
    with pytest.raises(EngineError, match="metric: test_rmse is not measured here") as raised:
        compare_all(hidden_against_baseline(0.03), metric="test_rmse")
    assert raised.value.hint == "Measured are test_accuracy."


def test_what_counts_as_no_difference_follows_the_unit_of_the_target() -> None:
    def of(unit: float) -> Result:
        arms = ((BASELINE, SCORES), (HIDDEN, SCORES * 1.003 + SPREAD / 10))
        errors = [
            (one, [replicate(n, test_rmse=unit * value) for n, value in enumerate(values)])
            for one, values in arms
        ]
        return study(*errors)

    for unit in (0.01, 1.0, 100.0):
        (found,) = compare_all(of(unit))
        assert found.rope_width == pytest.approx(0.01 * unit * SCORES.mean())
        assert found.verdict == "same"
    (found,) = compare_all(of(1.0), rope=0.001)
    assert found.verdict == "worse"
    assert found.as_json()["rope_width"] == 0.001


def test_regressions_are_compared_by_rmse_unless_another_is_asked_for() -> None:
    def errors(values: Sequence[float]) -> list[Replicate]:
        return [replicate(i, test_rmse=50 * value) for i, value in enumerate(values)]

    (found,) = compare_all(
        study((BASELINE, errors(SCORES)), (HIDDEN, errors(SCORES - 0.1 + SPREAD)))
    )
    assert found.metric == "test_rmse"
    assert (
        "lowers test RMSE by 5.00 (95 % CI 4.81 to 5.20, n = 30): better, P(fall > 0.38) > 0.99"
        in found.sentence
    )


def test_arms_that_do_not_measure_the_metric_are_not_compared() -> None:
    errors = [replicate(number, test_rmse=1.0) for number in range(30)]
    regression = experiment("article/regression", NOISE)
    arms = ((BASELINE, accuracies(SCORES)), (regression, errors), (HIDDEN, accuracies(SCORES)))
    assert [one.arm for one in compare_all(study(*arms))] == [HIDDEN.name]


def test_a_study_of_one_arm_has_no_comparison() -> None:
    assert compare_all(study((BASELINE, accuracies(SCORES)))) == ()


def test_noise_turned_off_is_no_noise() -> None:
    off = Keras(class_name="GaussianNoise", stddev=0.0)
    assert not has_noise(experiment("a/off", off))
    assert has_noise(experiment("a/dropout", Keras(class_name="Dropout", rate=0.2)))
    assert not has_noise(BASELINE)


@pytest.mark.parametrize("preset", find("noise"), ids=lambda each: each.name)
def test_noise_is_seen_wherever_it_is(preset: Experiment) -> None:
    assert has_noise(preset)
    site = default_site(preset)
    assert not has_noise(with_strengths(preset, [(site, 0.0)]))


@pytest.mark.parametrize("control", find("controls"), ids=lambda each: each.name)
def test_a_control_is_no_noise(control: Experiment) -> None:
    assert not has_noise(control)


def test_the_default_baseline_has_no_noise_of_any_kind() -> None:
    def bare(name: str) -> Experiment:
        (found,) = find(name)
        return found.model_copy(update={"study": Plan()})

    names = ("noise/labels", "noise/gradients", "noise/weights", "article/baseline")
    arms = [(bare(name), accuracies(SCORES)) for name in names]
    assert {one.baseline for one in compare_all(study(*arms))} == {"article/baseline"}


def test_a_resplit_table_widens_the_interval_and_takes_the_corrected_test() -> None:
    arms = [experiment(f"a/{name}", data="load_iris") for name in ("baseline", "other")]
    filled = list(zip(arms, (accuracies(SCORES), accuracies(SCORES + 0.03 + SPREAD)), strict=True))
    (alone,), (table,) = compare_all(study(*filled)), compare_all(study(*filled, mode="task"))
    assert table.p_permutation is None and table.p_wilcoxon is None and table.p_holm is not None
    assert alone.ci95 is not None and table.ci95 is not None
    assert np.ptp(table.ci95) > 2 * np.ptp(alone.ci95)


def test_the_json_has_the_documented_keys_and_no_nan() -> None:
    keys = {"arm", "baseline", "metric", "n", "mean_difference", "ci95", "dz", "p_improve"}
    keys |= {"p_permutation", "p_wilcoxon", "p_holm", "rope", "sentence"}
    for n in (1, 5, 30):
        (found,) = compare_all(hidden_against_baseline(0.03, n=n))
        shown = json.loads(json.dumps(found.as_json(), allow_nan=False))
        assert keys <= shown.keys()
    assert shown["repeats_to_settle"] is None, "nothing is open"
    assert shown["rope"].keys() == {"worse", "same", "better"}
    assert len(shown["ci95"]) == 2


def test_a_metric_is_known_by_the_task_before_anything_is_trained() -> None:
    noisy = experiment("a/noisy", NOISE)
    check_comparable(Study(arms=(BASELINE, noisy)), None, "test_brier")
    with pytest.raises(EngineError, match="metric: test_rmse is not measured here"):
        check_comparable(Study(arms=(BASELINE, noisy)), None, "test_rmse")
    with pytest.raises(EngineError, match=r"measured here\. Did you mean `test_brier`\?$"):
        check_comparable(Study(arms=(BASELINE, noisy)), None, "test_brierr")
    errors = tuple(
        experiment(f"a/{name}", *layers, data="load_diabetes")
        for name, layers in (("plain", ()), ("noisy", (NOISE,)))
    )
    check_comparable(Study(arms=errors), None, "test_r2")
    with pytest.raises(EngineError, match="metric: test_accuracy is not measured here"):
        check_comparable(Study(arms=errors), None, "test_accuracy")
    with pytest.raises(EngineError, match="There is nothing to compare a/noisy with"):
        check_comparable(Study(arms=(noisy,)), None, None)
