"""The reference engine: stock Keras `fit`, one replicate and one epoch at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from hiss.data.arrays import Floats, ReplicateArrays, Split
from hiss.data.replicate_data import column
from hiss.experiment.training import EarlyStopping as Rule
from hiss.experiment.training import Training
from hiss.network.build import schedule_clocks
from hiss.network.metrics import Metric, loss_per_row, make_loss
from hiss.network.mixing import MixedTargets, mixing_layer
from hiss.network.optimizers import make_optimizer, seed_noise
from hiss.noise import random as noise
from hiss.noise.random import Tensor
from hiss.training.callback import Monitor, TrainedEpochs, TrainingCallback, TrainingStopped


class ReferenceCallback(TrainingCallback):
    """Reads the epochs of one replicate from the logs of stock `fit`."""

    def __init__(self, monitor: Monitor, replicate: int) -> None:
        """Follow one replicate of an arm."""
        super().__init__(monitor, range(replicate, replicate + 1))
        self.replicate = replicate

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the epoch, then raise `TrainingStopped` if the stop flag is set."""
        assert logs is not None
        row = [float(logs[name]) for name in self.curves.metrics]
        self.epochs_trained([TrainedEpochs(self.replicate, np.array([row], np.float32))])
        super().on_epoch_end(epoch, logs)


def compile_reference(
    network: Any, training: Training, metrics: tuple[Metric, ...], split: Split
) -> None:
    """Compile a network by Keras' own `compile`, with hiss's metrics of the targets of a split."""
    mixing = mixing_layer(network)
    targets = column(split.y_train[:1]).shape[-1]
    network.compile(
        optimizer=make_optimizer(training.optimizer),
        loss=MixedTargets(loss_per_row(training.loss), mixing, split.task)
        if mixing
        else make_loss(training.loss),
        metrics=[MeanOverRows(metric, targets) for metric in metrics],
    )


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
    steps = math.ceil(len(arrays.x) / training.batch_size)
    for place in schedule_clocks(network):
        network.non_trainable_variables[place].assign(training.epochs * steps)
    seed_noise(network.optimizer, shuffling_seed)
    rule = training.early_stopping
    stopping = [EarlyStopping(rule, arrays, callback)] if rule else []
    try:
        network.fit(
            batches(arrays, training.batch_size, shuffling_seed),
            steps_per_epoch=steps,
            validation_data=(arrays.x_val, arrays.y_val),
            epochs=training.epochs,
            callbacks=[callback, *others, *stopping],
            shuffle=False,
            verbose=0,
        )
    except TrainingStopped:
        if callback.curves.counts[callback.replicate]:
            network.optimizer.finalize_variable_values(network.trainable_variables)
        for each in stopping:
            each.restore_after_stop()
        raise


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """Keras' callback, monitoring rows held out of the training rows."""

    def __init__(self, rule: Rule, arrays: ReplicateArrays, callback: ReferenceCallback) -> None:
        """Follow a `rule`, and mark the replicate in `callback` when it has ended training."""
        mode = "max" if rule.monitor == "accuracy" else "min"
        arguments = rule.model_dump(exclude={"validation_size"})
        super().__init__(**arguments, mode=mode)
        self.arrays = arrays
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
        measured = self.model.evaluate(
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
