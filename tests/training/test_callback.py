"""What the Keras callback makes of the epochs that an engine reports."""

from __future__ import annotations

import threading

import keras
import numpy as np
import pytest

from hiss.results.curves import Curves
from hiss.training.callback import Monitor, TrainedEpochs, TrainingCallback, TrainingStopped

EPOCHS = 4


def callback() -> TrainingCallback:
    curves = Curves(("loss", "val_loss"), 3, EPOCHS)
    monitor = Monitor(curves, threading.Event(), lambda: None)
    made = TrainingCallback(monitor, range(1, 3))
    made.set_model(keras.Model())
    return made


def epochs(replicate: int, *losses: float, ended_early: bool = False) -> TrainedEpochs:
    table = np.array([[loss, 2 * loss] for loss in losses], np.float32).reshape(-1, 2)
    return TrainedEpochs(replicate, table, ended_early)


def test_epochs_are_appended_to_the_curves_of_their_replicates() -> None:
    made = callback()
    made.epochs_trained([epochs(1, 0.5, 0.25), epochs(2, 3.0, 2.0)])
    made.epochs_trained([epochs(1, 0.125)])
    assert made.curves.series("loss", 1).tolist() == [0.5, 0.25, 0.125]
    assert made.curves.series("val_loss", 2).tolist() == [6.0, 4.0]
    assert made.remaining == 1
    assert not made.model.stop_training


def test_fit_ends_when_each_replicate_is_whole_or_stopped_early() -> None:
    made = callback()
    made.epochs_trained([epochs(1, 1.0, ended_early=True), epochs(2, 1.0, 1.0)])
    assert (made.active, made.early, made.remaining) == ([2], {1}, 2)
    made.epochs_trained([epochs(2, 1.0, 1.0)])
    assert made.remaining == 0
    assert made.model.stop_training


@pytest.mark.parametrize(("loss", "kind"), [(np.nan, "NaN"), (np.inf, "infinite")])
def test_a_loss_that_is_not_finite_ends_the_curves_before_it(loss: float, kind: str) -> None:
    made = callback()
    made.epochs_trained([epochs(1, 1.0)])
    made.epochs_trained([epochs(1, 0.5, loss, 0.25), epochs(2, 1.0)])
    assert made.failures == {1: f"loss is {kind} at epoch 3"}
    assert made.curves.series("loss", 1).tolist() == [1.0, 0.5]
    made.epochs_trained([epochs(1, 0.125)])
    assert made.curves.counts.tolist() == [0, 2, 1]


def test_a_stop_leaves_fit_by_an_exception_after_the_epochs_are_written() -> None:
    made = callback()
    made.on_train_batch_end(0)
    made.monitor.stop.set()
    made.epochs_trained([epochs(1, 1.0)])
    with pytest.raises(TrainingStopped):
        made.on_train_batch_end(1)
    with pytest.raises(TrainingStopped):
        made.on_epoch_end(0)
    assert made.curves.counts.tolist() == [0, 1, 0]
