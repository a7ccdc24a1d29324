"""Checks that the outputs of a network fit the target and the loss."""

from __future__ import annotations

from typing import Any

import keras

from hiss.compatibility import producing_layer
from hiss.data.arrays import Split
from hiss.errors import EngineError, first_line
from hiss.experiment.spec import Experiment
from hiss.network.metrics import loss_per_row

LAST_LAYERS = {
    "binary": ("sigmoid", 'Dense(1, activation="sigmoid")'),
    "multiclass": ("softmax", 'Dense({count}, activation="softmax")'),
    "regression": ("linear", "Dense(1)"),
    "reconstruction": ("linear", "Dense({count}), or with Flatten() behind an image"),
}
"""The activation and the last layer that fit each task."""


def check_outputs(reference: str, network: Any, split: Split) -> None:
    """Check that the outputs of a user's model can be compared with the targets.

    Args:
        reference: the model's, for messages.
        network: a `keras.Model`.
        split: of the data.

    Raises:
        EngineError: if there are too many or too few outputs, or the last layer has no activation
            where probabilities are expected.
    """
    check_count(reference, network, split)
    activation, _ = LAST_LAYERS[split.task]
    last = producing_layer(network.outputs[0])
    found = getattr(last, "activation", None)
    if split.classes and found is keras.activations.linear:
        raise EngineError(
            f"{reference}: expected probabilities, but the last layer `{last.name}` has no "
            f"activation; hiss trains on probabilities, not logits.",
            f"{_hint(split)[:-1]} or add a layer Activation({activation!r}).",
        )


def check_count(name: str, network: Any, split: Split) -> None:
    """Check that a network has as many outputs as the targets need.

    Raises:
        EngineError: if it has not; the hint names the layer that it should end with.
    """
    count, shape = _count(split), network.output_shape[1:]
    if shape != (count,):
        raise EngineError(
            f"{name}: expected {count} output{'s' if count > 1 else ''} for a {split.task} "
            f"target, received shape {list(shape)}.",
            _hint(split),
        )


def check_loss(experiment: Experiment, network: Any, split: Split) -> None:
    """Check that the loss can be computed from the outputs of a network.

    Raises:
        EngineError: if it cannot, with Keras' reason.
    """
    loss = experiment.training.loss_name
    try:
        outputs = keras.ops.ones((1, *network.output_shape[1:]))
        targets = keras.ops.zeros((1, split.y_train[0].size))
        loss_per_row(experiment.training.loss)(targets, outputs)
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"{experiment.name}: training.loss: {loss} does not fit the network and its target: "
            f"{first_line(error)}",
            _loss_hint(split),
        ) from error


def _loss_hint(split: Split) -> str:
    if split.task == "reconstruction":
        return "For a reconstruction: mean_squared_error."
    if _count(split) > 1:
        return "For several classes: sparse_categorical_crossentropy."
    return "For two classes: binary_crossentropy; for a quantity: mean_squared_error."


def _count(split: Split) -> int:
    if split.task == "reconstruction":
        return int(split.y_train[0].size)
    return len(split.classes) if split.task == "multiclass" else 1


def _hint(split: Split) -> str:
    return f"End with {LAST_LAYERS[split.task][1].format(count=_count(split))}."
