"""Targets that are mixed as the rows are, where a layer mixes the rows of a batch (mixup)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from hiss.compatibility import all_layers
from hiss.data.arrays import Task
from hiss.errors import EngineError
from hiss.network.metrics import PerRow
from hiss.noise.layers import NoiseLayer
from hiss.noise.random import Tensor


def mixing_layer(network: Any) -> NoiseLayer | None:
    """Return the layer of a network that mixes rows; None if there is none.

    Raises:
        EngineError: if there are several: each would mix the targets of the mixtures once more.
    """
    noise = (layer for layer in all_layers(network) if isinstance(layer, NoiseLayer))
    found = [layer for layer in noise if layer.kind.mixes_rows]
    if len(found) > 1:
        names = ", ".join(layer.name for layer in found)
        raise EngineError(f"Expected one {found[0].kind.name} in a network, received {names}.")
    return found[0] if found else None


class MixedTargets(keras.losses.Loss):  # type: ignore[misc]
    """A loss of the targets of mixed rows.

    A quantity is mixed itself. Classes are mixed as probabilities; every crossentropy is linear in
    them, so it is the loss of both classes that is mixed, as in the code of Zhang et al., 2018,
    arXiv:1710.09412. In evaluation it is the loss itself. Metrics compare with the row's own
    target, the larger part of the mixture.
    """

    def __init__(self, per_row: PerRow, layer: NoiseLayer, task: Task) -> None:
        """Wrap the loss `per_row` of a network with a `layer` that mixes rows."""
        super().__init__()
        self.per_row = per_row
        self.layer = layer
        self.task = task

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value for each row, of the batch that the layer was called with last."""
        mixing = self.layer.mixing
        if mixing is None:
            return self.per_row(y_true, y_pred)
        if self.task in ("regression", "reconstruction"):
            return self.per_row(mixing.of(y_true), y_pred)
        losses = (self.per_row(targets, y_pred) for targets in (y_true, mixing.others(y_true)))
        return mixing.between(*losses)


def of_mixed_targets(network: Any, task: Task) -> Callable[[PerRow], PerRow]:
    """Return what makes a loss with one value for each row one for a network that may mix rows.

    Raises:
        EngineError: if several of its layers do.
    """
    layer = mixing_layer(network)
    return lambda loss: loss if layer is None else MixedTargets(loss, layer, task).call
