"""What is worth saying of an experiment that is no mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.spec import Experiment, Keras

ACTIVATING = ("Activation", "Dense", "Conv1D", "Conv2D", "Conv3D")


def advice(experiment: Experiment) -> tuple[str, ...]:
    """Return a sentence for each thing that hardly is what the user wants; often none."""
    return tuple(
        f"{experiment.name}: layers.{number} (AlphaDropout) keeps mean and variance after selu "
        f"alone; it stands after {_named(before)}."
        for number, layer in enumerate(experiment.layers)
        if layer.class_name == "AlphaDropout"
        for before in [_activation(experiment.layers[:number])]
        if before != "selu"
    )


def _activation(layers: Sequence[Keras]) -> Any:
    """The activation of the last layer that has one to give."""
    names = (
        layer.arguments.get("activation")
        for layer in reversed(layers)
        if layer.class_name in ACTIVATING
    )
    return next(names, None)


def _named(activation: Any) -> str:
    return str(activation or "no activation")
