"""What is measured of a network: Keras' metrics as means over rows, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from hiss.data.arrays import Task
from hiss.experiment.training import Keras as Table

PerRow = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is a mean over rows, followed by a finishing touch."""

    name: str
    """The history key, by Keras' name where Keras has one."""
    per_row: PerRow
    """(targets, predictions) → one value a row: shape (rows,)."""
    finish: Callable[[Any, Any], Any] | None = None
    """(mean over rows, variance of the targets) → the metric, where it is not the mean itself."""

    def of(self, mean: Any, variance: Any) -> Any:
        """Give the metric, from the mean over rows and the variance of the targets."""
        return self.finish(mean, variance) if self.finish else mean


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """Choose the metrics that fit a task."""
    match task:
        case "binary":
            return (
                Metric("accuracy", _correct),
                Metric("brier", keras.metrics.mean_squared_error),
            )
        case "multiclass":
            return (
                Metric("accuracy", keras.metrics.sparse_categorical_accuracy),
                Metric("brier", _brier),
            )
        case "regression":
            return (
                Metric("rmse", keras.metrics.mean_squared_error, _root),
                Metric("mae", keras.metrics.mean_absolute_error),
                Metric("r2", keras.metrics.mean_squared_error, _explained),
            )


def columns(task: Task) -> tuple[str, ...]:
    """Name what is measured each epoch: on the training rows, then on the test rows."""
    names = ("loss", *(metric.name for metric in metrics_for(task)))
    return (*names, *(f"val_{name}" for name in names))


def make_loss(chosen: str | Table) -> Any:
    """Make the Keras loss that an experiment names: a function, or a `keras.losses.Loss`."""
    if isinstance(chosen, str):
        loss = getattr(keras.losses, chosen, None) or keras.losses.get(chosen)
    else:
        config = {"class_name": chosen.class_name, "config": chosen.arguments}
        loss = keras.losses.deserialize(config)
    name = type(loss).__name__ if isinstance(loss, keras.losses.Loss) else loss.__name__
    return OneHot(loss) if name in CATEGORICAL else loss


def loss_per_row(chosen: str | Table) -> PerRow:
    """Turn the loss that an experiment names into one value a row."""
    found = make_loss(chosen)
    call: PerRow = found.call if isinstance(found, keras.losses.Loss) else found
    return lambda targets, predictions: _mean_of_row(call(targets, predictions))


CATEGORICAL = (
    *("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge"),
    *("categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge"),
)
"""Losses that take one-hot targets, where hiss's targets are class numbers."""


class OneHot(keras.losses.Loss):  # type: ignore[misc]
    """A loss of one-hot targets, as a loss of class numbers."""

    def __init__(self, loss: Any) -> None:
        """Take a loss of one-hot targets, a function or an object."""
        super().__init__()
        self.per_row: PerRow = loss.call if isinstance(loss, keras.losses.Loss) else loss

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give one value a row."""
        return self.per_row(_one_hot(y_true, y_pred), y_pred)


def _mean_of_row(values: Any) -> Any:
    axes = tuple(range(1, len(values.shape)))
    return keras.ops.mean(values, axis=axes) if axes else values


def _brier(targets: Any, predictions: Any) -> Any:
    """Sum of squared errors of the class probabilities; Brier, 1950."""
    truth = _one_hot(targets, predictions)
    return keras.ops.sum(keras.ops.square(predictions - truth), axis=-1)


def _one_hot(targets: Any, predictions: Any) -> Any:
    labels = keras.ops.reshape(keras.ops.cast(targets, "int32"), (-1,))
    return keras.ops.one_hot(labels, predictions.shape[-1])


def _correct(targets: Any, predictions: Any) -> Any:
    return keras.ops.squeeze(keras.metrics.binary_accuracy(targets, predictions), -1)


def _root(mean: Any, variance: Any) -> Any:
    return keras.ops.sqrt(mean)


def _explained(mean: Any, variance: Any) -> Any:
    return 1.0 - mean / variance
