"""What is measured of a network: Keras' metrics as means over rows, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from engine.spec import Task

PerRow = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is a mean over rows, followed by a finishing touch."""

    name: str
    """The history key, by Keras' name where Keras has one."""
    per_row: PerRow
    """(targets, predictions) → one value a row."""
    finish: Callable[[Any, Any], Any] = lambda mean, variance: mean
    """(mean over rows, variance of the targets) → the metric."""


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """Choose the metrics that fit a task."""
    match task:
        case "binary":
            return (
                Metric("accuracy", keras.metrics.binary_accuracy),
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


def loss_per_row(loss: Any) -> PerRow:
    """Turn a Keras loss, by name or as an object, into one value a row."""
    found = keras.losses.get(loss)
    call: PerRow = found.call if isinstance(found, keras.losses.Loss) else found
    return lambda targets, predictions: _mean_of_row(call(targets, predictions))


def _mean_of_row(values: Any) -> Any:
    axes = tuple(range(1, len(values.shape)))
    return keras.ops.mean(values, axis=axes) if axes else values


def _brier(targets: Any, predictions: Any) -> Any:
    """Sum of squared errors of the class probabilities; Brier, 1950."""
    labels = keras.ops.reshape(keras.ops.cast(targets, "int32"), (-1,))
    truth = keras.ops.one_hot(labels, predictions.shape[-1])
    return keras.ops.sum(keras.ops.square(predictions - truth), axis=-1)


def _root(mean: Any, variance: Any) -> Any:
    return keras.ops.sqrt(mean)


def _explained(mean: Any, variance: Any) -> Any:
    return 1.0 - mean / variance
