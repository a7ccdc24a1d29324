"""Whether a user's model ends with what the target needs."""

from __future__ import annotations

from typing import Any

import keras

from engine.datasets import Split
from engine.errors import EngineError

ENDINGS = {
    "binary": ("sigmoid", 'Dense(1, activation="sigmoid")'),
    "multiclass": ("softmax", 'Dense({count}, activation="softmax")'),
    "regression": ("linear", "Dense(1)"),
}


def check_outputs(reference: str, network: Any, split: Split) -> None:
    """Refuse a model whose outputs cannot be compared with the targets.

    Raises:
        EngineError: if there are too many or too few, or where probabilities are expected the last
            layer has no activation.
    """
    count = len(split.classes) if split.task == "multiclass" else 1
    activation, ending = ENDINGS[split.task]
    shape, hint = network.output_shape[1:], f"End with {ending.format(count=count)}."
    if shape != (count,):
        raise EngineError(
            f"{reference}: expected {count} output{'s' if count > 1 else ''} for a {split.task} "
            f"target, received shape {list(shape)}.",
            hint,
        )
    last = network.outputs[0]._keras_history.operation
    found = getattr(last, "activation", None)
    if split.task != "regression" and found is keras.activations.linear:
        raise EngineError(
            f"{reference}: expected probabilities, but the last layer `{last.name}` has no "
            f"activation; hiss trains on probabilities, not logits.",
            f"{hint[:-1]} or add a layer Activation({activation!r}).",
        )
