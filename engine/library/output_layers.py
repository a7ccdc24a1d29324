"""The last layers, the loss and the optimizer that fit a data set's target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiss.data.arrays import Dataset
from hiss.errors import DataError
from hiss.experiment.training import Keras

SMALLEST, LARGEST = 1e-6, 1e9
"""Standard deviations of a target beyond which float32 loses the squares of gradients."""
ADAM_EPSILON = 1e-7
"""Keras' default."""


@dataclass(frozen=True, slots=True)
class OutputLayers:
    """How a network ends, and what it is compiled with."""

    layers: tuple[Keras, ...]
    """A Dense layer, followed for a regression by a Rescaling to the target's unit."""
    loss: str
    optimizer: str | Keras = "adam"

    @property
    def units(self) -> int:
        """Number of outputs."""
        return int(self.layers[0].arguments["units"])


def output_layers_for(dataset: Dataset) -> OutputLayers:
    """Return the output layers for a data set's target.

    Raises:
        DataError: if the target's unit is too large or too small for float32.
    """
    match dataset.task:
        case "binary":
            return OutputLayers((_dense(1, "sigmoid"),), "binary_crossentropy")
        case "multiclass":
            units = len(dataset.classes)
            return OutputLayers((_dense(units, "softmax"),), "sparse_categorical_crossentropy")
        case "reconstruction":
            return OutputLayers((_dense(len(dataset.features)),), "mean_squared_error")
        case "regression":
            return _regression(dataset)


def _regression(dataset: Dataset) -> OutputLayers:
    """Scale the output by a last layer, so that errors are in the target's own unit."""
    scale, offset = float(np.std(dataset.y)), float(np.mean(dataset.y))
    if not SMALLEST <= scale <= LARGEST:
        raise DataError(
            f"The target's standard deviation is {scale:g}; expected {SMALLEST:g} to {LARGEST:g}.",
            "Convert it to another unit.",
        )
    rescaling = {"class_name": "Rescaling", "scale": _rounded(scale), "offset": _rounded(offset)}
    layers = (_dense(1), Keras.model_validate(rescaling))
    return OutputLayers(layers, "mean_squared_error", _adam(scale))


def _adam(scale: float) -> str | Keras:
    """Keep Adam's epsilon small beside the gradients, which grow with the square of the unit."""
    epsilon = ADAM_EPSILON * min(1.0, scale**2)
    if epsilon == ADAM_EPSILON:
        return "adam"
    return Keras.model_validate({"class_name": "Adam", "epsilon": epsilon})


def _dense(units: int, activation: str | None = None) -> Keras:
    named = {} if activation is None else {"activation": activation}
    return Keras.model_validate({"class_name": "Dense", "units": units, **named})


def _rounded(value: float) -> float:
    """Round to three digits, which is enough for a unit."""
    return float(f"{value:.3g}")
