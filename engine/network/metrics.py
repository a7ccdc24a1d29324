"""Keras' losses and metrics as one value for each row, whose mean is then transformed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from hiss.data.arrays import Task
from hiss.experiment.training import Keras as Table
from hiss.noise.random import Tensor

PerRow = Callable[[Tensor, Tensor], Tensor]
"""(targets (rows, 1), predictions (rows, outputs)) → one value for each row, shape (rows,). In a
reconstruction, targets have the shape of the predictions."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is a mean over rows, or a function of one."""

    name: str
    """Its name, which is Keras' own where there is one."""
    per_row: PerRow
    transform: Callable[[Any, Any], Any] | None = None
    """(mean over rows, variance of the targets) → the metric; None if it is the mean itself."""

    def of(self, mean: Any, variance: Any) -> Any:
        """Return the metric, from the mean over rows and the variance of the targets."""
        return self.transform(mean, variance) if self.transform else mean


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """Return the metrics of a task."""
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
        case "regression" | "reconstruction":
            return (
                Metric("rmse", keras.metrics.mean_squared_error, _root),
                Metric("mae", keras.metrics.mean_absolute_error),
                Metric("r2", keras.metrics.mean_squared_error, _explained),
            )


def columns(task: Task) -> tuple[str, ...]:
    """Return the names of the values of an epoch: of training rows, then of test rows."""
    names = ("loss", *(metric.name for metric in metrics_for(task)))
    return (*names, *(f"val_{name}" for name in names))


def finished(metrics: tuple[Metric, ...], means: Tensor, y: Tensor) -> Tensor:
    """Turn means over rows into loss and metrics: an RMSE is the root of a mean.

    Args:
        metrics: of the task.
        means: of the loss and of each metric, shape (1 + metrics,).
        y: the targets of the rows, shape (rows, 1), or (rows, values) in a reconstruction, whose R²
            compares with the mean of each value over the rows.
    """
    if not any(metric.transform for metric in metrics):
        return means
    loss, *others = tf.unstack(means)
    variance = tf.math.reduce_variance(y)
    if y.shape[-1] > 1:
        variance = tf.reduce_mean(tf.math.reduce_variance(y, 0))
    pairs = zip(metrics, others, strict=True)
    return tf.stack([loss, *(metric.of(mean, variance) for metric, mean in pairs)])


def make_loss(chosen: str | Table) -> Any:
    """Return the Keras loss that an experiment names, as a function or a `keras.losses.Loss`."""
    if isinstance(chosen, str):
        loss = getattr(keras.losses, chosen, None) or keras.losses.get(chosen)
    else:
        config = {"class_name": chosen.class_name, "config": chosen.arguments}
        loss = keras.losses.deserialize(config)
    name = type(loss).__name__ if isinstance(loss, keras.losses.Loss) else loss.__name__
    return OneHot(loss) if name in CATEGORICAL else loss


def loss_per_row(chosen: str | Table) -> PerRow:
    """Return the loss that an experiment names as a function with one value for each row."""
    return per_row_of(make_loss(chosen))


def per_row_of(loss: Any) -> PerRow:
    """Return a loss, a function or a `keras.losses.Loss`, with one value for each row."""
    call: PerRow = loss.call if isinstance(loss, keras.losses.Loss) else loss
    return lambda targets, predictions: _mean_of_row(call(targets, predictions))


CATEGORICAL = (
    *("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge"),
    *("categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge"),
)
"""Losses that take one-hot targets, where hiss's targets are class numbers."""


class OneHot(keras.losses.Loss):  # type: ignore[misc]
    """A loss of one-hot targets that takes class numbers."""

    def __init__(self, loss: Any) -> None:
        """Wrap a loss of one-hot targets, a function or a `keras.losses.Loss`."""
        super().__init__()
        self.per_row = per_row_of(loss)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value for each row."""
        return self.per_row(one_hot(y_true, y_pred), y_pred)


def _mean_of_row(values: Tensor) -> Tensor:
    axes = tuple(range(1, len(values.shape)))
    return keras.ops.mean(values, axis=axes) if axes else values


def _brier(targets: Tensor, predictions: Tensor) -> Tensor:
    """Return the sum of squared errors of the class probabilities.

    Source: Brier, 1950, "Verification of forecasts expressed in terms of probability".
    """
    truth = one_hot(targets, predictions)
    return keras.ops.sum(keras.ops.square(predictions - truth), axis=-1)


def one_hot(targets: Tensor, predictions: Tensor) -> Tensor:
    """Return class numbers as vectors of as many values as the predictions of a row."""
    labels = keras.ops.reshape(keras.ops.cast(targets, "int32"), (-1,))
    return keras.ops.one_hot(labels, predictions.shape[-1])


def _correct(targets: Tensor, predictions: Tensor) -> Tensor:
    return keras.ops.squeeze(keras.metrics.binary_accuracy(targets, predictions), -1)


def _root(mean: Any, variance: Any) -> Any:
    return keras.ops.sqrt(mean)


def _explained(mean: Any, variance: Any) -> Any:
    return 1.0 - mean / variance
