"""The training of one network as pure functions of its state, to be compiled once.

A `State` holds all that changes while one replicate trains: its weights, its noise streams, its
optimizer. Thirty replicates are thirty states given to the same compiled program, so that none
can depend on how many others there are.

The file reads from the outside in: many epochs (`epochs.py`), one epoch, one pass over the batches,
one gradient step, one forward pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hiss.data.arrays import ReplicateArrays, Task
from hiss.experiment.training import Training
from hiss.network.build import schedule_clocks
from hiss.network.metrics import Metric, columns, finished, metrics_for
from hiss.network.mixing import of_mixed_targets
from hiss.network.optimizers import (
    Packing,
    final_weights,
    make_optimizer,
    pure,
    starting_values,
)
from hiss.network.smoothing import smoothed_loss_per_row, smoothing_of
from hiss.network.start import Start
from hiss.noise import random as noise
from hiss.noise.random import Tensor
from hiss.training.compiling import Compiled, compile_program
from hiss.training.cpu_operations import with_cpu_operations
from hiss.training.early_stopping import PureEarlyStopping
from hiss.training.epochs import (
    Epoch,
    Recorded,
    State,
    Trained,
    train_epochs,
    train_recorded,
)


class Program:
    """One network, its loss and its optimizer, as functions of a `State`."""

    def __init__(
        self, name: str, network: Any, training: Training, task: Task, train_rows: int
    ) -> None:
        """Take a built `network`, whose own weights serve as a pattern only.

        Args:
            name: unique among all programs, in any process.
            network: the Keras model that is trained.
            training: its optimizer, loss, batch size and early stopping.
            task: chooses the metrics.
            train_rows: the number of training rows.
        """
        self.name, self.network = name, network
        self.steps_per_epoch = math.ceil(train_rows / training.batch_size)
        self.batch_size = training.batch_size
        self.loss, self.mixed = training.loss, of_mixed_targets(network, task)
        self.metrics: tuple[Metric, ...] = metrics_for(task)
        self.columns = columns(task)
        self.optimizer = pure(make_optimizer(training.optimizer))
        self.packing = Packing(network.trainable_variables, self.optimizer)
        self.optimizer.build(self.packing.variables)
        rule = training.early_stopping
        self.early_stopping = rule and PureEarlyStopping(rule, task)
        self._compiled: dict[str, Compiled] = {}
        self.scorers: dict[tuple[Any, ...], Compiled] = {}
        """`scores` as it was traced, by the device and the shapes of its rows."""

    def start(self, start: Start, shuffling_seed: int) -> State:
        """Return the state that training starts from, as numpy arrays."""
        other = list(start.other)
        for place in schedule_clocks(self.network):
            other[place] = np.asarray(start.training.epochs * self.steps_per_epoch, np.float32)
        moments = starting_values(self.optimizer, start.training.optimizer, shuffling_seed)
        trainable = self.packing.start(start.trainable)
        stopping = self.early_stopping.start((trainable, other)) if self.early_stopping else ()
        order, smoothing = [shuffling_seed, 0, 0], smoothing_of(start.training.loss)
        return State(trainable, other, moments, np.array(order, np.uint32), stopping, smoothing)

    def compiled(
        self,
        variant: str,
        advance: Callable[..., Any],
        state: State,
        arrays: ReplicateArrays,
        meanwhile: Callable[[], object] = lambda: None,
        counts: int = 1,
    ) -> Compiled:
        """Return `advance` compiled by XLA, from an earlier call if there was one.

        Args:
            variant: distinguishes several functions `advance` of the same program.
            advance: the method of this class, or a variant of it for stacked replicates.
            state: for the shapes and dtypes.
            arrays: for the shapes and dtypes, and the device.
            meanwhile: called while XLA compiles; once more if it has to compile twice.
            counts: how many int32 scalars `advance` takes beside them.
        """
        key = f"{variant} on {arrays.x.device}"
        if key in self._compiled:
            meanwhile()
        else:
            arguments = (state, arrays, *[tf.constant(0)] * counts)
            if "CPU" in arrays.x.device:
                advance = with_cpu_operations(advance)
            self._compiled[key] = compile_program(
                f"{self.name} {key}", advance, *arguments, meanwhile=meanwhile
            )
        return self._compiled[key]

    def advance(self, state: State, arrays: ReplicateArrays, epochs: Tensor) -> Trained:
        """Train one replicate for some epochs, or until it stops early.

        Args:
            state: what to start from.
            arrays: the rows that the replicate is trained and validated on.
            epochs: int32 scalar, at most `MAX_EPOCHS`.
        """
        return self.repeat(self.epoch, state, arrays, epochs)

    def advance_recorded(
        self,
        state: State,
        arrays: ReplicateArrays,
        epochs: Tensor,
        until_next: Tensor,
        period: Tensor,
        most: int,
    ) -> Recorded:
        """Do what `advance` does, and also return the network's values every `period` epochs.

        Args:
            state: as for `advance`.
            arrays: as for `advance`.
            epochs: as for `advance`.
            until_next: int32 scalar, epochs until the values are wanted for the first time.
            period: int32 scalar, from then on.
            most: how many times at most.
        """

        def train(state: State) -> tuple[State, Tensor]:
            return self.epoch(state, arrays)

        return train_recorded(train, state, len(self.columns), epochs, (until_next, period), most)

    def repeat(
        self,
        epoch: Epoch,
        state: State,
        arrays: ReplicateArrays,
        epochs: Tensor,
        stack: tuple[int, ...] = (),
    ) -> Trained:
        """Do what `advance` does, by calling `epoch` for one replicate or for a stack of them.

        In a stack of the shape (replicates,), the metrics have the shape (`MAX_EPOCHS`,
        replicates, columns).
        """

        def train(state: State) -> tuple[State, Tensor]:
            return epoch(state, arrays)

        return train_epochs(train, state, (*stack, len(self.columns)), epochs)

    def epoch(self, state: State, arrays: ReplicateArrays) -> tuple[State, Tensor]:
        """Train one replicate for one epoch; also return its metrics: shape (columns,).

        As in Keras, the first half is measured on the training rows during the epoch, with the
        noise on and while the weights change from batch to batch; the second half after it, on
        the validation rows with the noise off.
        """
        count = arrays.x.shape[0]
        if count <= self.batch_size:
            state, sums = self._step(state, arrays.x, arrays.y, arrays.weights)
        else:
            state, sums = self._batches(state, arrays)
        trained = finished(self.metrics, sums / count, arrays.y)
        row = tf.concat([trained, self.measure(state, arrays.x_val, arrays.y_val)], 0)
        return self._after_epoch(state, arrays), row

    def measure(self, state: State, x: Tensor, y: Tensor) -> Tensor:
        """Measure loss and metrics on some rows, with the noise off: shape (1 + metrics,)."""
        return self._measured(state, x, y)[0]

    def _measured(self, state: State, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Do what `measure` does, and return the predictions too."""
        weights = self.packing.unpack(state.trainable)
        predictions, _, penalties = self._predict(weights, state.other, x, training=False)
        losses = self._losses(state, y, predictions, penalties)
        means = tf.reduce_mean(self._per_row(losses, y, predictions), 1)
        return finished(self.metrics, means, y), predictions

    def scores(
        self, state: State, x: Tensor, y: Tensor, x_test: Tensor, y_test: Tensor
    ) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Measure the trained network on training rows and on test rows, and predict both."""
        trainable, other = self.final_values(state)
        state = state._replace(trainable=trainable, other=other)
        return self._measured(state, x, y), self._measured(state, x_test, y_test)

    def final_values(self, state: State) -> tuple[list[Tensor], list[Tensor]]:
        """Return the weights and the other variables of the network that a training ends with."""
        if state.early_stopping and state.early_stopping.weights:
            trainable, other = state.early_stopping.weights
            return trainable, other
        return final_weights(self.optimizer, state.optimizer, state.trainable), state.other

    def _after_epoch(self, state: State, arrays: ReplicateArrays) -> State:
        """Let early stopping, if there is any, measure the rows held out for it."""
        if not (self.early_stopping and state.early_stopping):
            return state
        held_out = self.measure(state, arrays.x_held, arrays.y_held)
        value = held_out[self.columns.index(self.early_stopping.rule.monitor)]
        weights = state.trainable, state.other
        after = self.early_stopping.after_epoch(state.early_stopping, value, weights)
        return state._replace(early_stopping=after)

    def _batches(self, state: State, arrays: ReplicateArrays) -> tuple[State, Tensor]:
        """Train on all rows once, in a new order; the last batch may be smaller.

        Also return loss and metrics summed over the rows.
        """
        count, size = arrays.x.shape[0], self.batch_size
        order = noise.permutation(state.shuffling, count)
        rows = _taken((arrays.x, arrays.y, arrays.weights), order)
        state = state._replace(shuffling=noise.advanced(state.shuffling))

        def train(start: Tensor, state: State, sums: Tensor) -> tuple[Tensor, State, Tensor]:
            state, more = self._step(state, *_taken(rows, start + tf.range(size)))
            return start + size, state, sums + more

        whole = count - count % size
        first = (tf.constant(0), state, tf.zeros(len(self.columns) // 2))
        _, state, sums = tf.while_loop(lambda start, *_: start < whole, train, first)
        if whole == count:
            return state, sums
        # XLA must know every batch's size when it compiles, so a smaller one is left to the end
        rest = tf.nest.map_structure(lambda each: each[whole:], rows)
        state, more = self._step(state, *rest)
        return state, sums + more

    def _step(self, state: State, x: Tensor, y: Tensor, row_weights: Any) -> tuple[State, Tensor]:
        """Do one gradient step; also return loss and metrics summed over the batch's rows.

        As in Keras, weights of the rows enter the loss, which is divided by the number of rows all
        the same, and no metric.
        """
        weights = self.packing.unpack(state.trainable)
        with tf.GradientTape() as tape:
            tape.watch(weights)
            predictions, other, penalties = self._predict(weights, state.other, x, training=True)
            losses = self._losses(state, y, predictions, penalties, row_weights)
            loss = self.optimizer.scale_loss(tf.reduce_mean(losses))
        gradients = self.packing.pack(tape.gradient(loss, weights))
        trainable, moments = self.optimizer.stateless_apply(
            state.optimizer, gradients, state.trainable
        )
        moved = state._replace(trainable=trainable, other=other, optimizer=moments)
        return moved, tf.reduce_sum(self._per_row(losses, y, predictions), 1)

    def _predict(
        self, weights: list[Tensor], other: list[Tensor], x: Tensor, *, training: bool
    ) -> Any:
        """Return predictions, the other variables after the pass, and the penalties to add.

        Losses and metrics are computed in float32 whatever the layers compute in, as in Keras.
        """
        predictions, other, penalties = self.network.stateless_call(
            weights, other, x, training=training, return_losses=True
        )
        penalties = [tf.cast(each, tf.float32) for each in penalties]
        return tf.cast(predictions, tf.float32), other, penalties

    def _losses(
        self, state: State, y: Tensor, predictions: Tensor, penalties: Any, row_weights: Any = ()
    ) -> Tensor:
        """Return one value a row, whose mean is the loss; () weighs all rows alike."""
        losses = self.mixed(smoothed_loss_per_row(self.loss, state.smoothing))(y, predictions)
        losses = losses if isinstance(row_weights, tuple) else losses * row_weights
        return losses + tf.add_n(penalties) if penalties else losses

    def _per_row(self, losses: Tensor, y: Tensor, predictions: Tensor) -> Tensor:
        """Return loss and metrics of each row: shape (1 + metrics, rows)."""
        metrics = [metric.per_row(y, predictions) for metric in self.metrics]
        return tf.stack([losses, *metrics])


def _taken(rows: Any, places: Tensor) -> Any:
    """Return the rows at some places, of each array of a nest."""
    return tf.nest.map_structure(lambda each: tf.gather(each, places), rows)
