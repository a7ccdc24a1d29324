"""The Keras callback that keeps checkpoints of a fused block, and how one is taken up again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hiss.training.callback import TrainingCallback
from hiss.training.checkpoint import Checkpoint, Checkpoints
from hiss.training.epochs import State
from hiss.training.fused import ParallelReplicates


class CheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps where the replicates are whenever a checkpoint is due.

    Tensors do not change: the states can be copied and written while the next epochs are trained.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        parallel: ParallelReplicates,
        callback: TrainingCallback,
        began: float,
    ) -> None:
        """Follow replicates that began at a time of `perf_counter`; to be called after `callback`.

        A step that a stop has cut short raises there: all replicates have trained alike here.
        """
        super().__init__()
        self.checkpoints, self.parallel, self.callback = checkpoints, parallel, callback
        self.began = began

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep a checkpoint if it is time."""
        if not (self.checkpoints.due() and self.callback.remaining):
            return
        followed, curves = self.callback.replicates, self.callback.curves
        states = [self.parallel.state(place) for place in range(len(followed))]
        counts = curves.counts[followed.start : followed.stop].copy()
        failures, early = dict(self.callback.failures), frozenset(self.callback.early)
        seconds = time.perf_counter() - self.began

        def make() -> Checkpoint:
            values = curves.values[followed.start : followed.stop, :, : counts.max()].copy()
            leaves = (tf.nest.flatten(state) for state in states)
            arrays = tuple(tuple(np.asarray(leaf) for leaf in each) for each in leaves)
            return Checkpoint(arrays, counts, values, failures, early, seconds, curves.metrics)

        self.checkpoints.keep(make)


def restored_states(checkpoint: Checkpoint, pattern: State) -> Iterator[State]:
    """Yield the states of a checkpoint, each laid out as a pattern."""
    for leaves in checkpoint.states:
        yield tf.nest.pack_sequence_as(pattern, list(leaves))


def restore_callback(checkpoint: Checkpoint, callback: TrainingCallback) -> None:
    """Write a checkpoint's epochs into the curves, and mark the replicates that have ended."""
    callback.curves.fill(callback.replicates, checkpoint.counts, checkpoint.values)
    callback.failures.update(checkpoint.failures)
    callback.early.update(checkpoint.early)
    callback.monitor.started()
