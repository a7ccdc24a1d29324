"""Replicates side by side on a CPU: one compiled program, and threads that call it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import tensorflow as tf

from hiss.data.arrays import ReplicateArrays
from hiss.training.callback import TrainedEpochs, TrainingCallback
from hiss.training.program import Program, State


class ParallelStep(NamedTuple):
    """What one train step of parallel replicates has done."""

    trained: list[TrainedEpochs]
    """Of each replicate that was trained."""
    call_seconds: float
    """The longest time for which a stop could not take effect."""


class ParallelCpu:
    """Calls the program once for every replicate; a call releases Python's global lock.

    On a CPU, XLA runs a program on one core, and stacking replicates gains nothing.
    """

    def __init__(
        self,
        program: Program,
        states: Iterable[State],
        arrays: Iterable[ReplicateArrays],
        threads: int,
    ) -> None:
        """Take a state and the arrays of each replicate; all but the first while XLA compiles."""
        pairs = itertools.starmap(on_device, zip(states, arrays, strict=True))
        taken = [next(pairs)]
        self._advance = program.compiled(
            "alone", program.advance, *taken[0], meanwhile=lambda: taken.extend(pairs)
        )
        self._states = [state for state, _ in taken]
        self._arrays = [each for _, each in taken]
        self._pool = ThreadPoolExecutor(threads)

    def advance(self, epochs: int, callback: TrainingCallback) -> ParallelStep:
        """Train each active replicate for some epochs; start none once the stop flag is set."""
        first = callback.replicates.start

        def train(replicate: int) -> tuple[TrainedEpochs, float] | None:
            if callback.stopped:
                return None
            began = time.perf_counter()
            trained = self._train(replicate, replicate - first, epochs)
            return trained, time.perf_counter() - began

        done = [each for each in self._pool.map(train, callback.active) if each is not None]
        trained = [epochs for epochs, _ in done]
        return ParallelStep(trained, max((seconds for _, seconds in done), default=0.0))

    def state(self, place: int) -> State:
        """Return the present state of the replicate at a place of the block, from 0."""
        return self._states[place]

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _train(self, replicate: int, place: int, epochs: int) -> TrainedEpochs:
        arrays = self._arrays[place]
        with tf.device(arrays.x.device):  # `tf.device` holds for one thread only
            state, table, done = self._advance(self._states[place], arrays, tf.constant(epochs))
        self._states[place] = state
        count = int(done)
        return TrainedEpochs(replicate, table.numpy()[:count], ended_early=count < epochs)


def on_device(state: State, arrays: ReplicateArrays) -> tuple[State, ReplicateArrays]:
    """Copy a state and arrays to the present device."""
    tensors: State = tf.nest.map_structure(tf.constant, state)
    return tensors, tf.nest.map_structure(tf.constant, arrays)
