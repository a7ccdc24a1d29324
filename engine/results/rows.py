"""What the rows of an arm imply for its scores: their score by chance, and how far they overlap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hiss.data.arrays import Split
from hiss.data.replicate_data import ReplicateData
from hiss.data.sources import SOURCES
from hiss.data.spec import Mode
from hiss.experiment.spec import Experiment
from hiss.statistics.predictions import (
    best_constant_f1,
    classification_scores,
    regression_scores,
)


@dataclass(frozen=True, slots=True)
class Rows:
    """The training rows and test rows of an arm."""

    test_to_train: float = 0.0
    """n_test / n_train where every replicate splits one table differently, else 0.

    Such replicates share rows, so their mean is less certain than their spread suggests. Rows held
    out for early stopping are not training rows."""
    chance: Mapping[str, float] = field(default_factory=dict)
    """Test scores without a network, by metric.

    Of classes: the accuracy of always naming the most frequent one, the F1 of the best answer that
    is always the same, and the other scores of predicting the shares of the training rows: a
    ROC-AUC of 0.5, an MCC of 0. Of a quantity: the errors of always predicting the mean of the
    training rows, the MAE too, and an R² of 0."""
    curve_test_rows: int | None = None
    """How many of the test rows the curves, and so the best accuracy, are measured on; None if all.

    The other scores are always measured on all, so that the best may be below the last."""


UNKNOWN = Rows()
"""Rows that no split of a table connects, and whose score by chance is not known."""


def rows_of(data: ReplicateData) -> Rows:
    """Return what the rows of replicate 0, like those of every other, imply."""
    split = data.first
    shared = data.mode == "article" or SOURCES[data.data.name].kind != "table"
    ratio = 0.0 if shared else len(split.x_test) / len(split.x_train)
    return Rows(ratio, _chance(split), data.curve_test_rows)


def rows_in(experiment: Experiment, mode: Mode) -> Rows:
    """Return what an experiment's rows imply, loading its data set."""
    stopping = experiment.training.early_stopping
    held_out = stopping.validation_size if stopping else None
    return rows_of(ReplicateData(experiment.data, mode, 0, held_out))


def _chance(split: Split) -> Mapping[str, float]:
    found = _constant_classes(split) if split.classes else _constant_quantity(split)
    known = {f"test_{name}": value for name, value in found.items() if math.isfinite(value)}
    return known | ({"brier": known["test_brier"]} if "test_brier" in known else {})


def _constant_classes(split: Split) -> Mapping[str, float]:
    """Return the scores of answers that are the same for every row, without the inputs."""
    labels, classes = split.y_test.astype(np.int64), len(split.classes)
    counts = np.bincount(split.y_train.astype(np.int64), minlength=classes)
    shares = counts / counts.sum()
    given = shares[1:] if classes == 2 else shares
    constant = classification_scores(labels, np.tile(given, (len(labels), 1)))
    most = int(np.bincount(labels).max())
    f1 = best_constant_f1(labels, classes)
    return {**constant, "accuracy": most / len(labels), "f1": f1}


def _constant_quantity(split: Split) -> Mapping[str, float]:
    targets = split.y_test.reshape(len(split.y_test), -1)
    mean = split.y_train.reshape(len(split.y_train), -1).mean(axis=0, dtype=np.float64)
    return {**regression_scores(targets, np.tile(mean, (len(targets), 1))), "r2": 0.0}
