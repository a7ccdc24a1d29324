"""The last layers of a network and the loss that fit what is to be predicted."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

import numpy as np

from engine.errors import DataError
from engine.rows import Rows
from engine.spec import Keras, Training

SMALLEST, LARGEST = 1e-6, 1e9
"""Standard deviations of a target beyond which float32 loses the squares of gradients."""
ADAM_EPSILON = 1e-7
"""Keras' own."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a network ends with."""

    layers: tuple[Keras, ...]
    """A Dense layer, and for a quantity its unit and origin."""
    loss: str
    optimizer: str | Keras = "adam"


def head_for(rows: Rows) -> Head:
    """Return the head for the target of some rows.

    Raises:
        DataError: if the target's unit is too large or too small to compute with.
    """
    match rows.task:
        case "binary":
            return Head((_dense(1, "sigmoid"),), "binary_crossentropy")
        case "multiclass":
            units = len(rows.classes)
            return Head((_dense(units, "softmax"),), "sparse_categorical_crossentropy")
        case "regression":
            return _quantity(rows)


def training_for(head: Head, rows: int) -> Training:
    """Return a training on so many rows that takes seconds: some 4,000 steps, 1,000 epochs at most.

    Batches are Keras' 32 rows, or larger where there are very many.
    """
    batch_size = 32 if rows <= 2_000 else 256
    steps = -(-rows // batch_size)
    epochs = max(20, min(1_000, _rounded(4_000 / steps)))
    return Training(optimizer=head.optimizer, loss=head.loss, epochs=epochs, batch_size=batch_size)


def _quantity(rows: Rows) -> Head:
    """Leave the scaling to a last layer, so that errors are in the target's own unit."""
    scale, offset = float(np.std(rows.y)), float(np.mean(rows.y))
    if not SMALLEST <= scale <= LARGEST:
        raise DataError(
            f"The target's standard deviation is {scale:g}; expected {SMALLEST:g} to {LARGEST:g}.",
            "Give it in another unit.",
        )
    rescaling = {"class_name": "Rescaling", "scale": _short(scale), "offset": _short(offset)}
    layers = (_dense(1), Keras.model_validate(rescaling))
    return Head(layers, "mean_squared_error", _adam(scale))


def _adam(scale: float) -> str | Keras:
    """Keep Adam's epsilon small beside gradients, which grow with the square of the unit."""
    epsilon = ADAM_EPSILON * min(1.0, scale**2)
    if epsilon == ADAM_EPSILON:
        return "adam"
    return Keras.model_validate({"class_name": "Adam", "epsilon": epsilon})


def _dense(units: int, activation: str | None = None) -> Keras:
    named = {} if activation is None else {"activation": activation}
    return Keras.model_validate({"class_name": "Dense", "units": units, **named})


def _short(value: float) -> float:
    """Round to three digits: enough for a unit."""
    return float(f"{value:.3g}")


def _rounded(value: float) -> int:
    """Round down to one digit."""
    power = 10 ** floor(log10(value))
    return int(value // power * power)
