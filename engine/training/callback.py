"""The Keras callback of both engines: trained epochs → `Curves`, stop flag → an exception."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.results.curves import Curves


class TrainingStopped(Exception):
    """The stop flag was set; the epochs reported so far stay in the curves."""


@dataclass(frozen=True, slots=True)
class TrainedEpochs:
    """Consecutive epochs of one replicate, as one step of training has measured them."""

    replicate: int
    """Its number within the arm, from 0."""
    table: NDArray[np.float32]
    """Shape (epochs trained, metrics), the metrics in the order of `Curves.metrics`."""
    ended_early: bool = False
    """Whether early stopping has ended the training after these epochs."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """What connects the training of an arm with whoever watches it."""

    curves: Curves
    """Filled while the arm trains."""
    stop: threading.Event
    """Set from any thread to end the training."""
    started: Callable[[], None]
    """Called on the training thread whenever epochs were added to `curves`."""


class TrainingCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes the epochs of one or more replicates into `curves` while `fit` trains them.

    Keras calls it on the training thread. Epochs arrive by `epochs_trained`, not as Keras' logs:
    the fused engine trains many epochs of every replicate in one train step.
    """

    def __init__(self, monitor: Monitor, replicates: range) -> None:
        """Follow the given `replicates` of an arm."""
        super().__init__()
        self.monitor = monitor
        self.curves = monitor.curves
        self.replicates = replicates
        self.failures: dict[int, str] = {}
        """Replicate → why it failed."""
        self.period: int | None = None
        """A train step ends at each multiple of this many epochs; None lets it end anywhere."""
        self.early: set[int] = set()
        """Replicates whose training was ended by the experiment's early stopping."""

    @property
    def stopped(self) -> bool:
        """Whether the training is to end now."""
        return self.monitor.stop.is_set()

    @property
    def active(self) -> list[int]:
        """The replicates that have neither failed nor stopped early."""
        ended = self.early | self.failures.keys()
        return [number for number in self.replicates if number not in ended]

    @property
    def remaining(self) -> int:
        """Epochs still to be trained; 0 when every replicate has ended."""
        return min(
            (self.curves.epochs - int(self.curves.counts[number]) for number in self.active),
            default=0,
        )

    @property
    def until_pause(self) -> int:
        """Epochs still to be trained until the next pause, or until the end."""
        if self.period is None:
            return self.remaining
        done = self.curves.epochs - self.remaining
        return min(self.remaining, self.period - done % self.period)

    def epochs_trained(self, trained: Iterable[TrainedEpochs]) -> None:
        """Write trained epochs into the curves, and let `fit` end after the last epoch."""
        for each in trained:
            self._write(each)
        self.monitor.started()
        self.model.stop_training = not self.remaining

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Raise `TrainingStopped` if the stop flag is set."""
        self._raise_if_stopped()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Raise `TrainingStopped` if the stop flag is set."""
        self._raise_if_stopped()

    def _raise_if_stopped(self) -> None:
        # by an exception: after `stop_training`, Keras would still validate the epoch that was
        # broken off, and report it as a whole one
        if self.stopped:
            raise TrainingStopped

    def _write(self, trained: TrainedEpochs) -> None:
        """Append the epochs of an active replicate, up to the first loss that is not finite."""
        number, table = trained.replicate, trained.table
        if number not in self.active:
            return
        if trained.ended_early:
            self.early.add(number)
        losses = table[:, self.curves.metrics.index("loss")]
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):
            table = table[: broken[0]]
            kind = "NaN" if np.isnan(losses[broken[0]]) else "infinite"
            epoch = int(self.curves.counts[number]) + len(table) + 1
            self.failures[number] = f"loss is {kind} at epoch {epoch}"
        self.curves.extend(number, table)
