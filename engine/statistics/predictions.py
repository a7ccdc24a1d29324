"""Scores of predictions, by scikit-learn's definitions.

scikit-learn's own functions check their arguments for about a millisecond each, which adds up over
hundreds of small networks. These count once, in a confusion matrix and in one ranking, and take
some 0.1 ms together on a hundred rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
LEAST_PROBABILITY = float(np.finfo(np.float32).eps)
"""What a probability of 0 counts as in the log loss, as in scikit-learn for float32."""
SUMS_TO_ONE = 0.02
"""How far the probabilities of a row may be from 1 in all: a softmax in bfloat16 is."""


def classification_scores(labels: Counts, probabilities: NDArray[Any]) -> Mapping[str, float]:
    """Return the scores of predicted probabilities of classes.

    With more than two classes, F1, ROC-AUC and PR-AUC are those of each class against the others,
    averaged (macro).

    Args:
        labels: class numbers from 0, shape (rows,).
        probabilities: shape (rows, classes), or (rows, 1): that of class 1 of two.

    Returns:
        `accuracy`, `brier`, `balanced_accuracy`, `f1`, `roc_auc`, `pr_auc`, `log_loss` and `mcc`.
        NaN is what the rows do not determine: the ROC-AUC of a class of which there is no row, the
        log loss of outputs that are no probabilities.

    Source: scikit-learn's user guide, "Metrics and scoring"; Gorodkin, 2004, "Comparing two
        K-category assignments by a K-category correlation coefficient", for MCC.
    """
    two = probabilities.shape[1] == 1
    predicted = probabilities[:, 0] > 0.5 if two else probabilities.argmax(axis=1)
    classes = 2 if two else probabilities.shape[1]
    pairs = labels * classes + predicted
    confusion = np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    roc_auc, pr_auc = _rankings(labels, probabilities)
    return {
        "accuracy": float(confusion.trace() / len(labels)),
        "brier": _brier(labels, probabilities.astype(float)),
        "balanced_accuracy": _balanced_accuracy(confusion),
        "f1": _f1(confusion, only=1 if two else None),
        "roc_auc": roc_auc,
        "pr_auc": pr_auc,
        "log_loss": _log_loss(labels, probabilities.astype(float)),
        "mcc": _mcc(confusion),
    }


def regression_scores(targets: NDArray[Any], predictions: NDArray[Any]) -> Mapping[str, float]:
    """Return the scores of predicted quantities.

    R² compares with the mean of each quantity over the rows: 1 - Σ(y - p)² / Σ(y - ȳ)².

    Args:
        targets: shape (rows, quantities).
        predictions: the same shape.

    Returns:
        `rmse`, `mae`, `r2`, `mse` and `mape`, which is a fraction of the target. NaN is what the
        rows do not determine: the R² of equal targets, the MAPE of a target of 0.

    Source: scikit-learn's user guide, "Regression metrics"; R² is `variance_weighted`.
    """
    truth = targets.astype(float)
    errors = predictions.astype(float) - truth
    mse, spread = float(np.mean(errors**2)), float(np.mean(truth.var(axis=0)))
    relative = np.abs(errors) / np.abs(truth) if truth.all() else np.array([np.nan])
    return {
        "rmse": float(np.sqrt(mse)),
        "mae": float(np.mean(np.abs(errors))),
        "r2": 1 - mse / spread if spread else float("nan"),
        "mse": mse,
        "mape": float(np.mean(relative)),
    }


def best_constant_f1(labels: Counts, classes: int) -> float:
    """Return the largest F1 of an answer that is the same for every row.

    Args:
        labels: class numbers from 0, shape (rows,).
        classes: how many there are; of two, F1 is that of class 1.
    """
    shares = np.bincount(labels, minlength=classes) / len(labels)
    each = 2 * shares / (1 + shares)
    present = np.count_nonzero(shares)
    return float(each[1] if classes == 2 else each.max() / present)


def _balanced_accuracy(confusion: Counts) -> float:
    """Return the mean recall of the classes that have rows."""
    rows = confusion.sum(axis=1)
    return float(np.mean(confusion.diagonal()[rows > 0] / rows[rows > 0]))


def _f1(confusion: Counts, only: int | None) -> float:
    """Return F1 of one class, or the mean over the classes that have or are given rows."""
    hits, both = confusion.diagonal(), confusion.sum(axis=0) + confusion.sum(axis=1)
    if only is not None:
        return float(2 * hits[only] / both[only]) if both[only] else float("nan")
    return float(np.mean(2 * hits[both > 0] / both[both > 0]))


def _mcc(confusion: Counts) -> float:
    """Return the correlation of truth and prediction; 0 where either is constant."""
    truth, predicted = confusion.sum(axis=1).astype(float), confusion.sum(axis=0).astype(float)
    rows = truth.sum()
    covariance = confusion.trace() * rows - truth @ predicted
    spread = (rows**2 - truth @ truth) * (rows**2 - predicted @ predicted)
    return float(covariance / spread**0.5) if spread > 0 else 0.0


def _rankings(labels: Counts, probabilities: NDArray[Any]) -> tuple[float, float]:
    """Return ROC-AUC and PR-AUC, averaged over the classes where there are more than two."""
    if probabilities.shape[1] == 1:
        return _ranking(labels == 1, probabilities[:, 0])
    each = [_ranking(labels == number, column) for number, column in enumerate(probabilities.T)]
    roc_auc, pr_auc = np.mean(each, axis=0)
    return float(roc_auc), float(pr_auc)


def _ranking(positive: NDArray[np.bool_], scores: NDArray[Any]) -> tuple[float, float]:
    """Return ROC-AUC and average precision of a ranking, rows of equal score together.

    The area under the ROC curve is a sum of whole numbers until its last division, so that equal
    rankings have equal areas.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(positive[order])[ends]
    misses = ends + 1 - hits
    found = np.diff(hits, prepend=0)
    if not hits[-1]:
        return float("nan"), float("nan")
    pr_auc = float(np.sum(found * hits / (ends + 1)) / hits[-1])
    if not misses[-1]:
        return float("nan"), pr_auc
    area = np.sum(np.diff(misses, prepend=0) * (2 * hits - found))
    return float(area / (2 * hits[-1] * misses[-1])), pr_auc


def _brier(labels: Counts, probabilities: Floats) -> float:
    """Return the mean squared error of the probability of class 1, or its sum over the classes."""
    if probabilities.shape[1] == 1:
        return float(np.mean((probabilities[:, 0] - labels) ** 2))
    truth = np.eye(probabilities.shape[1])[labels]
    return float(np.mean(np.sum((probabilities - truth) ** 2, axis=1)))


def _log_loss(labels: Counts, probabilities: Floats) -> float:
    if probabilities.shape[1] == 1:
        probabilities = np.concatenate([1 - probabilities, probabilities], axis=1)
    apart = np.abs(probabilities.sum(axis=1) - 1).max()
    if not (apart <= SUMS_TO_ONE and probabilities.min() >= 0):
        return float("nan")
    true = probabilities[np.arange(len(labels)), labels]
    return float(-np.mean(np.log(np.clip(true, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))))
