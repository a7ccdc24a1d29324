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
from hiss.training.snapshots import Snapshots, snapshot_period

PERIOD = 1.0
"""Seconds between two looks at a training at least."""
Values = tuple[Sequence[Tensor], Sequence[Tensor]]
"""The trainable variables of one replicate, as training lays them out, and the other ones."""
Watch = Callable[[Snapshots], None]
"""Takes the networks as they are now."""
Arrays = list[NDArray[Any]]
"""The same of several snapshots, in one list: each of shape (snapshots, …)."""


class Recorder:
    """Takes the snapshots of one block while it trains."""

    def __init__(self, watching: Callable[[], Watch | None] = lambda: None) -> None:
        """Start without a snapshot.

        Args:
            watching: returns what is to be called, at most once a second; None if nobody watches.
        """
        self.snapshots: Snapshots | None = None
        """Of the replicates that did not fail; None before the end, and after a stop."""
        self.period = 1
        """Epochs from one snapshot to the next."""
        self._watching, self._watched = watching, time.monotonic()
        self._numbers = range(0)
        self._taken: dict[int, list[Arrays]] = {}
        self._split = 0
        """How many of the arrays are trainable variables."""
        self._unpack: Callable[[Arrays], Arrays] = list

    def begin(
        self,
        values: list[Values],
        callback: TrainingCallback,
        unpack: Callable[[Arrays], Arrays] | None = None,
    ) -> None:
        """Take the first snapshot.

        Args:
            values: of each replicate before training.
            callback: follows the replicates.
            unpack: turns stacked trainable variables into an array for each variable of the
                network; None where they are laid out so.
        """
        self._unpack, self._numbers = unpack or list, callback.replicates
        self._split = len(values[0][0])
        first = list(map(_one, values))
        size = sum(each.nbytes for each in first[0])
        self.period = snapshot_period(callback.curves.epochs, size * len(values))
        self._taken = {number: [each] for number, each in zip(self._numbers, first, strict=True)}

    def most_in(self, epochs: int) -> int:
        """Return the most snapshots that may be due within a number of epochs."""
        return epochs // self.period + 2

    def until_next(self, epochs: int) -> int:
        """Return in how many epochs a replicate that has trained for some is recorded next."""
        return self.period - epochs % self.period

    def take(self, replicate: int, arrays: Arrays) -> None:
        """Take the next snapshots of a replicate; it may be called on any thread.

        Args:
            replicate: its number.
            arrays: its trainable and its other variables, each of shape (snapshots, …).
        """
        self._taken[replicate].append(arrays)

    def look(self, epoch: int, values: Callable[[], list[Values]]) -> None:
        """Show the networks as they are after an epoch, if somebody watches and it is time."""
        now, watch = time.monotonic(), self._watching()
        if watch is not None and now - self._watched >= PERIOD:
            self._watched = now
            watch(self._collected((epoch,), list(map(_one, values())), self._numbers))

    def end(self, values: list[Values], callback: TrainingCallback) -> None:
        """Copy the snapshots, with the networks that are scored as the last one.

        A replicate that stopped early stays as it was then.
        """
        curves, numbers = callback.curves, callback.replicates
        whole = [n for n in numbers if n in callback.early or curves.counts[n] == curves.epochs]
        if len({*whole, *callback.failures}) < len(numbers):
            return  # stopped
        last = int(curves.counts[numbers.start : numbers.stop].max())
        epochs = (*range(0, last, self.period), last)
        kept = [number for number in whole if number not in callback.failures]
        if not kept:
            return
        rows = []
        for number in kept:
            scored = _one(values[number - numbers.start])
            pairs = zip(zip(*self._taken[number], strict=True), scored, strict=True)
            rows.append([_ending_with(end, parts, len(epochs)) for parts, end in pairs])
        self.snapshots = self._collected(epochs, rows, kept)

    def _collected(
        self, epochs: Sequence[int], rows: Sequence[Arrays], numbers: Sequence[int]
    ) -> Snapshots:
        """Put the snapshots of some replicates, a row each, side by side."""
        unpacked = [(self._unpack(row[: self._split]), row[self._split :]) for row in rows]
        trainable, other = (
            tuple(np.stack(each, axis=1) for each in zip(*part, strict=True))
            for part in zip(*unpacked, strict=True)
        )
        return Snapshots(tuple(numbers), tuple(epochs), trainable, other)


class SnapshotCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Takes a snapshot of all replicates whenever one is due, or only lets them be looked at."""

    def __init__(
        self,
        recorder: Recorder,
        callback: TrainingCallback,
        values: Callable[[], list[Values]],
        *,
        takes: bool = True,
    ) -> None:
        """Take what `values` returns for all replicates; to be called after `callback`.

        Training pauses whenever a snapshot is due, unless the training takes them itself.
        """
        super().__init__()
        self.recorder, self.callback, self.values = recorder, callback, values
        self.takes, self.last = takes, 0
        if takes:
            callback.period = recorder.period

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take a snapshot if it is time; in stock `fit` a batch is no epoch yet."""
        self._take_if_due()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Take a snapshot if it is time."""
        self._take_if_due()

    def _take_if_due(self) -> None:
        remaining = self.callback.remaining
        done = self.callback.curves.epochs - remaining
        if not remaining or done == self.last:
            return
        self.last = done
        if self.takes and done % self.recorder.period == 0:
            pairs = zip(self.callback.replicates, self.values(), strict=True)
            for number, each in pairs:
                self.recorder.take(number, _one(each))
        self.recorder.look(done, self.values)


def _one(values: Values) -> Arrays:
    """Return a single snapshot as arrays of shape (1, …)."""
    return [np.asarray(each)[None] for part in values for each in part]


def _ending_with(end: NDArray[Any], parts: Sequence[NDArray[Any]], count: int) -> NDArray[Any]:
    """Join snapshots of a variable to `count`, the last of them, and what is missing, `end`."""
    missing = count - sum(map(len, parts))
    joined = np.concatenate([*parts, *[end] * missing])
    joined[-1] = end[0]
    return joined
