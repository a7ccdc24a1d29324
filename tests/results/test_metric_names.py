"""The names of metrics in scikit-learn and Keras, and what their numbers mean."""

from __future__ import annotations

import keras
import pytest
from sklearn.metrics import get_scorer_names

from hiss.results.metrics import MEASURED, METRICS, in_words, metric_of, score_named
from hiss.results.scores import lower_is_better, rope_width


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("balanced_accuracy", "test_balanced_accuracy"),
        ("f1_macro", "test_f1"),
        ("roc_auc_ovr", "test_roc_auc"),
        ("average_precision", "test_pr_auc"),
        ("neg_log_loss", "test_log_loss"),
        ("neg_brier_score", "test_brier"),
        ("matthews_corrcoef", "test_mcc"),
        ("neg_root_mean_squared_error", "test_rmse"),
        ("neg_mean_absolute_percentage_error", "test_mape"),
        ("r2", "test_r2"),
    ],
)
def test_scikit_learns_scorers_are_known(name: str, score: str) -> None:
    assert name in get_scorer_names()
    assert score_named(name) == score


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("AUC", "test_roc_auc"),
        ("F1Score", "test_f1"),
        ("BinaryCrossentropy", "test_log_loss"),
        ("RootMeanSquaredError", "test_rmse"),
        ("MeanAbsoluteError", "test_mae"),
        ("MeanSquaredError", "test_mse"),
        ("MeanAbsolutePercentageError", "test_mape"),
        ("R2Score", "test_r2"),
        ("SparseCategoricalAccuracy", "test_accuracy"),
    ],
)
def test_keras_metrics_are_known(name: str, score: str) -> None:
    assert hasattr(keras.metrics, name)
    assert score_named(name) == score


def test_rows_can_be_named_and_are_test_rows_otherwise() -> None:
    assert score_named("train_auc") == "train_roc_auc"
    assert score_named("val_accuracy") == score_named("acc") == "test_accuracy"
    assert score_named("test_mean_squared_error") == "test_mse"
    assert score_named("brier") == "brier"
    assert score_named("anything") == "anything"
    assert score_named("train_") == "train_"


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_found_by_its_own_name(name: str) -> None:
    assert metric_of(f"train_{name}") is METRICS[name]
    assert name == "brier" or score_named(name) == f"test_{name}"
    assert score_named(f"train_{name}") == f"train_{name}"
    assert any(name in names for names in MEASURED.values())


def test_the_longest_name_decides() -> None:
    assert metric_of("test_log_loss").name == "log_loss"
    assert metric_of("test_balanced_accuracy").name == "balanced_accuracy"
    assert in_words("train_pr_auc") == "train PR-AUC"
    assert in_words("test_balanced_accuracy") == "test balanced accuracy"
    assert in_words("test_my_loss") == "test my loss"
    assert in_words("test_recall") == "test recall"


def test_errors_are_better_when_lower_and_shares_have_a_scale() -> None:
    lower = {name for name in METRICS if lower_is_better(f"test_{name}")}
    assert lower == {"loss", "brier", "log_loss", "rmse", "mae", "mse", "mape"}
    scaled = {name for name in METRICS if rope_width(f"test_{name}", [7.0]) == 0.01}
    assert scaled == METRICS.keys() - {"loss", "log_loss", "rmse", "mae", "mse"}
