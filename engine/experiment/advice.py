"""Advice on settings of an experiment that are valid but hardly intended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras, Training
from hiss.noise.registry import NOISE_LAYERS

ACTIVATING = ("Activation", "Dense", "Conv1D", "Conv2D", "Conv3D")
SITES = tuple(name for name, kind in NOISE_LAYERS.items() if not kind.wraps_layer)
"""Layers that add noise to what passes through them."""
RESHAPING = ("Flatten", "Reshape", "Rescaling")
NO_PROBABILITIES = (
    *(None, "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish"),
    *("tanh", "softplus", "softsign", "mish"),
)
"""Activations whose values can lie outside [0, 1]."""


def advice(experiment: Experiment) -> tuple[str, ...]:
    """Return one sentence for each setting that is hardly intended; often none."""
    return (
        *_on_selu(experiment.layers),
        *_on_stochastic_depth(experiment.layers),
        *_on_outputs_and_loss(experiment),
        *_on_stopping(experiment.training),
    )


def _on_selu(layers: Sequence[Keras]) -> Iterator[str]:
    for number, layer in enumerate(layers):
        before = _activation(layers[:number])
        if layer.class_name == "AlphaDropout" and before != "selu":
            place = f"layers.{number} (AlphaDropout)"
            found = "no activation" if before is None else before
            yield f"{place} preserves mean and variance only after selu; it is after {found}."


def _on_stochastic_depth(layers: Sequence[Keras]) -> Iterator[str]:
    for number, layer in enumerate(layers):
        if layer.class_name == "StochasticDepth":
            place = f"layers.{number} (StochasticDepth)"
            yield (
                f"{place} drops all that the network knows of a row: in a sequence of layers there "
                "is no residual connection around it, as a model of your own can have."
            )


def _on_outputs_and_loss(experiment: Experiment) -> Iterator[str]:
    """Advise on the outputs that the loss is computed from."""
    shaping = [
        (number, layer)
        for number, layer in enumerate(experiment.layers)
        if layer.class_name not in RESHAPING
    ]
    if shaping and shaping[-1][1].class_name in SITES:
        number, layer = shaping[-1]
        place = f"layers.{number} ({layer.class_name})"
        yield f"{place} is last: the loss is computed from noisy outputs."
    outputs = [layer for _, layer in shaping if layer.class_name not in SITES][-1:]
    for layer in outputs:
        if layer.class_name in ("Activation", "Dense"):
            yield from _on_last_layer(layer, experiment.training)


def _on_last_layer(layer: Keras, training: Training) -> Iterator[str]:
    found = layer.arguments.get("activation")
    if found == "softmax" and layer.arguments.get("units") == 1:
        yield "softmax of a single unit is always 1; use sigmoid for a probability."
    if _takes_logits(training):
        yield "from_logits: accuracy and Brier score still read the outputs as probabilities."
    elif "crossentropy" in training.loss_name.lower() and _unbounded(found):
        yield f"{training.loss_name} expects probabilities; the outputs are {found or 'linear'}."


def _on_stopping(training: Training) -> Iterator[str]:
    rule = training.early_stopping
    if rule is not None:
        waits = rule.start_from_epoch + max(1, rule.patience)
        if waits + 1 >= training.epochs:
            yield (
                f"early stopping never ends training: it waits {waits:,} epochs, "
                f"training has {training.epochs:,}."
            )


def _takes_logits(training: Training) -> bool:
    return isinstance(training.loss, Keras) and bool(training.loss.arguments.get("from_logits"))


def _unbounded(activation: Any) -> bool:
    return (activation is None or isinstance(activation, str)) and activation in NO_PROBABILITIES


def _activation(layers: Sequence[Keras]) -> Any:
    """Return the activation of the last layer that can have one."""
    names = (
        layer.arguments.get("activation")
        for layer in reversed(layers)
        if layer.class_name in ACTIVATING
    )
    return next(names, None)
