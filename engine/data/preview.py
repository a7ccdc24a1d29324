"""A first look at an experiment's data: points to scatter, and what there is to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Task
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.theory import bayes_accuracy, bayes_rmse

Floats = NDArray[np.float32]
FEW = 300
"""Rows, or features, up to which all principal components are found in a moment."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The data of one experiment, in two dimensions."""

    points: Floats
    """Shape (rows, 2): the two features, or the feature and the target, or else the first two
    principal components. The training rows come first."""
    axes: tuple[str, str]
    """What the two coordinates are."""
    targets: Floats
    """Shape (rows,): class numbers from 0, or the target."""
    classes: tuple[str, ...]
    """Names of the classes in the order of their numbers; empty for regression."""
    task: Task
    train_rows: int
    test_rows: int
    shape: tuple[int, ...]
    """Shape of one row's features."""
    bayes_accuracy: float | None
    bayes_rmse: float | None


def preview(data: Data) -> Preview:
    """Return what there is to see of a data set before anything is trained on it.

    Raises:
        DataError: if the data cannot be made.
    """
    split = load(data)
    x = np.concatenate([split.x_train, split.x_test])
    targets = np.concatenate([split.y_train, split.y_test])
    points, axes = _flattened(x.reshape(len(x), -1), targets, split.features)
    return Preview(
        points=points,
        axes=axes,
        targets=targets,
        classes=split.classes,
        task=split.task,
        train_rows=len(split.x_train),
        test_rows=len(split.x_test),
        shape=x.shape[1:],
        bayes_accuracy=bayes_accuracy(data),
        bayes_rmse=bayes_rmse(data),
    )


def _flattened(
    x: Floats, targets: Floats, features: tuple[str, ...]
) -> tuple[Floats, tuple[str, str]]:
    match x.shape[1]:
        case 1:
            return np.column_stack([x[:, 0], targets]), (features[0], "target")
        case 2:
            return x, (features[0], features[-1])
        case _:
            return _principal(x), ("1st component", "2nd component")


def _principal(x: Floats) -> Floats:
    """Project rows on the two directions in which the scaled features vary most."""
    centred: NDArray[Any] = x - x.mean(axis=0)
    spread = centred.std(axis=0)
    scaled = centred / np.where(spread > 0, spread, 1)
    if min(scaled.shape) <= FEW:
        return _decomposed(scaled)
    from scipy.sparse.linalg import svds

    left, sizes, _ = svds(scaled, k=2, v0=np.ones(min(scaled.shape)))
    return np.asarray((left * sizes)[:, ::-1], np.float32)


def _decomposed(scaled: NDArray[Any]) -> Floats:
    """Project rows by the whole decomposition of the smaller of their two products."""
    if scaled.shape[0] < scaled.shape[1]:
        squares, rows = np.linalg.eigh(scaled @ scaled.T)
        return np.asarray((rows * np.sqrt(np.maximum(squares, 0)))[:, :-3:-1], np.float32)
    _, directions = np.linalg.eigh(scaled.T @ scaled)
    return np.asarray(scaled @ directions[:, :-3:-1], np.float32)
