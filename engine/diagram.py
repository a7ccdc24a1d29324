"""An experiment's network in one line, without TensorFlow."""

from __future__ import annotations

from typing import Any

from engine.sources import SOURCES
from engine.spec import Experiment, Keras

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHORT = {"MaxPooling2D": "MaxPool"}
SHOWN = ("units", "filters", "kernel_size", "pool_size", "rate", "stddev", "activation")
"""Arguments that a diagram shows, in this order."""


def diagram(experiment: Experiment) -> str:
    """Return the network in one line: `x₂ ─ σ.01 ─ Dense 500 relu ─ Dense 1 sigmoid`."""
    return " ─ ".join([_inputs(experiment), *map(_layer, experiment.layers)])


def _inputs(experiment: Experiment) -> str:
    data = experiment.data
    shape = data.shape or SOURCES[data.name].shape(data.arguments)
    match shape:
        case ():
            return "x"
        case (count,):
            return "x" + str(count).translate(SUBSCRIPTS)
        case _:
            return "x " + _size(shape)


def _layer(table: Keras) -> str:
    arguments = table.arguments
    match table.class_name:
        case "GaussianNoise":
            return f"σ{_number(arguments['stddev'])}"
        case "Activation":
            return str(arguments["activation"])
        case "Rescaling":
            offset = arguments.get("offset", 0)
            shifted = f"+{_number(offset)}" if offset else ""
            return f"×{_number(arguments['scale'])}{shifted}"
        case name:
            shown = [_value(arguments[key], key) for key in SHOWN if key in arguments]
            return " ".join([SHORT.get(name, name), *shown])


def _value(value: Any, key: str) -> str:
    if isinstance(value, list | tuple):
        return _size(tuple(value))
    if key in ("kernel_size", "pool_size"):
        return f"{value}×{value}"
    return _number(value) if isinstance(value, int | float) else str(value)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _number(value: float) -> str:
    """Write a number as short as it goes: `.01`."""
    text = f"{value:g}"
    return text[1:] if text.startswith("0.") else text
