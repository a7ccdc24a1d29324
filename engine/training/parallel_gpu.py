"""Replicates side by side on a GPU: one graph in which every tensor holds all of them.

There the launches of kernels dominate, not the arithmetic, and thirty replicates cost about what
one costs. Not every network can be stacked: `tf.vectorized_map` has no rule for a convolution
whose kernels differ, nor for a loop that ends at another epoch for each replicate.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hiss.compatibility import register_vectorized_bitcast
from hiss.data.arrays import ReplicateArrays
from hiss.noise import random as noise
from hiss.noise.random import Tensor
from hiss.training.callback import TrainedEpochs, TrainingCallback
from hiss.training.compiling import Compiled
from hiss.training.epochs import State, Trained
from hiss.training.parallel_cpu import ParallelStep, on_device
from hiss.training.program import Program

STACK_SIZE = 32
"""Replicates in every stack, some of them copies when there are fewer: a replicate's result must
not depend on how many train beside it."""

register_vectorized_bitcast()  # the random numbers of the noise need it


class NotStackableError(Exception):
    """A network whose replicates cannot be trained in one graph."""


class ParallelGpu:
    """Trains all replicates by one call of one compiled program."""

    def __init__(
        self, program: Program, states: Sequence[State], arrays: Sequence[ReplicateArrays]
    ) -> None:
        """Take a state and the arrays of each of at most `STACK_SIZE` replicates.

        Raises:
            NotStackableError: if the program cannot be stacked.
        """
        if program.early_stopping:
            raise NotStackableError("each replicate stops early at an epoch of its own")
        places = [*range(len(states)), *[0] * (STACK_SIZE - len(states))]
        self._states, self._arrays = on_device(
            tf.nest.map_structure(lambda *each: np.stack(each), *(states[n] for n in places)),
            tf.nest.map_structure(lambda *each: np.stack(each), *(arrays[n] for n in places)),
        )
        self._advance = _compile_stacked(program, self._states, self._arrays)

    def advance(self, epochs: int, callback: TrainingCallback) -> ParallelStep:
        """Train all replicates for some epochs."""
        began = time.perf_counter()
        self._states, table, done = self._advance(self._states, self._arrays, tf.constant(epochs))
        tables = table.numpy()[: int(done)].swapaxes(0, 1)  # the copies behind are left out
        pairs = zip(callback.replicates, tables, strict=False)
        return ParallelStep([TrainedEpochs(*pair) for pair in pairs], time.perf_counter() - began)

    def state(self, place: int) -> State:
        """Return the present state of the replicate at a place of the block, from 0."""
        state: State = tf.nest.map_structure(lambda tensor: tensor[place], self._states)
        return state

    def close(self) -> None:
        """Do nothing: there are no threads to end."""


def _compile_stacked(program: Program, states: State, arrays: ReplicateArrays) -> Compiled:
    """Compile a program for a whole stack."""

    def epoch(states: State, arrays: ReplicateArrays) -> tuple[State, Tensor]:
        after: tuple[State, Tensor] = tf.vectorized_map(
            lambda pair: program.epoch(*pair), (states, arrays), fallback_to_while_loop=False
        )
        return after

    def advance(states: State, arrays: ReplicateArrays, epochs: Tensor) -> Trained:
        return program.repeat(epoch, states, arrays, epochs, (STACK_SIZE,))

    try:
        with noise.always_draw():
            return program.compiled("stacked", advance, states, arrays)
    except (ValueError, TypeError, NotImplementedError, tf.errors.OpError) as error:
        raise NotStackableError(str(error).split("\n", 1)[0]) from error
