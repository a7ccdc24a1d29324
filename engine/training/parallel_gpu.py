"""Replicates side by side on a GPU: one graph in which every tensor holds all of them.

There the launches of kernels dominate, not the arithmetic, and thirty replicates cost about what
one costs. Not every network can be stacked: `tf.vectorized_map` has no rule for a convolution
whose kernels differ, which is why convolutions are products of matrices here, as far as
`cpu_operations.py` writes them so; nor for a loop over steps in time, which are written out one by
one; nor for a loop that ends at another epoch for each replicate.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from hiss.compatibility import operations_replaced, recurrence, register_vectorized_bitcast
from hiss.data.arrays import ReplicateArrays
from hiss.noise import random as noise
from hiss.noise.random import Tensor
from hiss.training.callback import TrainedEpochs, TrainingCallback
from hiss.training.compiling import Compiled
from hiss.training.convolution import of_a_stack
from hiss.training.cpu_operations import OPERATIONS
from hiss.training.epochs import State, Trained
from hiss.training.parallel_cpu import ParallelStep, on_device
from hiss.training.program import Program

STEP = 32
"""A stack has room for a multiple of this, and copies of a replicate where there are fewer: a
result must not depend on how many train beside it."""

register_vectorized_bitcast()  # the random numbers of the noise need it


class NotStackableError(Exception):
    """A network whose replicates cannot be trained in one graph."""


class ParallelGpu:
    """Trains all replicates by one call of one compiled program; by several where memory ends."""

    def __init__(
        self, program: Program, states: Sequence[State], arrays: Sequence[ReplicateArrays]
    ) -> None:
        """Take a state and the arrays of each replicate.

        Raises:
            NotStackableError: if the program cannot be stacked.
        """
        if program.early_stopping:
            raise NotStackableError("each replicate stops early at an epoch of its own")
        self._stacks = _stacks(program, states, arrays)

    def advance(self, epochs: int, callback: TrainingCallback) -> ParallelStep:
        """Train all replicates for some epochs."""
        began = time.perf_counter()
        tables = [table for stack in self._stacks for table in stack.advance(epochs)]
        pairs = zip(callback.replicates, tables, strict=False)  # the copies behind are left out
        return ParallelStep([TrainedEpochs(*pair) for pair in pairs], time.perf_counter() - began)

    def state(self, place: int) -> State:
        """Return the present state of the replicate at a place of the block, from 0."""
        number, within = divmod(place, self._stacks[0].size)
        state: State = tf.nest.map_structure(
            lambda tensor: tensor[within], self._stacks[number].states
        )
        return state

    def close(self) -> None:
        """Do nothing: there are no threads to end."""


class _Stack:
    """Replicates in one graph."""

    def __init__(
        self,
        program: Program,
        states: Sequence[State],
        arrays: Sequence[ReplicateArrays],
        size: int,
    ) -> None:
        places = [*range(len(states)), *[0] * (size - len(states))]
        self.size = size
        self.states, self._arrays = on_device(
            tf.nest.map_structure(lambda *each: np.stack(each), *(states[n] for n in places)),
            tf.nest.map_structure(lambda *each: np.stack(each), *(arrays[n] for n in places)),
        )
        self._advance = _compile(program, self.states, self._arrays, size)

    def advance(self, epochs: int) -> np.ndarray:
        """Train for some epochs and return what was measured: replicates × epochs × metrics."""
        self.states, table, done = self._advance(self.states, self._arrays, tf.constant(epochs))
        measured: np.ndarray = table.numpy()[: int(done)].swapaxes(0, 1)
        return measured


def _stacks(
    program: Program, states: Sequence[State], arrays: Sequence[ReplicateArrays]
) -> list[_Stack]:
    """Put the replicates into one stack; into smaller ones where memory does not suffice."""
    steps = math.ceil(len(states) / STEP)
    while True:
        size = steps * STEP
        parts = [slice(first, first + size) for first in range(0, len(states), size)]
        try:
            return [_Stack(program, states[each], arrays[each], size) for each in parts]
        except tf.errors.ResourceExhaustedError as error:
            if steps == 1:
                raise NotStackableError("a stack does not fit into the memory") from error
            steps = math.ceil(steps / 2)


def _compile(program: Program, states: State, arrays: ReplicateArrays, size: int) -> Compiled:
    """Compile a program for a whole stack."""

    def epoch(states: State, arrays: ReplicateArrays) -> tuple[State, Tensor]:
        after: tuple[State, Tensor] = tf.vectorized_map(
            lambda pair: program.epoch(*pair), (states, arrays), fallback_to_while_loop=False
        )
        return after

    def advance(states: State, arrays: ReplicateArrays, epochs: Tensor) -> Trained:
        with (
            noise.always_draw(),
            of_a_stack(),
            operations_replaced(OPERATIONS),
            recurrence(unrolled=True),
        ):
            return program.repeat(epoch, states, arrays, epochs, (size,))

    try:
        return program.compiled(f"stacked {size}", advance, states, arrays)
    except tf.errors.ResourceExhaustedError:
        raise
    except (ValueError, TypeError, NotImplementedError, tf.errors.OpError) as error:
        raise NotStackableError(str(error).split("\n", 1)[0]) from error
