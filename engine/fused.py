"""The fused way through `fit`: every train step advances all replicates by many epochs."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.program import CHUNK, Program, Rows, State
from engine.reporting import Report

CALL_SECONDS = 0.05
"""How long one train step should take, so that a stop takes effect within 100 ms."""


class FusedModel(keras.Model):  # type: ignore[misc]
    """A Keras model whose train step runs a compiled program once for every replicate.

    TensorFlow's executor runs as many of these calls at a time as there are cores.
    """

    def __init__(self, program: Program, block: Block, cores: int) -> None:
        """Train the replicates of `block`, on as many threads as there are `cores`."""
        super().__init__()
        self.program = program
        self.block = block
        self.cores = cores
        self.built = True

    def train_step(self, data: Any) -> dict[str, Any]:
        """Advance every replicate by `block.pace` epochs; `data` only counts the calls."""
        block, pace = self.block, self.block.pace.read_value()
        states, table = tf.map_fn(
            lambda one: self.program.advance(one[0], block.rows_of(one[1]), pace),
            (block.read(), tf.range(block.size)),
            fn_output_signature=(block.signature, tf.TensorSpec(None, tf.float32)),
            parallel_iterations=self.cores,
        )
        block.write(states)
        return {"table": table, "epochs": pace}


class Block:
    """The replicates that train side by side: their states as variables, and their rows."""

    def __init__(self, states: State, rows: Rows, *, shared: bool) -> None:
        """Put `states` and `rows` on the device.

        States are stacked along a first axis, one entry a replicate; rows too, unless `shared`.
        """
        self.variables = tf.nest.map_structure(
            lambda array: tf.Variable(array, trainable=False), states
        )
        self.rows = Rows(*map(tf.constant, rows))
        self.shared = shared
        self.size = len(states.order)
        self.pace = tf.Variable(1, trainable=False, dtype=tf.int32)

    @property
    def signature(self) -> State:
        """Shapes and types of one replicate's state."""
        return tf.nest.map_structure(
            lambda variable: tf.TensorSpec(variable.shape[1:], variable.dtype), self.variables
        )

    def rows_of(self, place: Any) -> Rows:
        """Give the rows of the replicate at a place in the block."""
        return self.rows if self.shared else Rows(*(array[place] for array in self.rows))

    def state(self, place: int) -> State:
        """Give the state of the replicate at a place in the block."""
        return tf.nest.map_structure(lambda variable: variable[place], self.variables)

    def read(self) -> State:
        """Give the states as tensors."""
        return tf.nest.map_structure(lambda variable: variable.read_value(), self.variables)

    def write(self, states: State) -> None:
        """Keep the states that training has led to."""
        tf.nest.map_structure(
            lambda variable, value: variable.assign(value), self.variables, states
        )


class Pace(keras.callbacks.Callback):  # type: ignore[misc]
    """Chooses how many epochs each call trains, and ends `fit` after the last."""

    def __init__(self, report: Report) -> None:
        """Follow how far `report` has come."""
        super().__init__()
        self.report = report
        self.chosen = 1
        self.began = 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the number of epochs of the call that begins."""
        self.chosen = min(self.chosen, self.report.remaining)
        self.model.block.pace.assign(self.chosen)
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Aim the next call at `CALL_SECONDS`; the first, which compiles, says nothing."""
        seconds = time.perf_counter() - self.began
        wanted = self.chosen * CALL_SECONDS / seconds if batch > 0 else 16
        self.chosen = int(np.clip(wanted, 1, min(4 * self.chosen + 12, CHUNK)))
        self.model.stop_training = self.report.remaining == 0


def train_fused(model: FusedModel, epochs: int, report: Report) -> None:
    """Train all replicates of `model` through Keras' `fit`.

    Raises:
        Stopped: if `report` was told to stop.
    """
    model.compile(jit_compile=False)
    calls = tf.data.Dataset.range(epochs)
    model.fit(calls, callbacks=[report, Pace(report)], shuffle=False, verbose=0)
