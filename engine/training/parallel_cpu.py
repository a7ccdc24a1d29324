"""Replicates side by side on a processor: one compiled program, and threads that call it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from hiss.data.arrays import ReplicateArrays
from hiss.training.callback import TrainingCallback
from hiss.training.program import Program, State

Tables = tuple[NDArray[np.float32], ...]
"""Each replicate's rows of metrics; none of one that has ended."""


class Stretch(NamedTuple):
    """What one step of training has brought."""

    tables: Tables
    call_seconds: float
    """The longest time for which a stop could not take effect."""


class ParallelCpu:
    """Calls the program once for every replicate; a call lets go of Python's lock.

    On a CPU, XLA runs a program on one core, and stacking replicates gains nothing.
    """

    def __init__(
        self,
        program: Program,
        states: Iterable[State],
        rows: Iterable[ReplicateArrays],
        threads: int,
    ) -> None:
        """Take a state and the rows of each replicate; all but the first while XLA compiles."""
        pairs = itertools.starmap(on_device, zip(states, rows, strict=True))
        taken = [next(pairs)]
        self._advance = program.compiled(
            "alone", program.advance, *taken[0], meanwhile=lambda: taken.extend(pairs)
        )
        self._states = [state for state, _ in taken]
        self._rows = [each for _, each in taken]
        self._none = np.empty((0, len(program.columns)), np.float32)
        self._pool = ThreadPoolExecutor(threads)

    def advance(self, epochs: int, report: TrainingCallback) -> Stretch:
        """Train each replicate for some epochs, unless it has failed or comes after a stop."""
        places = range(len(self._rows))
        turns = list(self._pool.map(lambda place: self._turn(place, epochs, report), places))
        tables, seconds = zip(*turns, strict=True)
        return Stretch(tables, max(seconds))

    def _turn(
        self, place: int, epochs: int, report: TrainingCallback
    ) -> tuple[NDArray[np.float32], float]:
        began = time.perf_counter()
        if report.stop.is_set() or report.replicates[place] in report.failures:
            return self._none, 0.0
        state, rows = self._states[place], self._rows[place]
        with tf.device(rows.x.device):  # a thread does not take over that of another
            state, table = self._advance(state, rows, tf.constant(epochs))
        self._states[place] = state
        return table.numpy()[:epochs], time.perf_counter() - began

    def state(self, place: int) -> State:
        """Give the state that a replicate has come to."""
        state: State = self._states[place]
        return state

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()


def on_device(state: Any, rows: ReplicateArrays) -> tuple[Any, ReplicateArrays]:
    """Put a state and rows on the device."""
    return tf.nest.map_structure(tf.constant, state), ReplicateArrays(*map(tf.constant, rows))
