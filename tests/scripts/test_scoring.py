"""Scripts print the score that is asked for, and it is the one that hiss measures."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from hiss.errors import EngineError
from hiss.scripts.scoring import CALLS, ERRORS, PROBABILITIES, scoring
from hiss.statistics.predictions import classification_scores, regression_scores

RANDOM = np.random.default_rng(4)


def printed(metric: str, task: str, y: np.ndarray, predicted: np.ndarray) -> float:
    """Run the lines of a script for some predictions."""
    imports, lines = scoring(metric, task)  # type: ignore[arg-type]
    model = SimpleNamespace(predict=lambda x, verbose: predicted)
    names = {"model": model, "x_test": None, "y_test": y, "keras": keras}
    exec("\n".join((*imports, *lines)), names)
    return float(names["score"])  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", [*PROBABILITIES, *CALLS])
def test_scores_of_two_classes(metric: str) -> None:
    y = RANDOM.integers(0, 2, 60).astype(float)
    p = np.clip(0.3 * y + RANDOM.uniform(0.1, 0.6, 60), 0, 1)[:, None]
    expected = classification_scores(y.astype(int), p)[metric]
    assert printed(metric, "binary", y, p) == pytest.approx(expected)


@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc", "log_loss", *CALLS])
def test_scores_of_three_classes(metric: str) -> None:
    y = np.repeat([0.0, 1.0, 2.0], 20)
    p = RANDOM.dirichlet((1, 1, 1), 60) + np.eye(3)[y.astype(int)]
    p /= p.sum(1, keepdims=True)
    assert printed(metric, "multiclass", y, p) == pytest.approx(
        classification_scores(y.astype(int), p)[metric]
    )


@pytest.mark.parametrize("metric", [each for each in ERRORS if each != "rmse"])
def test_errors_of_a_quantity(metric: str) -> None:
    y = RANDOM.uniform(1, 2, 40)
    predicted = (y + RANDOM.normal(0, 0.2, 40))[:, None]
    expected = regression_scores(y[:, None], predicted)[metric]
    assert printed(metric, "regression", y, predicted) == pytest.approx(expected)


def test_names_are_those_of_the_option_metric() -> None:
    assert scoring("average_precision", "binary") == scoring("test_pr_auc", "binary")
    assert scoring("accuracy", "binary") == scoring(None, "binary") == (set(), [])


def test_what_scikit_learn_does_not_score_is_refused() -> None:
    with pytest.raises(EngineError, match="cannot print roc_auc of a regression"):
        scoring("roc_auc", "regression")
