"""Checks that the outputs of a network fit the target and the loss."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from hiss.compatibility import producing_layer
from hiss.data.arrays import Split
from hiss.errors import EngineError, first_line
from hiss.experiment.spec import Experiment
from hiss.experiment.user_model import UserModel
from hiss.network.metrics import loss_per_row
from hiss.network.user_model import user_network

LAST_LAYERS = {
    "binary": ("sigmoid", 'Dense(1, activation="sigmoid")'),
    "multiclass": ("softmax", 'Dense({count}, activation="softmax")'),
    "regression": ("linear", "Dense(1)"),
    "reconstruction": ("linear", "Dense({count}), or with Flatten() behind an image"),
}
"""The activation and the last layer that fit each task."""
ROWS = 32
"""Rows on which probabilities are looked at."""
ROUNDING = 1e-3
"""Of probabilities in bfloat16, by which they may be outside [0, 1]."""


def check_outputs(model: UserModel, network: Any, split: Split) -> None:
    """Check that the outputs of a user's model can be compared with the targets.

    Args:
        model: which output is scored.
        network: the `keras.Model` made of it.
        split: of the data.

    Raises:
        EngineError: if there are too many or too few outputs, or values where probabilities are
            expected.
    """
    check_count(model.name, network, split)
    if not split.classes:
        return
    activation, _ = LAST_LAYERS[split.task]
    last = _last_layer(user_network(network).model)
    if not model.logits and getattr(last, "activation", None) is keras.activations.linear:
        raise EngineError(
            f"{model.name}: expected probabilities, but the last layer `{last.name}` has no "
            f"activation; hiss trains on probabilities, not logits.",
            f"{_hint(split)[:-1]}, add a layer Activation({activation!r}), or compile with "
            "from_logits=True.",
        )
    values = np.asarray(network(split.x_train[:ROWS]), np.float64)
    if np.any((values < -ROUNDING) | (values > 1 + ROUNDING)):
        low, high = np.min(values), np.max(values)
        raise EngineError(
            f"{model.name}: expected probabilities, but its outputs reach from {low:.3g} to "
            f"{high:.3g}.",
            _hint(split),
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


def _last_layer(model: Any) -> Any:
    """Return the layer that a model ends with; None inside a subclassed model."""
    while isinstance(model, keras.Sequential | keras.Function):
        model = producing_layer(model.outputs[0])
    return None if isinstance(model, keras.Model) else model


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
