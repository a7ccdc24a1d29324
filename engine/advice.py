"""What is worth saying of an experiment that is no mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.named import NOISE
from engine.spec import Experiment, Keras, Training

ACTIVATING = ("Activation", "Dense", "Conv1D", "Conv2D", "Conv3D")
RESHAPING = ("Flatten", "Reshape", "Rescaling")
NO_PROBABILITIES = (
    *(None, "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish"),
    *("tanh", "softplus", "softsign", "mish"),
)
"""Activations whose values can lie outside [0, 1]."""


def advice(experiment: Experiment) -> tuple[str, ...]:
    """Return a sentence for each thing that hardly is what the user wants; often none."""
    layers, training = experiment.layers, experiment.training
    return (*_on_selu(layers), *_on_the_end(layers, training.loss_name), *_on_training(training))


def _on_selu(layers: Sequence[Keras]) -> Iterator[str]:
    for number, layer in enumerate(layers):
        before = _activation(layers[:number])
        if layer.class_name == "AlphaDropout" and before != "selu":
            place = f"layers.{number} (AlphaDropout)"
            told = "no activation" if before is None else before
            yield f"{place} keeps mean and variance after selu alone; it stands after {told}."


def _on_the_end(layers: Sequence[Keras], loss: str) -> Iterator[str]:
    """Say what is odd about the outputs that the loss is taken of."""
    shaping = [layer for layer in layers if layer.class_name not in RESHAPING]
    if not shaping:
        return
    if shaping[-1].class_name in NOISE[:-1]:
        place = f"layers.{layers.index(shaping[-1])} ({shaping[-1].class_name})"
        yield f"{place} comes last: the loss is that of noisy outputs."
    last = next((each for each in reversed(shaping) if each.class_name not in NOISE[:-1]), None)
    if last is None or last.class_name not in ("Activation", "Dense"):
        return
    found = last.arguments.get("activation")
    if found == "softmax" and last.arguments.get("units") == 1:
        yield "softmax of a single unit is always 1; sigmoid makes a probability of it."
    if "crossentropy" in loss.lower() and _unbounded(found):
        yield f"{loss} expects probabilities; the outputs are {found or 'linear'}."


def _on_training(training: Training) -> Iterator[str]:
    loss, rule = training.loss, training.early_stopping
    if isinstance(loss, Keras) and loss.arguments.get("from_logits"):
        yield "from_logits: accuracy and Brier score still take the outputs for probabilities."
    if rule is not None:
        waits = rule.start_from_epoch + max(1, rule.patience)
        if waits + 1 >= training.epochs:
            yield (
                f"early stopping never ends training: it waits {waits:,} epochs, "
                f"training has {training.epochs:,}."
            )


def _unbounded(activation: Any) -> bool:
    return (activation is None or isinstance(activation, str)) and activation in NO_PROBABILITIES


def _activation(layers: Sequence[Keras]) -> Any:
    """The activation of the last layer that has one to give."""
    names = (
        layer.arguments.get("activation")
        for layer in reversed(layers)
        if layer.class_name in ACTIVATING
    )
    return next(names, None)
