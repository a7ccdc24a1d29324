"""Scores by metric: which count, which direction is better, how differences are written."""

from __future__ import annotations

import math

import pytest

from hiss.errors import EngineError
from hiss.results.outcomes import Replicate, Status
from hiss.results.scores import (
    bounds,
    format_differences,
    in_points,
    lower_is_better,
    measured_metric,
    metric_name,
    rope_width,
    scores,
)


def replicate(number: int, status: Status = "finished", **values: float) -> Replicate:
    return Replicate(number, status, 1, values, math.nan, 0, 0.0)


def test_only_finished_replicates_with_a_finite_score_count() -> None:
    replicates = [
        replicate(0, test_loss=0.5),
        replicate(1, test_loss=math.nan),
        replicate(2, "stopped", test_loss=0.1),
        replicate(3, "failed"),
        replicate(4, test_accuracy=1.0),
        replicate(5, test_loss=-math.inf),
        replicate(6, test_loss=0.0),
    ]
    assert scores(replicates, "test_loss") == {0: 0.5, 6: 0.0}


def test_the_usual_metric_is_the_accuracy_else_the_rmse() -> None:
    both = [replicate(0, test_accuracy=1.0, test_rmse=1.0)]
    assert measured_metric(both, None) == "test_accuracy"
    assert measured_metric([replicate(0, test_rmse=1.0)], None) == "test_rmse"
    assert measured_metric([replicate(0, test_loss=1.0)], None) == "test_accuracy"
    assert measured_metric([], None) == "test_accuracy"
    assert measured_metric([], "anything") == "anything"
    assert measured_metric(both, "test_rmse") == "test_rmse"
    with pytest.raises(EngineError, match="metric: test_mae is not measured here"):
        measured_metric(both, "test_mae")


@pytest.mark.parametrize(
    "metric", ["test_loss", "brier", "test_brier", "test_rmse", "test_mae", "test_my_loss"]
)
def test_errors_are_better_when_lower(metric: str) -> None:
    assert lower_is_better(metric)
    assert not in_points(metric)
    assert bounds(metric) == ((0, 2) if "brier" in metric else None)


@pytest.mark.parametrize("metric", ["test_accuracy", "test_r2"])
def test_other_scores_are_better_when_higher(metric: str) -> None:
    assert not lower_is_better(metric)
    assert in_points(metric) == (metric == "test_accuracy")
    assert bounds(metric) == ((0, 1) if metric == "test_accuracy" else None)


def test_a_hundredth_of_the_baselines_mean_counts_as_none_where_there_is_no_scale() -> None:
    assert rope_width("test_accuracy", [0.5, 0.7]) == 0.01
    assert rope_width("test_brier", [0.5, 0.7]) == 0.01
    assert rope_width("brier", [0.5, 0.7]) == 0.01
    assert rope_width("loss", [0.5, 0.7]) == pytest.approx(0.006)
    assert rope_width("test_my_loss", [0.5, 0.7]) == pytest.approx(0.006)
    assert rope_width("test_loss", []) == 0.01
    assert rope_width("test_loss", [2.0, 4.0]) == pytest.approx(0.03)
    assert rope_width("test_loss", [-2.0, -4.0]) == pytest.approx(0.03)


def test_metrics_have_names_in_words() -> None:
    assert metric_name("test_rmse") == "test RMSE"
    assert metric_name("brier") == "Brier score"
    assert metric_name("test_accuracy") == "test accuracy"


def test_a_metric_is_found_by_an_alias_where_it_was_measured() -> None:
    both = [replicate(0, test_accuracy=1.0, test_roc_auc=0.9, train_roc_auc=1.0)]
    assert measured_metric(both, "AUC") == "test_roc_auc"
    assert measured_metric(both, "train_roc_auc_score") == "train_roc_auc"


def test_an_unknown_metric_gets_the_nearest_and_the_list_of_those_measured() -> None:
    both = [replicate(0, test_accuracy=1.0, test_loss=0.5)]
    with pytest.raises(EngineError) as raised:
        measured_metric(both, "test_acuracy")
    assert raised.value.message == (
        "metric: test_acuracy is not measured here. Did you mean `test_accuracy`?"
    )
    assert raised.value.hint == "Measured are test_accuracy, test_loss."


def test_what_an_earlier_hiss_did_not_measure_yet_is_said_to_be_so() -> None:
    both = [replicate(0, test_accuracy=1.0, test_loss=0.5)]
    with pytest.raises(EngineError, match="f1 was not measured yet when this was trained") as found:
        measured_metric(both, "f1")
    assert found.value.hint.endswith("Train it again for the others.")
    with pytest.raises(EngineError, match="rmse is not measured here"):
        measured_metric(both, "rmse")


def test_differences_of_accuracies_are_points_to_one_decimal() -> None:
    assert format_differences([0.0342, -0.0004, -0.2], "test_accuracy") == ["3.4", "0.0", "−20.0"]
    signed = format_differences([0.0342, 0.0, -0.01], "test_accuracy", signed=True)
    assert signed == ["+3.4", "0.0", "−1.0"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1234, -0.00449], ["0.123", "−0.004"]),
        ([12.34], ["12.3"]),
        ([99.96, 1.0], ["100.0", "1.0"]),
        ([1234.5], ["1234"]),
        ([1.0], ["1.00"]),
        ([0.0], ["0.00"]),
        ([0.00123], ["0.00123"]),
    ],
)
def test_other_differences_have_three_significant_digits_of_the_largest(
    values: list[float], expected: list[str]
) -> None:
    assert format_differences(values, "test_loss") == expected


def test_only_a_metric_of_the_task_is_missed_by_a_study_of_earlier_days() -> None:
    classes = [replicate(0, test_accuracy=0.9, test_loss=0.1)]
    quantity = [replicate(0, test_rmse=0.9, test_loss=0.1)]
    for kept, metric in ((classes, "roc_auc"), (quantity, "mape")):
        with pytest.raises(EngineError, match="not measured yet when this was trained"):
            measured_metric(kept, metric)
    for kept, metric in ((classes, "mape"), (quantity, "roc_auc")):
        with pytest.raises(EngineError, match="is not measured here"):
            measured_metric(kept, metric)
