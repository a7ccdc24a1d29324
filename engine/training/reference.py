"""The reference way through `fit`: stock Keras, one replicate and one epoch at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from hiss.data.arrays import ReplicateArrays
from hiss.experiment.training import EarlyStopping as Rule
from hiss.experiment.training import Training
from hiss.network.build import schedule_clocks
from hiss.network.metrics import Metric, make_loss
from hiss.network.optimizers import make_optimizer, seed_noise
from hiss.noise import random as noise
from hiss.training.callback import TrainingCallback, TrainingStopped


def compile_reference(network: Any, training: Training, metrics: tuple[Metric, ...]) -> None:
    """Compile a network by Keras' own `compile`, with hiss's metrics."""
    network.compile(
        optimizer=make_optimizer(training.optimizer),
        loss=make_loss(training.loss),
        metrics=[MeanOverRows(metric) for metric in metrics],
    )


def train_reference(
    network: Any,
    training: Training,
    rows: ReplicateArrays,
    order_seed: int,
    report: TrainingCallback,
) -> None:
    """Train one replicate by stock `fit`.

    Raises:
        Stopped: if `report` was told to stop.
    """
    steps = math.ceil(len(rows.x) / training.batch_size)
    for place in schedule_clocks(network):
        network.non_trainable_variables[place].assign(training.epochs * steps)
    seed_noise(network.optimizer, order_seed)
    rule = training.early_stopping
    early = [EarlyStopping(rule, rows, report)] if rule else []
    try:
        network.fit(
            batches(rows, training.batch_size, order_seed),
            steps_per_epoch=steps,
            validation_data=(rows.x_val, rows.y_val),
            epochs=training.epochs,
            callbacks=[report, *early],
            shuffle=False,
            verbose=0,
        )
    except TrainingStopped:
        for each in early:
            each.break_off()
        raise


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """Keras' callback, looking at rows held out of the training rows."""

    def __init__(self, rule: Rule, rows: ReplicateArrays, report: TrainingCallback) -> None:
        """Follow a `rule`, and tell `report` when it has stopped the training."""
        mode = "max" if rule.monitor == "accuracy" else "min"
        arguments = rule.model_dump(exclude={"validation_size"})
        super().__init__(**arguments, mode=mode)
        self.rows = rows
        self.report = report
        self.looked = 0
        """Epochs that it has looked at."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the rows held out."""
        super().on_epoch_end(epoch, logs)
        self.looked = epoch + 1

    def break_off(self) -> None:
        """Keep the best weights of a training that was stopped, its last whole epoch included."""
        (number,) = self.report.replicates
        if self.report.curves.counts[number] > self.looked:
            self.on_epoch_end(self.looked)
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Any) -> float:
        """Measure the rows held out, with the noise off."""
        measured = self.model.evaluate(
            self.rows.x_held, self.rows.y_held, verbose=0, return_dict=True
        )
        return float(measured[self.monitor])

    def on_train_end(self, logs: Any = None) -> None:
        """Restore the best weights if that is wanted."""
        super().on_train_end(logs)
        if self.stopped_epoch:
            self.report.early.update(self.report.replicates)


def batches(rows: ReplicateArrays, size: int, seed: int) -> Iterator[tuple[Any, Any]]:
    """Give the batches of one epoch after the other, as the fused engine takes them.

    The last batch of an epoch is as small as it comes; a full batch is not shuffled.
    """
    count = len(rows.x)
    order, stream = np.arange(count), np.array([seed, 0, 0], np.uint32)
    while True:
        if count > size:
            order = np.asarray(noise.permutation(stream, count))
            stream = np.asarray(noise.advanced(stream))
        for start in range(0, count, size):
            chosen = order[start : start + size]
            yield rows.x[chosen], rows.y[chosen]


class MeanOverRows(keras.metrics.Metric):  # type: ignore[misc]
    """A metric of hiss, followed over batches as Keras does it."""

    def __init__(self, metric: Metric) -> None:
        """Follow `metric`."""
        super().__init__(name=metric.name)
        self.metric = metric
        self.sums = self.add_variable((4,), "zeros", name="sums")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count in one batch."""
        targets = keras.ops.cast(y_true, "float32")
        values = self.metric.per_row(y_true, y_pred)
        parts = (
            keras.ops.cast(keras.ops.shape(values)[0], "float32"),
            keras.ops.sum(values),
            keras.ops.sum(targets),
            keras.ops.sum(keras.ops.square(targets)),
        )
        self.sums.assign_add(keras.ops.stack(parts))

    def result(self) -> Any:
        """Give the metric over all rows so far."""
        count, total, first, second = keras.ops.unstack(self.sums)
        variance = second / count - keras.ops.square(first / count)
        return self.metric.of(total / count, variance)
