"""Taking snapshots of the weights while a block trains."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.noise.random import Tensor
from hiss.training.callback import TrainingCallback
from hiss.training.snapshots import Snapshots, snapshot_epochs

PERIOD = 1.0
"""Seconds between two looks at a training at least."""
Values = tuple[Sequence[Tensor], Sequence[Tensor]]
"""The trainable variables of one replicate, as training lays them out, and the other ones."""


class Recorder:
    """Takes the snapshots of one block while it trains.

    Tensors do not change, so that a snapshot costs nothing but the memory of its weights until the
    end, when all are copied.
    """

    def __init__(self, watch: Callable[[Snapshots], None] | None = None) -> None:
        """Start without a snapshot.

        Args:
            watch: called with the latest snapshot alone, at most once a second.
        """
        self._watch, self._watched = watch, time.monotonic()
        self._numbers = range(0)
        self.snapshots: Snapshots | None = None
        """Of the replicates that did not fail; None before the end, and after a stop."""
        self.epochs: list[int] = []
        """Epochs trained at each snapshot so far."""
        self._taken: list[list[Values]] = []
        self._unpack: Callable[[Sequence[Tensor]], list[NDArray[Any]]] = _as_arrays

    def begin(
        self,
        values: list[Values],
        callback: TrainingCallback,
        unpack: Callable[[Sequence[Tensor]], list[NDArray[Any]]] | None = None,
    ) -> None:
        """Take the first snapshot, and let training pause for the later ones.

        Args:
            values: of each replicate before training.
            callback: follows the replicates.
            unpack: turns trainable variables into an array for each variable of the network; None
                where they are laid out so.
        """
        self._unpack, self._numbers = unpack or _as_arrays, callback.replicates
        size = sum(np.asarray(each).nbytes for part in values[0] for each in part)
        callback.pauses = snapshot_epochs(callback.curves.epochs, size * len(values))
        self.take(0, values)

    def take(self, epoch: int, values: list[Values]) -> None:
        """Take a snapshot of all replicates after an epoch."""
        self.epochs.append(epoch)
        self._taken.append(values)
        now = time.monotonic()
        if self._watch is not None and now - self._watched >= PERIOD:
            self._watched = now
            self._watch(self._collected([-1], self._numbers))

    def end(self, values: list[Values], callback: TrainingCallback) -> None:
        """Copy the snapshots, with the networks that are scored as the last one."""
        curves, numbers = callback.curves, callback.replicates
        whole = [n for n in numbers if n in callback.early or curves.counts[n] == curves.epochs]
        if len({*whole, *callback.failures}) < len(numbers):
            return  # stopped
        last = int(curves.counts[numbers.start : numbers.stop].max())
        if self.epochs[-1] == last:
            self.epochs.pop()
            self._taken.pop()
        self.take(last, values)
        kept = [number for number in whole if number not in callback.failures]
        self.snapshots = self._collected(range(len(self.epochs)), kept)

    def _collected(self, moments: Sequence[int], numbers: Sequence[int]) -> Snapshots:
        """Copy the snapshots of some moments, by place, and replicates."""
        table = []
        for moment in moments:
            row = [self._taken[moment][number - self._numbers.start] for number in numbers]
            table.append([(self._unpack(values), _as_arrays(other)) for values, other in row])
        epochs = tuple(self.epochs[moment] for moment in moments)
        return Snapshots(tuple(numbers), epochs, _stacked(table, 0), _stacked(table, 1))


class SnapshotCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Takes a snapshot at each of the pauses that a recorder has asked for."""

    def __init__(
        self, recorder: Recorder, callback: TrainingCallback, values: Callable[[], list[Values]]
    ) -> None:
        """Take what `values` returns for all replicates; to be called after `callback`."""
        super().__init__()
        self.recorder, self.callback, self.values = recorder, callback, values

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take a snapshot if it is time; in stock `fit` a batch is no epoch yet."""
        self._take_if_due()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take a snapshot if it is time."""
        self._take_if_due()

    def _take_if_due(self) -> None:
        remaining = self.callback.remaining
        done = self.callback.curves.epochs - remaining
        if remaining and done in self.callback.pauses and done not in self.recorder.epochs:
            self.recorder.take(done, self.values())


def _as_arrays(values: Sequence[Tensor]) -> list[NDArray[Any]]:
    return [np.asarray(each) for each in values]


def _stacked(table: list[list[Any]], part: int) -> tuple[NDArray[Any], ...]:
    if not table[0]:
        return ()
    leaves = range(len(table[0][0][part]))
    return tuple(
        np.stack([np.stack([each[part][leaf] for each in row]) for row in table]) for leaf in leaves
    )
