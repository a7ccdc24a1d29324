"""The Keras callback: what training logs → `Curves`, and the stop flag → an exception."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.results.curves import Curves
from hiss.training.early_stopping import UNTRAINED

STEP = "epochs_at_once"
"""The log that tells the fused engine's steps, of many epochs, from stock Keras' epochs."""


class TrainingStopped(Exception):
    """Training was asked to stop; what it has reported so far stands."""


class TrainingCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes the epochs of one or more replicates into `curves` as they come.

    Keras calls it on the training thread: of the fused engine with many epochs of every
    replicate after each batch, of the reference engine with one epoch of one replicate.
    """

    def __init__(
        self,
        curves: Curves,
        replicates: range,
        stop: threading.Event,
        started: Callable[[], None],
    ) -> None:
        """Report the given `replicates`, and call `started` when their first epoch is there."""
        super().__init__()
        self.curves = curves
        self.replicates = replicates
        self.stop = stop
        self.started = started
        self.failures: dict[int, str] = {}
        """Replicate → why it failed."""
        self.early: set[int] = set()
        """Replicates whose training stopped early, by the experiment's own rule."""

    @property
    def active(self) -> list[int]:
        """The replicates that have neither failed nor stopped early."""
        ended = self.early | self.failures.keys()
        return [number for number in self.replicates if number not in ended]

    @property
    def remaining(self) -> int:
        """Epochs that are still to be trained; 0 when every replicate has ended."""
        return min(
            (self.curves.epochs - int(self.curves.counts[number]) for number in self.active),
            default=0,
        )

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the epochs that one call of the fused engine has trained."""
        if logs and STEP in logs:
            for number, table in zip(self.replicates, self.model.tables, strict=True):
                self._write(number, table)
            self._go_on()
        self._leave_when_stopped()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the epoch that the reference engine has trained."""
        if logs and STEP not in logs:
            row = [float(logs[name]) for name in self.curves.metrics]
            self._write(self.replicates[0], np.array([row], np.float32))
            self._go_on()
        self._leave_when_stopped()

    def _go_on(self) -> None:
        """Say that training has started, and have `fit` end with the last epoch."""
        self.started()
        self.model.stop_training = not self.remaining

    def _write(self, number: int, rows: NDArray[np.float32]) -> None:
        """Append the epochs of one replicate, up to its early stop or a loss that is not finite."""
        if number not in self.active:
            return
        trained = (rows != UNTRAINED).any(axis=1)
        if not trained.all():
            self.early.add(number)
            rows = rows[trained]
        broken = np.flatnonzero(~np.isfinite(rows[:, self.curves.metrics.index("loss")]))
        if len(broken):
            epoch = int(self.curves.counts[number]) + int(broken[0]) + 1
            loss = rows[broken[0], self.curves.metrics.index("loss")]
            self.failures[number] = f"loss is {_name(loss)} at epoch {epoch}"
            rows = rows[: broken[0]]
        self.curves.extend(number, rows)

    def _leave_when_stopped(self) -> None:
        if self.stop.is_set():
            raise TrainingStopped


def _name(loss: float) -> str:
    return "NaN" if np.isnan(loss) else "infinite"
