"""Scores of predictions against scikit-learn's, on random cases with ties and absent classes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from hiss.statistics.predictions import (
    best_constant_f1,
    classification_scores,
    regression_scores,
)

Case = tuple[NDArray[np.int64], NDArray[np.float32]]


def cases(classes: int, ties: bool) -> Iterator[Case]:
    """Draw class numbers of which each occurs, and probabilities; tied ones have one decimal."""
    for seed in range(30):
        generator = np.random.default_rng(seed)
        rows = int(generator.integers(2 * classes, 60))
        labels = np.concatenate([np.arange(classes), generator.integers(0, classes, rows)])
        drawn = generator.dirichlet(np.ones(classes), len(labels))
        if ties:
            drawn = np.array([generator.multinomial(10, each) / 10 for each in drawn])
        yield labels, (drawn[:, 1:] if classes == 2 else drawn).astype(np.float32)


def expected(labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> dict[str, float]:
    two = probabilities.shape[1] == 1
    p: Any = probabilities[:, 0] if two else probabilities
    predicted = (p > 0.5).astype(int) if two else p.argmax(axis=1)
    average = "binary" if two else "macro"
    classes = np.arange(2 if two else p.shape[1])
    truth = np.eye(len(classes))[labels]
    both = np.column_stack([1 - probabilities, probabilities]) if two else probabilities
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "accuracy": metrics.accuracy_score(labels, predicted),
            "brier": np.mean((p - labels) ** 2) if two else np.mean(((p - truth) ** 2).sum(1)),
            "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
            "f1": metrics.f1_score(labels, predicted, average=average),
            "roc_auc": np.mean([metrics.roc_auc_score(labels == k, both[:, k]) for k in classes]),
            "pr_auc": metrics.average_precision_score(labels if two else truth, p),
            "log_loss": metrics.log_loss(labels, both, labels=classes),
            "mcc": metrics.matthews_corrcoef(labels, predicted),
        }


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_classification_scores_are_those_of_scikit_learn(classes: int, ties: bool) -> None:
    for labels, probabilities in cases(classes, ties):
        found = classification_scores(labels, probabilities)
        assert found == pytest.approx(expected(labels, probabilities), rel=1e-5, abs=1e-6)


def test_the_roc_auc_of_several_classes_is_scikit_learns_one_against_the_rest() -> None:
    for labels, probabilities in cases(4, ties=False):
        whole = probabilities.astype(float)
        whole /= whole.sum(axis=1, keepdims=True)
        auc = metrics.roc_auc_score(labels, whole, multi_class="ovr")
        assert classification_scores(labels, probabilities)["roc_auc"] == pytest.approx(auc)


def test_an_absent_class_leaves_open_what_is_about_it_alone() -> None:
    probabilities = np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
    labels = np.array([1, 0, 0])
    found = classification_scores(labels, probabilities)
    assert math.isnan(found["roc_auc"]) and math.isnan(found["pr_auc"])
    predicted = probabilities.argmax(axis=1)
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, predicted, average="macro"))
    assert found["mcc"] == pytest.approx(metrics.matthews_corrcoef(labels, predicted))
    assert found["balanced_accuracy"] == 0.75  # the mean over the classes that have rows
    assert found["log_loss"] == pytest.approx(-np.mean(np.log([0.7, 0.6, 0.1])))


def test_a_class_without_rows_that_is_never_predicted_does_not_count() -> None:
    found = classification_scores(np.array([0, 1]), np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]))
    assert found["f1"] == metrics.f1_score([0, 1], [0, 1], average="macro")


def test_one_row_of_the_other_class_below_all_others_is_ranked_perfectly() -> None:
    found = classification_scores(np.array([1, 1, 0]), np.array([[0.9], [0.8], [0.1]]))
    assert found["roc_auc"] == 1.0


def test_a_certain_prediction_that_is_right_loses_what_it_does_in_scikit_learn() -> None:
    labels, certain = np.array([1, 0, 1]), np.array([[1.0], [0.0], [1.0]], np.float32)
    found = classification_scores(labels, certain)["log_loss"]
    assert found == pytest.approx(metrics.log_loss(labels, certain[:, 0]), rel=1e-3, abs=0)
    assert found > 0


def test_rows_of_one_class_of_two_have_no_roc_auc() -> None:
    positive = classification_scores(np.array([1, 1]), np.array([[0.9], [0.2]]))
    assert math.isnan(positive["roc_auc"]) and positive["pr_auc"] == 1.0
    negative = classification_scores(np.array([0, 0]), np.array([[0.1], [0.2]]))
    assert math.isnan(negative["pr_auc"]) and math.isnan(negative["f1"])
    assert negative["mcc"] == 0.0 and negative["accuracy"] == 1.0


@pytest.mark.parametrize("outputs", [[[-3.0], [4.0]], [[0.9, 0.9], [0.8, 0.7]]])
def test_outputs_that_are_no_probabilities_have_no_log_loss(outputs: list[list[float]]) -> None:
    found = classification_scores(np.array([0, 1]), np.array(outputs))
    assert math.isnan(found["log_loss"])
    assert math.isfinite(found["accuracy"])


@pytest.mark.parametrize(("total", "is_one"), [(1.0, True), (1.018, True), (1.022, False)])
def test_the_probabilities_of_a_row_may_miss_one_by_two_hundredths(
    total: float, is_one: bool
) -> None:
    rows = np.array([[0.5, 0.3, total - 0.8]])
    found = classification_scores(np.array([0]), rows)["log_loss"]
    assert math.isnan(found) != is_one


def test_equal_rankings_have_areas_that_are_equal_to_the_last_bit() -> None:
    labels = np.array([0, 1, 0, 1, 1, 0, 0])
    scores = np.array([0.1, 0.7, 0.35, 0.35, 0.9, 0.2, 0.7])
    first = classification_scores(labels, scores[:, None])
    second = classification_scores(labels[::-1], (scores[::-1] ** 3)[:, None])
    assert first["roc_auc"] == second["roc_auc"] == 10 / 12


def test_regression_scores_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    for quantities in (1, 4):
        y = generator.normal(3, 1, (50, quantities)).astype(np.float32)
        p = (y + generator.normal(0, 0.5, y.shape)).astype(np.float32)
        truth, guess = y.astype(float), p.astype(float)
        assert regression_scores(y, p) == pytest.approx(
            {
                "rmse": metrics.mean_squared_error(truth.ravel(), guess.ravel()) ** 0.5,
                "mae": metrics.mean_absolute_error(truth, guess),
                "r2": metrics.r2_score(truth, guess, multioutput="variance_weighted"),
                "mse": metrics.mean_squared_error(truth, guess),
                "mape": metrics.mean_absolute_percentage_error(truth, guess),
            }
        )


def test_a_target_of_0_has_no_mape_and_equal_targets_no_r2() -> None:
    found = regression_scores(np.array([[0.0], [0.0]]), np.array([[1.0], [2.0]]))
    assert math.isnan(found["mape"]) and math.isnan(found["r2"])
    assert found["mae"] == 1.5


def test_the_best_constant_f1_is_that_of_the_best_answer_that_is_always_the_same() -> None:
    for classes in (2, 3, 4):
        labels = np.random.default_rng(classes).integers(0, classes, 40)
        answers = (np.full(40, number) for number in range(classes))
        average = "binary" if classes == 2 else "macro"
        scores = [
            metrics.f1_score(labels, each, average=average, zero_division=0) for each in answers
        ]
        assert best_constant_f1(labels, classes) == pytest.approx(max(scores))
