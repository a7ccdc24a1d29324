"""Replicates side by side on a GPU: one graph in which every tensor holds all of them.

There the launches of kernels dominate, not the arithmetic, and thirty replicates cost about what
one costs. Not every network can be stacked: TensorFlow's `vectorized_map` knows no convolution
whose kernels differ, and nothing that stops early.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops.parallel_for import pfor

from hiss.data.arrays import ReplicateArrays
from hiss.noise import random as noise
from hiss.training.callback import TrainingCallback
from hiss.training.parallel_cpu import Stretch, on_device
from hiss.training.program import Program, State

HEIGHT = 32
"""Replicates in every stack, some of them copies when there are fewer: a replicate's result must
not depend on how many train beside it."""


class NotStackableError(Exception):
    """A network that has to train replicate by replicate."""


class ParallelGpu:
    """Trains all replicates by one call of one compiled program."""

    def __init__(
        self, program: Program, states: Sequence[State], rows: Sequence[ReplicateArrays]
    ) -> None:
        """Take a state and the rows of each of at most `HEIGHT` replicates.

        Raises:
            CannotStackError: if the program cannot be stacked.
        """
        if program.stopping:
            raise NotStackableError("replicates stop early, each at its own time")
        filled = [*range(len(states)), *[0] * (HEIGHT - len(states))]
        self._size = len(states)
        self._states, self._rows = on_device(
            tf.nest.map_structure(lambda *each: np.stack(each), *(states[n] for n in filled)),
            ReplicateArrays(
                *(np.stack(each) for each in zip(*(rows[n] for n in filled), strict=True))
            ),
        )
        self._advance = _stacked(program, self._states, self._rows)

    def advance(self, epochs: int, report: TrainingCallback) -> Stretch:
        """Train all replicates for some epochs."""
        began = time.perf_counter()
        self._states, tables = self._advance(self._states, self._rows, tf.constant(epochs))
        trained = tables.numpy()[:epochs, : self._size].swapaxes(0, 1)
        return Stretch(tuple(trained), time.perf_counter() - began)

    def state(self, place: int) -> State:
        """Give the state that a replicate has come to."""
        state: State = tf.nest.map_structure(lambda tensor: tensor[place], self._states)
        return state

    def close(self) -> None:
        """Leave nothing to end."""


def _stacked(program: Program, states: State, rows: ReplicateArrays) -> Any:
    """Compile a program for a whole stack."""

    def epoch(states: State, rows: ReplicateArrays) -> tuple[State, Any]:
        after: tuple[State, Any] = tf.vectorized_map(
            lambda pair: program.epoch(*pair), (states, rows), fallback_to_while_loop=False
        )
        return after

    def advance(states: State, rows: ReplicateArrays, epochs: Any) -> tuple[State, Any]:
        return program.repeat(epoch, states, rows, epochs, HEIGHT)[1:]

    try:
        with noise.always_draw():
            return program.compiled("stacked", advance, states, rows)
    except (ValueError, TypeError, NotImplementedError, tf.errors.OpError) as error:
        raise NotStackableError(str(error).split("\n", 1)[0]) from error


@pfor.RegisterPFor("Bitcast")  # type: ignore[untyped-decorator]
def _bitcast(one: Any) -> Any:
    """Teach `vectorized_map` to read a stack of tensors as another type."""
    return pfor.wrap(tf.bitcast(one.stacked_input(0), one.get_attr("type")), True)
