"""Pooling as XLA computes it fast in a loop on a CPU: whole slices compared or added.

XLA computes the gradient of a maximum window by window, ten to thirty times slower.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from hiss.data.arrays import Floats
from hiss.noise.random import Tensor
from hiss.training.windows import Axis, add_up, padded, read, read_all

Gradient = Callable[[Tensor], Tensor]


def max_pool(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Return the largest value in each window; its gradient goes to the first of equal ones.

    Windows that overlap are pooled axis by axis, the last axis first: what is first along it and
    then along the others is also first in the window.

    Args:
        x: channels last, of any float dtype.
        axes: how the window slides.
    """
    overlap = any(axis.stride < axis.reach for axis in axes)
    return functools.reduce(
        _max_over, [[axis] for axis in reversed(axes)] if overlap else [axes], x
    )


def _max_over(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def pool(x: Tensor) -> tuple[Tensor, Gradient]:
        parts = read_all(padded(x, axes, -np.inf), axes)
        largest, chosen = parts[0], tf.zeros(parts[0].shape, tf.int32)
        for place, part in enumerate(parts[1:], 1):
            chosen = tf.where(part > largest, place, chosen)
            largest = tf.maximum(largest, part)

        def gradient(dy: Tensor) -> Tensor:
            zeros = tf.zeros_like(dy)
            return add_up([tf.where(chosen == n, dy, zeros) for n in range(len(parts))], axes)

        return largest, gradient

    return pool(x)


def average_pool(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Return the mean of each window, in which padding does not count.

    Args:
        x: channels last, float32 or float64.
        axes: how the window slides.
    """
    whole = all(axis.places == axis.size and axis.steps == 1 for axis in axes)

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def pool(x: Tensor) -> tuple[Tensor, Gradient]:
        counts = tf.constant(_counts(x.shape.rank, axes), x.dtype)
        total = x
        if whole:
            total = tf.reduce_sum(x, [axis.at for axis in axes], keepdims=True)
        else:
            for axis in axes:
                total = tf.add_n(read(padded(total, [axis]), axis))

        def gradient(dy: Tensor) -> Tensor:
            dy = dy / counts
            if whole:
                return tf.broadcast_to(dy, x.shape)
            for axis in axes:
                dy = add_up([dy] * axis.places, [axis])
            return dy

        return total / counts, gradient

    return pool(x)


def _counts(rank: int, axes: Sequence[Axis]) -> Floats:
    """Return how many values of the input lie in each window, in a shape that broadcasts."""
    counts = np.ones((1,) * rank, np.float32)
    for axis in axes:
        starts = np.arange(axis.steps)[:, None] * axis.stride - axis.before
        places = starts + np.arange(axis.places) * axis.dilation
        inside = ((places >= 0) & (places < axis.size)).sum(1)
        shape = [1] * rank
        shape[axis.at] = axis.steps
        counts = counts * inside.reshape(shape).astype(np.float32)
    return counts
