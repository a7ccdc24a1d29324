"""What the rows of an arm imply for its scores: their score by chance, and how far they overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hiss.data.arrays import Split
from hiss.data.replicate_data import ReplicateData
from hiss.data.sources import SOURCES
from hiss.data.spec import Mode
from hiss.experiment.spec import Experiment


@dataclass(frozen=True, slots=True)
class Rows:
    """The training rows and test rows of an arm."""

    test_to_train: float = 0.0
    """n_test / n_train where every replicate splits one table differently, else 0.

    Such replicates share rows, so their mean is less certain than their spread suggests. Rows held
    out for early stopping are not training rows."""
    chance: Mapping[str, float] = field(default_factory=dict)
    """Test scores without a network, by metric: the `test_accuracy` of always naming the most
    frequent class, the `test_rmse` of always predicting the mean of the training rows."""
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
    targets = split.y_test.astype(np.float64)
    if split.task == "regression":
        errors = targets - split.y_train.mean(dtype=np.float64)
        return {"test_rmse": float(np.sqrt(np.mean(errors**2)))}
    most = int(np.unique(targets, return_counts=True)[1].max())
    return {"test_accuracy": most / len(targets)}
