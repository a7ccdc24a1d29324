"""What the rows of an arm imply: the score by chance, and the overlap of splits."""

from __future__ import annotations

import numpy as np
import pytest

from hiss.data.replicate_data import ReplicateData
from hiss.data.spec import Data, Mode
from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras, Training
from hiss.results.rows import UNKNOWN, rows_in, rows_of

IRIS = Data(name="load_iris", train_size=120, shuffle=True)
CIRCLES = Data(name="make_circles", n_samples=100, train_size=30)
DIABETES = Data(name="load_diabetes", train_size=300)


def experiment(data: Data, **training: object) -> Experiment:
    fitted = Training.model_validate({"epochs": 1, **training})
    layers = (Keras(class_name="Dense", units=1),)
    return Experiment(name="a/b", title="B", data=data, layers=layers, training=fitted)


@pytest.mark.parametrize(
    ("data", "mode", "ratio"),
    [
        (IRIS, "task", 30 / 120),
        (IRIS, "article", 0.0),
        (CIRCLES, "task", 0.0),
        (CIRCLES, "article", 0.0),
    ],
)
def test_only_tables_in_task_mode_are_split_for_each_replicate(
    data: Data, mode: Mode, ratio: float
) -> None:
    assert rows_in(experiment(data), mode).test_to_train == ratio


@pytest.mark.parametrize(("cv", "ratio"), [("1x5", 1 / 4), ("10x2", 1), ("3x10", 1 / 9)])
def test_folds_overlap_as_bouckaert_and_frank_say(cv: str, ratio: float) -> None:
    """n_test / n_train of K folds is 1 / (K - 1), however often they are repeated."""
    folds = Data(name="load_iris", cv=cv)
    assert rows_in(experiment(folds), "task").test_to_train == pytest.approx(ratio)


def test_rows_held_out_for_early_stopping_are_not_training_rows() -> None:
    stopping = {"early_stopping": {"validation_size": 0.25, "patience": 5}}
    assert rows_in(experiment(IRIS, **stopping), "task").test_to_train == 30 / 90


def test_chance_is_the_share_of_the_most_frequent_class_among_the_test_rows() -> None:
    _, counts = np.unique(load(CIRCLES).y_test, return_counts=True)
    found = rows_in(experiment(CIRCLES), "article").chance
    assert found["test_accuracy"] == counts.max() / 70
    assert rows_in(experiment(IRIS), "task").chance["test_accuracy"] == 1 / 3


def test_chance_of_the_other_metrics_is_that_of_the_shares_of_the_training_rows() -> None:
    split, found = load(CIRCLES), rows_in(experiment(CIRCLES), "article").chance
    share, ones = np.mean(split.y_train.tolist()), split.y_test == 1
    assert (found["test_balanced_accuracy"], found["test_roc_auc"], found["test_mcc"]) == (
        *(0.5, 0.5, 0.0),
    )
    assert found["test_pr_auc"] == pytest.approx(ones.mean())
    assert found["test_f1"] == pytest.approx(2 * ones.mean() / (1 + ones.mean()))
    assert found["brier"] == found["test_brier"] == pytest.approx(np.mean((ones - share) ** 2))
    truth = np.where(ones, share, 1 - share)
    assert found["test_log_loss"] == pytest.approx(-np.mean(np.log(truth)))


def test_chance_of_three_classes_is_a_third_of_what_is_averaged_over_them() -> None:
    found = rows_in(experiment(IRIS), "article").chance
    assert found["test_balanced_accuracy"] == pytest.approx(1 / 3)
    assert found["test_f1"] == pytest.approx(2 / 3 / (1 + 1 / 3) / 3)
    assert found["test_pr_auc"] == pytest.approx(1 / 3)
    assert found["test_roc_auc"] == 0.5
    assert found["test_log_loss"] == pytest.approx(np.log(3))
    assert found["test_brier"] == pytest.approx(2 / 3)


def test_a_class_without_test_rows_has_no_chance_of_what_is_about_it() -> None:
    ordered = IRIS.model_copy(update={"shuffle": False})
    found = rows_in(experiment(ordered), "article").chance
    assert "test_roc_auc" not in found and "test_pr_auc" not in found
    assert found["test_accuracy"] == 1.0


def test_chance_in_a_regression_is_the_error_of_the_mean_of_the_training_rows() -> None:
    split = load(DIABETES)
    mean = np.mean(split.y_train.tolist())
    expected = np.mean((np.array(split.y_test.tolist()) - mean) ** 2) ** 0.5
    found = rows_of(ReplicateData(DIABETES, "article", 1))
    assert found.chance["test_rmse"] == pytest.approx(expected, rel=1e-9)
    assert found.chance["test_mse"] == pytest.approx(expected**2)
    errors = np.abs(np.array(split.y_test.tolist()) - mean)
    assert found.chance["test_mae"] == pytest.approx(np.mean(errors))
    assert found.chance["test_mape"] == pytest.approx(np.mean(errors / split.y_test))
    assert found.chance["test_r2"] == 0.0


def test_chance_in_a_reconstruction_is_the_error_of_each_features_mean() -> None:
    data = IRIS.model_copy(update={"reconstruct": True, "standardize": True})
    split, found = load(data), rows_in(experiment(data), "article").chance
    mean = np.mean(split.x_train.astype(float), axis=0)
    assert found["test_rmse"] == pytest.approx(np.mean((split.x_test - mean) ** 2) ** 0.5)
    assert found["test_r2"] == 0.0


def test_the_curves_of_generated_data_in_task_mode_follow_a_part_of_the_test_rows() -> None:
    assert rows_in(experiment(CIRCLES), "task").curve_test_rows == 500
    assert rows_in(experiment(CIRCLES), "article").curve_test_rows is None
    assert rows_in(experiment(IRIS), "task").curve_test_rows is None


def test_the_rows_are_those_of_seed_0() -> None:
    data = DIABETES.model_copy(update={"shuffle": True})
    expected = rows_of(ReplicateData(data, "task", 0)).chance
    assert rows_in(experiment(data), "task").chance == expected
    assert rows_of(ReplicateData(data, "task", 1)).chance != expected


def test_unknown_rows_do_not_overlap() -> None:
    assert UNKNOWN.test_to_train == 0
    assert UNKNOWN.chance == {}
