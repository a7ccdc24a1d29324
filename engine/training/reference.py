"""The reference engine: stock Keras `fit`, one replicate and one epoch at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from hiss.data.arrays import Floats, ReplicateArrays, Split
from hiss.data.replicate_data import column
from hiss.experiment.training import EarlyStopping as Rule
from hiss.experiment.training import Training
from hiss.network.build import schedule_clocks
from hiss.network.metrics import Metric, make_loss, per_row_of
from hiss.network.mixing import MixedTargets, mixing_layer
from hiss.network.optimizers import make_optimizer, seed_noise
from hiss.network.user_model import own_compile_of
from hiss.network.user_network import UserNetwork
from hiss.noise import random as noise
from hiss.noise.random import Tensor
from hiss.training.callback import Monitor, TrainedEpochs, TrainingCallback, TrainingStopped

ROWS_AT_ONCE = 1_024
"""Rows that are evaluated in one go."""


class ReferenceCallback(TrainingCallback):
    """Reads the epochs of one replicate from the logs of stock `fit`."""

    def __init__(self, monitor: Monitor, replicate: int) -> None:
        """Follow one replicate of an arm."""
        super().__init__(monitor, range(replicate, replicate + 1))
        self.replicate = replicate
        self.measure: Callable[[], Mapping[str, Any]] | None = None
        """Measures an epoch, where the logs are those of a `train_step` of the user's."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the epoch, then raise `TrainingStopped` if the stop flag is set."""
        logs = self.measure() if self.measure else logs
        assert logs is not None
        row = [float(logs[name]) for name in self.curves.metrics]
        self.epochs_trained([TrainedEpochs(self.replicate, np.array([row], np.float32))])
        super().on_epoch_end(epoch, logs)


def compile_reference(
    network: Any, training: Training, metrics: tuple[Metric, ...], split: Split
) -> None:
    """Compile a network by Keras' own `compile`, with hiss's metrics of the targets of a split.

    A loss and an optimizer of the user's take the place of the experiment's.
    """
    mixing, own = mixing_layer(network), own_compile_of(network)
    targets = column(split.y_train[:1]).shape[-1]
    loss = make_loss(training.loss) if own.loss is None else own.loss
    optimizer = own.optimizer or make_optimizer(training.optimizer)
    loss = MixedTargets(per_row_of(loss), mixing, split.task) if mixing else loss
    measured = [MeanOverRows(metric, targets) for metric in metrics]
    if (trained := fitted_model(network)) is not network:
        trained.compile(optimizer, loss, metrics=own.metrics, jit_compile=False)
        optimizer = "sgd"  # of the network, which is only evaluated
    network.compile(optimizer, loss, metrics=measured)


def fitted_model(network: Any) -> Any:
    """Return the model whose `fit` trains a network: the user's, if it has a `train_step`."""
    last = network.layers[-1]
    is_users = isinstance(last, UserNetwork) and last.spec.own_step
    return last.model if is_users else network


def train_reference(
    network: Any,
    training: Training,
    arrays: ReplicateArrays,
    shuffling_seed: int,
    callback: ReferenceCallback,
    others: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train one replicate by stock `fit`; call the other callbacks after `callback`.

    Raises:
        TrainingStopped: if the stop flag of `callback` is set.
    """
    trained, steps = fitted_model(network), math.ceil(len(arrays.x) / training.batch_size)
    for place in schedule_clocks(network):
        network.non_trainable_variables[place].assign(training.epochs * steps)
    seed_noise(trained.optimizer, shuffling_seed)
    rule = training.early_stopping
    stopping = [EarlyStopping(rule, arrays, callback, network)] if rule else []
    validation: Any = (arrays.x_val, arrays.y_val)
    if trained is not network:
        callback.measure, validation = partial(_measured, network, arrays), None
    try:
        trained.fit(
            batches(arrays, training.batch_size, shuffling_seed),
            steps_per_epoch=steps,
            validation_data=validation,
            epochs=training.epochs,
            callbacks=[callback, *others, *stopping],
            shuffle=False,
            verbose=0,
        )
    except TrainingStopped:
        if callback.curves.counts[callback.replicate]:
            trained.optimizer.finalize_variable_values(trained.trainable_variables)
        for each in stopping:
            each.restore_after_stop()
        raise


def _measured(network: Any, arrays: ReplicateArrays) -> dict[str, float]:
    """Return loss and metrics on the training rows and the test rows, with the noise off."""
    train, test = (
        _evaluated(network, x, y) for x, y in ((arrays.x, arrays.y), (arrays.x_val, arrays.y_val))
    )
    return {**train, **{f"val_{name}": value for name, value in test.items()}}


def _evaluated(network: Any, x: Any, y: Any) -> Mapping[str, float]:
    """Return what `evaluate` does, without the data pipeline that it makes each time."""
    network.reset_metrics()
    found: Mapping[str, float] = {}
    for start in range(0, len(x), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        found = network.test_on_batch(x[part], y[part], return_dict=True)
    return found


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """Keras' callback, monitoring rows held out of the training rows."""

    def __init__(
        self, rule: Rule, arrays: ReplicateArrays, callback: ReferenceCallback, network: Any
    ) -> None:
        """Follow a `rule`, and mark the replicate in `callback` when it has ended training."""
        mode = "max" if rule.monitor == "accuracy" else "min"
        arguments = rule.model_dump(exclude={"validation_size"})
        super().__init__(**arguments, mode=mode)
        self.arrays, self.network = arrays, network
        self.callback = callback
        self.measured = 0
        """Epochs after which it has measured the rows held out."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Measure the rows held out, and end training where the rule says so."""
        super().on_epoch_end(epoch, logs)
        self.measured = epoch + 1

    def restore_after_stop(self) -> None:
        """Restore the best weights of a training that the user stopped.

        Its last whole epoch counts too, although Keras did not come to call this callback.
        """
        if self.callback.curves.counts[self.callback.replicate] > self.measured:
            self.on_epoch_end(self.measured)
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Mapping[str, Any] | None) -> float:
        """Return the monitored metric on the rows held out, with the noise off."""
        measured = self.network.evaluate(
            self.arrays.x_held, self.arrays.y_held, verbose=0, return_dict=True
        )
        return float(measured[self.monitor])

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Mark the replicate if its training was ended early."""
        super().on_train_end(logs)
        if self.stopped_epoch:
            self.callback.early.add(self.callback.replicate)


def batches(arrays: ReplicateArrays, size: int, seed: int) -> Iterator[tuple[Floats, ...]]:
    """Yield the batches of one epoch after the other, in the order of the fused engine.

    A batch is rows, targets and, where rows have weights, these: Keras' `sample_weight`.

    The last batch of an epoch may be smaller; rows that fit into one batch keep their order.

    Args:
        arrays: those of one replicate.
        size: rows of a batch.
        seed: of the shuffling.
    """
    count, weights = len(arrays.x), arrays.weights
    order, stream = np.arange(count), np.array([seed, 0, 0], np.uint32)
    while True:
        if count > size:
            order = np.asarray(noise.permutation(stream, count))
            stream = np.asarray(noise.advanced(stream))
        for start in range(0, count, size):
            chosen = order[start : start + size]
            given = () if isinstance(weights, tuple) else (weights[chosen],)
            yield (arrays.x[chosen], arrays.y[chosen], *given)


class MeanOverRows(keras.metrics.Metric):  # type: ignore[misc]
    """A metric of hiss, accumulated over batches as Keras does it."""

    def __init__(self, metric: Metric, targets: int = 1) -> None:
        """Accumulate `metric` of rows with a number of `targets`."""
        super().__init__(name=metric.name)
        self.metric = metric
        self.sums = self.add_variable((2 + 2 * targets,), "zeros", name="sums")
        """Rows; sums over them of the metric, of each target and of each squared target."""

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Add the rows of one batch."""
        targets = keras.ops.cast(y_true, "float32")
        values = self.metric.per_row(targets, keras.ops.cast(y_pred, "float32"))
        count = keras.ops.cast(keras.ops.shape(values)[0], "float32")
        parts = (
            keras.ops.stack([count, keras.ops.sum(values)]),
            keras.ops.sum(targets, axis=0),
            keras.ops.sum(keras.ops.square(targets), axis=0),
        )
        self.sums.assign_add(keras.ops.concatenate(parts))

    def result(self) -> Tensor:
        """Return the metric over all rows so far."""
        count, total = self.sums[0], self.sums[1]
        first, second = keras.ops.split(self.sums[2:], 2)
        variance = second / count - keras.ops.square(first / count)
        return self.metric.of(total / count, keras.ops.mean(variance))
