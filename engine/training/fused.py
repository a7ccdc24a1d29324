"""The fused way through `fit`: every train step advances all replicates by many epochs."""

from __future__ import annotations

import functools
import time
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from hiss.training.callback import STEP, TrainingCallback
from hiss.training.parallel_cpu import Stretch, Tables
from hiss.training.program import CHUNK, State

STEP_SECONDS = 0.2
"""How long one train step should take: the curves grow five times a second."""
CALL_SECONDS = 0.05
"""How long training goes on before a stop can take effect."""


class ParallelReplicates(Protocol):
    """A way to train replicates side by side: `Lanes` or a `Stack`."""

    def advance(self, epochs: int, report: TrainingCallback) -> Stretch:
        """Train all replicates for some epochs, at most `CHUNK`."""
        ...

    def state(self, place: int) -> State:
        """Give the state that a replicate has come to."""
        ...

    def close(self) -> None:
        """Let go of what is no longer needed."""
        ...


class FusedModel(keras.Model):  # type: ignore[misc]
    """A Keras model whose train step is a stretch of training of many replicates."""

    replicates: ParallelReplicates
    report: TrainingCallback
    pace: int
    tables: Tables
    """What the last step has brought. Among the logs, TensorFlow would keep a kernel for each of
    the many shapes that they have."""

    def __init__(self) -> None:
        """Train nothing yet."""
        super().__init__()
        self.built = True

    def train_step(self, data: Any) -> dict[str, float]:
        """Advance all replicates by `pace` epochs; `data` only counts the steps."""
        began = time.perf_counter()
        pace = min(self.pace, self.report.remaining)
        stretch = self.replicates.advance(pace, self.report)
        self._aim(pace, time.perf_counter() - began, stretch.call_seconds)
        self.tables = stretch.tables
        return {STEP: float(pace)}

    def _aim(self, pace: int, step: float, call: float) -> None:
        """Choose the next pace by how long this step and its longest call took."""
        slowest = max(step / STEP_SECONDS, call / CALL_SECONDS, 1e-6)
        self.pace = int(np.clip(pace / slowest, 1, min(4 * pace + 12, CHUNK)))


def train_fused(replicates: ParallelReplicates, epochs: int, report: TrainingCallback) -> None:
    """Train replicates side by side through Keras' `fit`.

    Raises:
        Stopped: if `report` was told to stop.
    """
    model = _model()
    model.replicates, model.report, model.pace, model.tables = replicates, report, 1, ()
    try:
        model.fit(_counted(epochs), callbacks=[report], shuffle=False, verbose=0)
    finally:
        replicates.close()
        del model.replicates, model.report, model.tables


def _counted(steps: int) -> Any:
    """Count steps; TensorFlow's tuner would hold up training for a second when it is let go."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.range(steps).with_options(options)


@functools.cache
def _model() -> FusedModel:
    """Make the one model that trains everything: Keras keeps some memory of every model."""
    model = FusedModel()
    model.compile(run_eagerly=True)
    return model
