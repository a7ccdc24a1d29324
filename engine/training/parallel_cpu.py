"""Replicates side by side on a CPU: one compiled program, and threads that call it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import tensorflow as tf

from hiss.data.arrays import ReplicateArrays
from hiss.noise.random import Tensor
from hiss.training.callback import TrainedEpochs, TrainingCallback
from hiss.training.epochs import MAX_EPOCHS, Recorded, State
from hiss.training.program import Program
from hiss.training.recorder import Recorder


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
        recorder: Recorder | None = None,
        meanwhile: Callable[[State], object] = lambda _: None,
    ) -> None:
        """Take a state and the arrays of each replicate; all but the first while XLA compiles.

        Args:
            program: of all replicates.
            states: of each.
            arrays: of each.
            threads: that call the program.
            recorder: takes snapshots, which the program itself hands over.
            meanwhile: called with the first state while XLA compiles.
        """
        pairs = itertools.starmap(on_device, zip(states, arrays, strict=True))
        taken = [next(pairs)]
        self._recorder = recorder

        def rest() -> None:
            taken.extend(pairs)
            meanwhile(taken[0][0])

        if recorder is None:
            self._advance = program.compiled("alone", program.advance, *taken[0], meanwhile=rest)
        else:
            most = recorder.most_in(MAX_EPOCHS)

            def advance(
                state: State, arrays: ReplicateArrays, epochs: Tensor, first: Tensor, period: Tensor
            ) -> Recorded:
                return program.advance_recorded(state, arrays, epochs, first, period, most)

            variant = f"recorded {most} times"
            self._advance = program.compiled(variant, advance, *taken[0], rest, counts=3)
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
            before = int(callback.curves.counts[replicate])
            trained = self._train(replicate, replicate - first, epochs, before)
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

    def _train(self, replicate: int, place: int, epochs: int, before: int) -> TrainedEpochs:
        arrays = self._arrays[place]
        with tf.device(arrays.x.device):  # `tf.device` holds for one thread only
            counts = [epochs]
            if self._recorder is not None:
                counts += [self._recorder.until_next(before), self._recorder.period]
            found = self._advance(self._states[place], arrays, *map(tf.constant, counts))
        state, table, done, *taken = found
        self._states[place] = state
        count = int(done)
        if self._recorder is not None:
            due = (before + count) // self._recorder.period - before // self._recorder.period
            self._recorder.take(replicate, [each.numpy()[:due] for each in taken[0]])
        return TrainedEpochs(replicate, table.numpy()[:count], ended_early=count < epochs)


def on_device(state: State, arrays: ReplicateArrays) -> tuple[State, ReplicateArrays]:
    """Copy a state and arrays to the present device."""
    tensors: State = tf.nest.map_structure(tf.constant, state)
    return tensors, tf.nest.map_structure(tf.constant, arrays)
