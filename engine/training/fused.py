"""The fused engine: one train step of `fit` trains many epochs of all replicates."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from hiss.training.callback import TrainingCallback
from hiss.training.epochs import MAX_EPOCHS, State
from hiss.training.parallel_cpu import ParallelStep

STEP_SECONDS = 0.2
"""How long one train step should take: the curves grow five times a second."""
CALL_SECONDS = 0.05
"""How long a compiled call should take: no stop can take effect before it returns."""


class ParallelReplicates(Protocol):
    """Replicates of one arm that are trained side by side: `ParallelCpu` or `ParallelGpu`."""

    def advance(self, epochs: int, callback: TrainingCallback) -> ParallelStep:
        """Train all active replicates for some epochs, at most `MAX_EPOCHS`."""
        ...

    def state(self, place: int) -> State:
        """Return the present state of the replicate at a place of the block, from 0."""
        ...

    def close(self) -> None:
        """Free what only training needs."""
        ...


class FusedModel(keras.Model):  # type: ignore[misc]
    """A Keras model whose train step trains many epochs of many replicates."""

    replicates: ParallelReplicates
    callback: TrainingCallback
    epochs_per_step: int

    def __init__(self) -> None:
        """Make a model without layers or weights of its own."""
        super().__init__()
        self.built = True

    def train_step(self, data: Any) -> dict[str, float]:
        """Train `epochs_per_step` epochs and report them; `data` only counts the steps.

        What was measured does not travel in the logs: TensorFlow would keep a kernel for each of
        the many shapes that the tables have. Keras needs one log at least.
        """
        began = time.perf_counter()
        epochs = min(self.epochs_per_step, self.callback.until_pause)
        step = self.replicates.advance(epochs, self.callback)
        self._adapt_epochs_per_step(epochs, time.perf_counter() - began, step.call_seconds)
        self.callback.epochs_trained(step.trained)
        return {"epochs": float(epochs)}

    def _adapt_epochs_per_step(self, epochs: int, step_seconds: float, call_seconds: float) -> None:
        """Choose the length of the next step by how long this one and its longest call took."""
        slowest = max(step_seconds / STEP_SECONDS, call_seconds / CALL_SECONDS, 1e-6)
        longest = min(4 * epochs + 12, MAX_EPOCHS)
        self.epochs_per_step = int(np.clip(epochs / slowest, 1, longest))


def train_fused(
    replicates: ParallelReplicates,
    epochs: int,
    callback: TrainingCallback,
    others: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train replicates side by side through Keras' `fit`.

    Args:
        replicates: where they are.
        epochs: the most that are left to train; nothing happens if none are.
        callback: writes their epochs.
        others: called after it.

    Raises:
        TrainingStopped: if the stop flag of `callback` is set.
    """
    model = _model()
    model.replicates, model.callback, model.epochs_per_step = replicates, callback, 1
    try:
        if epochs:
            callbacks = [callback, *others]
            model.fit(_step_numbers(epochs), callbacks=callbacks, shuffle=False, verbose=0)
    finally:
        replicates.close()
        del model.replicates, model.callback


def _step_numbers(steps: int) -> Any:
    """Return a data set of step numbers, for as many steps as there can be.

    Without autotuning: the tuner's thread would hold up training for a second when it ends.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.range(steps).with_options(options)


@functools.cache
def _model() -> FusedModel:
    """Return the one model that trains everything: Keras keeps some memory of every model."""
    model = FusedModel()
    model.compile(run_eagerly=True)
    return model
