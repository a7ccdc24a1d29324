"""Many epochs in one compiled call, as pure functions of what changes while a replicate trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from hiss.data.arrays import ReplicateArrays
from hiss.network.smoothing import Smoothing
from hiss.noise.random import Tensor
from hiss.training.early_stopping import EarlyStoppingState

MAX_EPOCHS = 1024
"""The most epochs that one call of a compiled program trains: XLA needs to know the size of the
table that they are written into."""


class State(NamedTuple):
    """All that changes while one replicate trains, as nests of numpy arrays or tensors."""

    trainable: list[Tensor]
    """The weights, float32, laid out by `Packing`."""
    other: list[Tensor]
    """The network's other variables: noise streams, noise strengths, moving averages."""
    optimizer: list[Tensor]
    """The optimizer's variables: its step, its moments."""
    shuffling: Tensor
    """The random stream, uint32 of shape (3,), that shuffles the rows of each epoch."""
    early_stopping: EarlyStoppingState | tuple[()] = ()
    """() where training cannot stop early."""
    smoothing: Smoothing = ()
    """How much the loss smooths the labels."""


Epoch = Callable[[State, ReplicateArrays], tuple[State, Tensor]]
"""(state, arrays) → (the state after one epoch, its metrics: shape (columns,))."""
Step = Callable[[State], tuple[State, Tensor]]
"""An `Epoch` on the arrays of one replicate, or of a stack of them."""
Trained = tuple[State, Tensor, Tensor]
"""The state after some epochs; their metrics, float32 of shape (`MAX_EPOCHS`, columns), of which
only the rows of trained epochs mean anything; the number of trained epochs, an int32 scalar."""
Recorded = tuple[State, Tensor, Tensor, list[Tensor]]
"""The same, and the values of the trainable and the other variables at each record."""


def train_epochs(epoch: Step, state: State, shape: tuple[int, ...], epochs: Tensor) -> Trained:
    """Train for some epochs, or until it stops early.

    Args:
        epoch: trains for one.
        state: what to start from.
        shape: of an epoch's metrics.
        epochs: int32 scalar, at most `MAX_EPOCHS`.
    """
    table = tf.TensorArray(tf.float32, MAX_EPOCHS, element_shape=shape)
    done, state, table = _train(epoch, state, table, tf.constant(0), epochs)
    return state, table.stack(), done


def train_recorded(
    epoch: Step,
    state: State,
    columns: int,
    epochs: Tensor,
    due: tuple[Tensor, Tensor],
    most: int,
) -> Recorded:
    """Do what `train_epochs` does, and return the network's values at regular epochs.

    Between two records the loop is that of `train_epochs`: its numbers are the same.

    Args:
        epoch: trains for one.
        state: what to start from.
        columns: metrics of an epoch.
        epochs: int32 scalar, at most `MAX_EPOCHS`.
        due: int32 scalars, the epochs until the first record, and between two of them.
        most: records at most; behind those that were due the state at the end may stand once more.
    """
    wanted = [*state.trainable, *state.other]
    taken = [tf.TensorArray(each.dtype, most, element_shape=each.shape) for each in wanted]
    table = tf.TensorArray(tf.float32, MAX_EPOCHS, element_shape=(columns,))

    def train(done: Tensor, count: Tensor, state: State, table: Any, taken: Any) -> Any:
        end = tf.minimum(due[0] + count * due[1], epochs)
        done, state, table = _train(epoch, state, table, done, end)
        values = zip(taken, [*state.trainable, *state.other], strict=True)
        return done, count + 1, state, table, [each.write(count, value) for each, value in values]

    def continues(done: Tensor, count: Tensor, state: State, table: Any, taken: Any) -> Tensor:
        return _goes_on(state, done, epochs)

    first = (tf.constant(0), tf.constant(0), state, table, taken)
    done, _, state, table, taken = tf.while_loop(continues, train, first)
    return state, table.stack(), done, [each.stack() for each in taken]


def _train(
    epoch: Step, state: State, table: Any, first: Tensor, end: Tensor
) -> tuple[Tensor, State, Any]:
    """Train from one number of epochs to another, or until it stops early."""

    def train(done: Tensor, state: State, table: Any) -> tuple[Tensor, State, Any]:
        state, row = epoch(state)
        return done + 1, state, table.write(done, row)

    trained: tuple[Tensor, State, Any] = tf.while_loop(
        lambda done, state, table: _goes_on(state, done, end), train, (first, state, table)
    )
    return trained


def _goes_on(state: State, done: Tensor, end: Tensor) -> Tensor:
    stopping = state.early_stopping
    return (done < end) & ~stopping.stopped if stopping else done < end
