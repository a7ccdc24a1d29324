"""Early stopping of one replicate, by the rule of Keras' callback."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from hiss.data.arrays import Task
from hiss.errors import EngineError
from hiss.experiment.training import EarlyStopping

UNTRAINED = np.float32("-inf")
"""Stands in every metric of an epoch that was not trained because training had stopped."""


class Watch(NamedTuple):
    """What early stopping remembers of one replicate."""

    best: Any
    """The best value so far, or infinity; smaller is better."""
    wait: Any
    """Epochs without improvement."""
    epoch: Any
    """Epochs trained."""
    stopped: Any
    weights: Any
    """The best epoch's values of the trainable and of the other variables; () if not wanted."""


class Stopping:
    """Keras' `EarlyStopping`, as a pure function of what it remembers."""

    def __init__(self, rule: EarlyStopping, task: Task) -> None:
        """Follow a `rule`.

        Raises:
            EngineError: if the rule looks at the accuracy of a regression.
        """
        if rule.monitor == "accuracy" and task == "regression":
            raise EngineError(
                "training.early_stopping.monitor: expected loss for a regression, "
                "received accuracy."
            )
        self.rule = rule
        self.sign = -1.0 if rule.monitor == "accuracy" else 1.0

    def start(self, weights: tuple[Any, Any]) -> Watch:
        """Remember nothing but what training starts from."""
        kept = weights if self.rule.restore_best_weights else ()
        none = np.int32(0)
        return Watch(np.float32("inf"), none, none, np.bool_(False), kept)

    def after_epoch(self, watch: Watch, value: Any, weights: tuple[Any, Any]) -> Watch:
        """Take in the value of one more epoch."""
        rule, value = self.rule, self.sign * value
        looking = watch.epoch >= rule.start_from_epoch
        better = looking & (value + rule.min_delta < watch.best)
        wait = tf.where(better | ~looking, 0, watch.wait + 1)
        new = better | (watch.epoch <= rule.start_from_epoch)
        return Watch(
            tf.where(better, value, watch.best),
            wait,
            watch.epoch + 1,
            looking & ~better & (wait >= rule.patience) & (watch.epoch > 0),
            tf.nest.map_structure(
                lambda now, then: tf.where(new, now, then), *self._both(weights, watch)
            ),
        )

    def _both(self, weights: tuple[Any, Any], watch: Watch) -> tuple[Any, Any]:
        return (weights if self.rule.restore_best_weights else ()), watch.weights
