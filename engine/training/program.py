"""The training of one network as pure functions of its state, to be compiled once.

A state holds all that one replicate is: its weights, its noise streams, its optimizer. Whoever
trains thirty replicates calls the same compiled program with thirty states, so that none can
depend on how many others there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from hiss.data.arrays import ReplicateArrays, Task
from hiss.experiment.training import Training
from hiss.network.build import Start, schedule_clocks
from hiss.network.metrics import Metric, columns, loss_per_row, metrics_for
from hiss.network.optimizers import Packing, make_optimizer, pure, starting_values
from hiss.noise import random as noise
from hiss.training.compiling import compile_program
from hiss.training.early_stopping import UNTRAINED, Stopping

CHUNK = 1024
"""The most epochs that one call of a compiled program trains."""


class State(NamedTuple):
    """All that changes while one replicate trains."""

    trainable: Any
    """The weights, as `Packing` lays them."""
    other: Any
    """The network's other variables: noise streams, noise strengths, moving averages."""
    optimizer: Any
    order: Any
    """The stream (uint32, shape (3,)) that shuffles the rows of each epoch."""
    watch: Any = ()
    """A `Watch` where training may stop early."""


Epoch = Callable[[State, ReplicateArrays], tuple[State, Any]]
"""(state, rows) → (the state after one epoch, what it measured)."""
Advance = Callable[[State, ReplicateArrays, Any], Any]
"""(state, rows, epochs) → (the state after them, a row of metrics for each)."""


class Program:
    """One network, its loss and its optimizer, as functions of a `State`."""

    def __init__(self, name: str, network: Any, training: Training, task: Task, rows: int) -> None:
        """Take a built `network`, whose own weights serve only as a pattern.

        Args:
            name: tells the program from all others, in any process.
            network: what is trained.
            training: how.
            task: what it is measured by.
            rows: how many it trains on.
        """
        self.name = name
        self.network = network
        self.steps_per_epoch = math.ceil(rows / training.batch_size)
        self.batch_size = training.batch_size
        self.loss = loss_per_row(training.loss)
        self.metrics: tuple[Metric, ...] = metrics_for(task)
        self.columns = columns(task)
        self.optimizer = pure(make_optimizer(training.optimizer))
        self.packing = Packing(network.trainable_variables, self.optimizer)
        self.optimizer.build(self.packing.variables)
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
        trainable = self.packing.start(start.trainable)
        watch = self.stopping.start((trainable, other)) if self.stopping else ()
        order = np.array([order_seed, 0, 0], np.uint32)
        return State(trainable, other, moments, order, watch)

    def compiled(
        self,
        way: str,
        advance: Advance,
        state: State,
        rows: ReplicateArrays,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Any:
        """Give `advance`, or what it became in an earlier call, compiled for such arguments.

        Args:
            way: which of the ways to train this program it is.
            advance: does what `advance` of this class does.
            state: for the shapes.
            rows: for the shapes, and the device.
            meanwhile: is called while the compiler works; more than once if that fails at first.
        """
        key = f"{way} on {rows.x.device}"
        if key in self._compiled:
            meanwhile()
        else:
            name = f"{self.name} {key}"
            self._compiled[key] = compile_program(
                name, advance, state, rows, tf.constant(0), meanwhile=meanwhile
            )
        return self._compiled[key]

    def _scores(self, state: State, x: Any, y: Any, x_test: Any, y_test: Any) -> Any:
        """Measure the trained network on the training and on the test rows."""
        if self.stopping and self.stopping.rule.restore_best_weights:
            trainable, other = state.watch.weights
            state = state._replace(trainable=trainable, other=other)
        return tf.stack([self.measure(state, x, y), self.measure(state, x_test, y_test)])

    def measure(self, state: State, x: Any, y: Any) -> Any:
        """Measure loss and metrics with the noise off: shape (1 + metrics,)."""
        weights = self.packing.unpack(state.trainable)
        predictions, _, penalties = self._predict(weights, state.other, x, training=False)
        losses = self._losses(y, predictions, penalties)
        return self._finished(tf.reduce_mean(self._measured(losses, y, predictions), 1), y)

    def advance(self, state: State, rows: ReplicateArrays, epochs: Any) -> tuple[State, Any]:
        """Train for `epochs`, an int32 tensor of at most `CHUNK`.

        Also give a row of metrics for each epoch; rows after the last are `UNTRAINED`.
        """
        trained, state, table = self.repeat(self.epoch, state, rows, epochs)
        return state, tf.where(tf.range(CHUNK)[:, None] < trained, table, UNTRAINED)

    def repeat(
        self, epoch: Epoch, state: State, rows: ReplicateArrays, epochs: Any, *stacked: int
    ) -> tuple[Any, State, Any]:
        """Do some epochs, of one replicate or of a stack of them.

        Give how many were done, the state after them, and what each measured: shape
        (`CHUNK`, `stacked`, columns), zeros after the last.
        """

        def one_more(done: Any, state: State, table: Any) -> tuple[Any, State, Any]:
            state, row = epoch(state, rows)
            return done + 1, state, table.write(done, row)

        def goes_on(done: Any, state: State, table: Any) -> Any:
            return done < epochs if not self.stopping else (done < epochs) & ~state.watch.stopped

        table = tf.TensorArray(tf.float32, CHUNK, element_shape=(*stacked, len(self.columns)))
        done, state, table = tf.while_loop(goes_on, one_more, (tf.constant(0), state, table))
        return done, state, table.stack()

    def epoch(self, state: State, rows: ReplicateArrays) -> tuple[State, Any]:
        """Train for one epoch; also measure the network: shape (columns,)."""
        count = rows.x.shape[0]
        if count <= self.batch_size:
            state, sums = self._step(state, rows.x, rows.y)
        else:
            state, sums = self._batches(state, rows)
        trained = self._finished(sums / count, rows.y)
        row = tf.concat([trained, self.measure(state, rows.x_val, rows.y_val)], 0)
        return self._watched(state, rows), row

    def _watched(self, state: State, rows: ReplicateArrays) -> State:
        """Look at the rows held out, where training may stop early."""
        if not self.stopping:
            return state
        held = self.measure(state, rows.x_held, rows.y_held)
        value = held[self.columns.index(self.stopping.rule.monitor)]
        weights = state.trainable, state.other
        return state._replace(watch=self.stopping.after_epoch(state.watch, value, weights))

    def _batches(self, state: State, rows: ReplicateArrays) -> tuple[State, Any]:
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
        weights = self.packing.unpack(state.trainable)
        with tf.GradientTape() as tape:
            tape.watch(weights)
            predictions, other, penalties = self._predict(weights, state.other, x, training=True)
            losses = self._losses(y, predictions, penalties)
            loss = tf.reduce_mean(losses)
        gradients = self.packing.pack(tape.gradient(loss, weights))
        trainable, moments = self.optimizer.stateless_apply(
            state.optimizer, gradients, state.trainable
        )
        moved = state._replace(trainable=trainable, other=other, optimizer=moments)
        return moved, tf.reduce_sum(self._measured(losses, y, predictions), 1)

    def _predict(self, weights: list[Any], other: Any, x: Any, *, training: bool) -> Any:
        return self.network.stateless_call(weights, other, x, training=training, return_losses=True)

    def _losses(self, y: Any, predictions: Any, penalties: list[Any]) -> Any:
        """Give one value a row, whose mean is the loss."""
        losses = self.loss(y, predictions)
        return losses + tf.add_n(penalties) if penalties else losses

    def _measured(self, losses: Any, y: Any, predictions: Any) -> Any:
        """Measure loss and metrics of each row: shape (1 + metrics, rows)."""
        metrics = [metric.per_row(y, predictions) for metric in self.metrics]
        return tf.stack([losses, *metrics])

    def _finished(self, means: Any, y: Any) -> Any:
        """Turn the means over rows into loss and metrics."""
        if not any(metric.transform for metric in self.metrics):
            return means
        loss, *others = tf.unstack(means)
        variance = tf.math.reduce_variance(y)
        pairs = zip(self.metrics, others, strict=True)
        return tf.stack([loss, *(metric.of(mean, variance) for metric, mean in pairs)])


def _slice(array: Any, start: Any, size: int) -> Any:
    """Take `size` rows from a place known only when the program runs."""
    return tf.gather(array, start + tf.range(size))
