"""The training of one network as pure functions of its state, to be compiled once.

A state holds all that one replicate is: its weights, its noise streams, its optimizer. Whoever
trains thirty replicates calls the same compiled program with thirty states, so that none can
depend on how many others there are.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from engine import noise
from engine.compiling import compile_program
from engine.metrics import Metric, columns, loss_per_row, metrics_for
from engine.network import Start, schedule_clocks
from engine.optimizers import make_optimizer, pure, starting_values
from engine.spec import Task, Training
from engine.stopping import UNTRAINED, Stopping

CHUNK = 1024
"""The most epochs that one call of a compiled program trains."""


class State(NamedTuple):
    """All that changes while one replicate trains."""

    trainable: Any
    other: Any
    """The network's other variables: noise streams, noise strengths, moving averages."""
    optimizer: Any
    order: Any
    """The stream (uint32, shape (3,)) that shuffles the rows of each epoch."""
    watch: Any = ()
    """A `Watch` where training may stop early."""


class Rows(NamedTuple):
    """What one replicate is trained and validated on."""

    x: Any
    y: Any
    x_val: Any
    y_val: Any
    x_held: Any
    """Rows that early stopping looks at; none where there is no early stopping."""
    y_held: Any


class Program:
    """One network, its loss and its optimizer, as functions of a `State`."""

    def __init__(self, network: Any, training: Training, task: Task, rows: int) -> None:
        """Take a built `network`, whose own weights serve only as a pattern, and count `rows`."""
        self.network = network
        self.steps_per_epoch = math.ceil(rows / training.batch_size)
        self.batch_size = training.batch_size
        self.loss = loss_per_row(training.loss)
        self.metrics: tuple[Metric, ...] = metrics_for(task)
        self.columns = columns(task)
        self.optimizer = pure(make_optimizer(training.optimizer))
        self.optimizer.build(network.trainable_variables)
        rule = training.early_stopping
        self.stopping = rule and Stopping(rule, task)
        self._compiled: dict[str, Any] = {}
        self.scores = tf.function(self._scores, autograph=False)

    def start(self, start: Start, order_seed: int) -> State:
        """Make the state that training starts from, as numpy arrays."""
        other = list(start.other)
        for place in schedule_clocks(self.network):
            other[place] = np.asarray(start.training.epochs * self.steps_per_epoch, np.float32)
        moments = starting_values(self.optimizer, start.training.optimizer, order_seed)
        watch = self.stopping.start((start.trainable, other)) if self.stopping else ()
        order = np.array([order_seed, 0, 0], np.uint32)
        return State(start.trainable, other, moments, order, watch)

    def compiled(self, state: State, rows: Rows) -> Any:
        """Give (state, rows, epochs) → (state, a row of metrics for each epoch), compiled.

        `epochs` is an int32 tensor, at most `CHUNK`; rows from `epochs` on are NaN, and those
        after an early stop `UNTRAINED`.
        """
        device = rows.x.device
        if device not in self._compiled:
            self._compiled[device] = compile_program(self.advance, state, rows, tf.constant(0))
        return self._compiled[device]

    def _scores(self, state: State, x: Any, y: Any, x_test: Any, y_test: Any) -> Any:
        """Measure the trained network on the training and on the test rows."""
        if self.stopping and self.stopping.rule.restore_best_weights:
            trainable, other = state.watch.weights
            state = state._replace(trainable=trainable, other=other)
        return tf.stack([self.measure(state, x, y), self.measure(state, x_test, y_test)])

    def measure(self, state: State, x: Any, y: Any) -> Any:
        """Measure loss and metrics with the noise off: shape (1 + metrics,)."""
        predictions, _, penalties = self._predict(state, x, training=False)
        loss = tf.reduce_mean(self.loss(y, predictions)) + penalties
        means = [tf.reduce_mean(metric.per_row(y, predictions)) for metric in self.metrics]
        return self._finish([loss, *means], y)

    def advance(self, state: State, rows: Rows, epochs: Any) -> tuple[State, Any]:
        """Train for `epochs`; give the new state and the table that `compiled` describes."""

        def one_more(epoch: Any, state: State, table: Any) -> tuple[Any, State, Any]:
            state, row = self._epoch(state, rows)
            return epoch + 1, state, tf.tensor_scatter_nd_update(table, [[epoch]], [row])

        def goes_on(epoch: Any, state: State, table: Any) -> Any:
            return epoch < epochs if not self.stopping else (epoch < epochs) & ~state.watch.stopped

        untrained = UNTRAINED if self.stopping else np.float32("nan")
        table = tf.fill([CHUNK, len(self.columns)], untrained)
        _, state, table = tf.while_loop(goes_on, one_more, (tf.constant(0), state, table))
        return state, table

    def _epoch(self, state: State, rows: Rows) -> tuple[State, Any]:
        count = rows.x.shape[0]
        if count <= self.batch_size:
            state, sums = self._step(state, rows.x, rows.y)
        else:
            state, sums = self._batches(state, rows)
        trained = self._finish(tf.unstack(sums / count), rows.y)
        row = tf.concat([trained, self.measure(state, rows.x_val, rows.y_val)], 0)
        return self._watched(state, rows), row

    def _watched(self, state: State, rows: Rows) -> State:
        """Look at the rows held out, where training may stop early."""
        if not self.stopping:
            return state
        held = self.measure(state, rows.x_held, rows.y_held)
        value = held[self.columns.index(self.stopping.rule.monitor)]
        weights = state.trainable, state.other
        return state._replace(watch=self.stopping.after_epoch(state.watch, value, weights))

    def _batches(self, state: State, rows: Rows) -> tuple[State, Any]:
        """Go through all rows in a fresh order, the last batch being as small as it comes."""
        count, size = rows.x.shape[0], self.batch_size
        order = noise.permutation(state.order, count)
        x, y = tf.gather(rows.x, order), tf.gather(rows.y, order)
        state = state._replace(order=noise.advanced(state.order))

        def one_more(start: Any, state: State, sums: Any) -> tuple[Any, State, Any]:
            batch = (_slice(array, start, size) for array in (x, y))
            state, more = self._step(state, *batch)
            return start + size, state, sums + more

        whole = count - count % size
        first = (tf.constant(0), state, tf.zeros(len(self.columns) // 2))
        _, state, sums = tf.while_loop(lambda start, *_: start < whole, one_more, first)
        if whole == count:
            return state, sums
        state, more = self._step(state, x[whole:], y[whole:])
        return state, sums + more

    def _step(self, state: State, x: Any, y: Any) -> tuple[State, Any]:
        """Do one gradient step; also give loss and metrics summed over the rows."""
        with tf.GradientTape() as tape:
            tape.watch(state.trainable)
            predictions, other, penalties = self._predict(state, x, training=True)
            loss = tf.reduce_mean(self.loss(y, predictions)) + penalties
        gradients = tape.gradient(loss, state.trainable)
        trainable, moments = self.optimizer.stateless_apply(
            state.optimizer, gradients, state.trainable
        )
        sums = [tf.reduce_sum(metric.per_row(y, predictions)) for metric in self.metrics]
        moved = state._replace(trainable=trainable, other=other, optimizer=moments)
        return moved, tf.stack([loss * x.shape[0], *sums])

    def _predict(self, state: State, x: Any, *, training: bool) -> tuple[Any, Any, Any]:
        predictions, other, penalties = self.network.stateless_call(
            state.trainable, state.other, x, training=training, return_losses=True
        )
        return predictions, other, tf.add_n(penalties) if penalties else 0.0

    def _finish(self, means: list[Any], y: Any) -> Any:
        variance = tf.math.reduce_variance(tf.cast(y, tf.float32))
        finished = [
            metric.finish(mean, variance)
            for metric, mean in zip(self.metrics, means[1:], strict=True)
        ]
        return tf.stack([means[0], *finished])


def _slice(array: Any, start: Any, size: int) -> Any:
    """Take `size` rows from a place known only when the program runs."""
    return tf.gather(array, start + tf.range(size))
