"""A first look at a data set: rows as points in two dimensions, and the best possible scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiss.data.arrays import Floats, Task
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.theory import bayes_accuracy, bayes_rmse


@dataclass(frozen=True, slots=True)
class Preview:
    """A data set in two dimensions."""

    points: Floats
    """Shape (rows, 2): the two features, or the feature and the target, or else the first two
    principal components. The training rows come first."""
    axes: tuple[str, str]
    """Names of the two coordinates."""
    targets: Floats
    """Shape (rows,): class numbers from 0, or the target; zeros in a reconstruction."""
    classes: tuple[str, ...]
    """Names of the classes in the order of their numbers; empty where there are none."""
    task: Task
    train_rows: int
    test_rows: int
    shape: tuple[int, ...]
    """Shape of one row's features."""
    bayes_accuracy: float | None
    bayes_rmse: float | None


def preview(data: Data) -> Preview:
    """Return a first look at a data set, split as in article mode.

    Raises:
        DataError: if the data set cannot be made.
    """
    split = load(data)
    x = np.concatenate([split.x_train, split.x_test])
    targets = np.concatenate([split.y_train, split.y_test])
    if split.task == "reconstruction":
        targets = np.zeros(len(x), np.float32)
    points, axes = _in_two_dimensions(x.reshape(len(x), -1), targets, split.features)
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


def _in_two_dimensions(
    x: Floats, targets: Floats, features: tuple[str, ...]
) -> tuple[Floats, tuple[str, str]]:
    match x.shape[1]:
        case 1:
            return np.column_stack([x[:, 0], targets]), (features[0], "target")
        case 2:
            return x, (features[0], features[-1])
        case _:
            return _principal_components(x), ("1st component", "2nd component")


def _principal_components(x: Floats) -> Floats:
    """Project the standardized rows on their first two principal components, shape (rows, 2)."""
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    projection = make_pipeline(StandardScaler(), PCA(2, random_state=0))
    with np.errstate(invalid="ignore"):  # PCA divides by the total variance, which may be 0
        return np.asarray(projection.fit_transform(x), np.float32)
