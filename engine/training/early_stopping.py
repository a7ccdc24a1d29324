"""Early stopping of one replicate, by the rule of Keras' `EarlyStopping` callback."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from hiss.data.arrays import Task
from hiss.errors import EngineError
from hiss.experiment.training import EarlyStopping
from hiss.noise.random import Tensor

Weights = tuple[Any, Any]
"""The values of the trainable and of the other variables of a network."""


class EarlyStoppingState(NamedTuple):
    """What early stopping remembers of one replicate."""

    best: Tensor
    """Float32 scalar: the best value so far, or infinity; smaller is better."""
    wait: Tensor
    """Int32 scalar: epochs without improvement."""
    epoch: Tensor
    """Int32 scalar: epochs trained."""
    stopped: Tensor
    """Boolean scalar: whether the training has ended."""
    weights: Weights | tuple[()]
    """The weights of the best epoch; () where they are not to be restored."""


class PureEarlyStopping:
    """Keras' `EarlyStopping` as a pure function of its state, so that XLA can compile it."""

    def __init__(self, rule: EarlyStopping, task: Task) -> None:
        """Follow a `rule`.

        Raises:
            EngineError: if the rule monitors the accuracy where there are no classes.
        """
        if rule.monitor == "accuracy" and task in ("regression", "reconstruction"):
            raise EngineError(
                f"training.early_stopping.monitor: expected loss for a {task}, received accuracy."
            )
        self.rule = rule
        self.sign = -1.0 if rule.monitor == "accuracy" else 1.0

    def start(self, weights: Weights) -> EarlyStoppingState:
        """Return the state before the first epoch, as numpy values."""
        kept = weights if self.rule.restore_best_weights else ()
        zero = np.int32(0)
        return EarlyStoppingState(np.float32("inf"), zero, zero, np.bool_(False), kept)

    def after_epoch(
        self, state: EarlyStoppingState, value: Tensor, weights: Weights
    ) -> EarlyStoppingState:
        """Return the state after one more epoch.

        Args:
            state: the state before it.
            value: float32 scalar, the monitored metric on the rows held out.
            weights: of the network after the epoch.
        """
        rule, value = self.rule, self.sign * value
        counts = state.epoch >= rule.start_from_epoch
        better = counts & (value + rule.min_delta < state.best)
        wait = tf.where(better | ~counts, 0, state.wait + 1)
        keep = better | (state.epoch <= rule.start_from_epoch)
        current = weights if rule.restore_best_weights else ()
        return EarlyStoppingState(
            best=tf.where(better, value, state.best),
            wait=wait,
            epoch=state.epoch + 1,
            stopped=counts & ~better & (wait >= rule.patience) & (state.epoch > 0),
            weights=tf.nest.map_structure(
                lambda now, best: tf.where(keep, now, best), current, state.weights
            ),
        )
