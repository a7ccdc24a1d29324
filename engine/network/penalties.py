"""Penalties on weights whose strength is a variable, so that a sweep of it compiles once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

LAYERS = (
    *("Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D"),
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
)
"""Layers that hold their regularizers themselves: recurrent ones hand them to their cells."""
WEIGHTS = ("kernel_regularizer", "bias_regularizer")
STRENGTHS: Mapping[str, str] = {"L1": "l1", "L2": "l2"}
"""Regularizers that are their strength times a sum; `L1L2` looks whether a strength is 0."""


def make_variable(layer: Any) -> None:
    """Let the strengths of the penalties of a layer, not built yet, be variables of it."""
    if type(layer).__name__ not in LAYERS:
        return
    for name in WEIGHTS:
        regularizer = getattr(layer, name, None)
        strength = STRENGTHS.get(type(regularizer).__name__)
        if strength is not None:
            value, own = getattr(regularizer, strength), f"{name}_{strength}"
            dtype = layer.variable_dtype
            variable = keras.Variable(value, trainable=False, dtype=dtype, name=own)
            setattr(layer, f"_{own}", variable)  # so Keras counts it among the layer's variables
            setattr(regularizer, strength, variable)


def without_strengths(class_name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer's arguments without the strengths that `make_variable` makes variables."""
    if class_name not in LAYERS:
        return dict(arguments)
    found = dict(arguments)
    for name in WEIGHTS:
        match found.get(name):
            case {"class_name": str(kind), "config": _} if kind in STRENGTHS:
                found[name] = {"class_name": kind}
    return found
