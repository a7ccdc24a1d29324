"""Windows that slide along the axes of an array: what each of their places reads and adds to.

Convolutions and pooling are both made of these. An axis is handled at a time; channels come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from hiss.noise.random import Tensor


class Axis(NamedTuple):
    """How a window slides along one axis."""

    at: int
    """The axis of the array, from 0 for the rows."""
    size: int
    """The array's size along it."""
    places: int
    """Places in the window."""
    stride: int
    dilation: int
    """The distance between two places of the window."""
    steps: int
    """Positions of the window: the size of what comes out."""
    before: int
    """Padding before the array."""
    after: int
    """Padding behind it; negative where the last values lie in no window."""

    @property
    def reach(self) -> int:
        """The length from the window's first place to its last."""
        return (self.places - 1) * self.dilation + 1


def slide(at: int, size: int, places: int, stride: int, dilation: int, padding: str) -> Axis:
    """Return how a window slides along an axis with Keras' padding `valid` or `same`."""
    reach = (places - 1) * dilation + 1
    steps = -(-size // stride) if padding == "same" else (size - reach) // stride + 1
    missing = (steps - 1) * stride + reach - size
    before = max(missing, 0) // 2 if padding == "same" else 0
    return Axis(at, size, places, stride, dilation, steps, before, missing - before)


def padded(x: Tensor, axes: Sequence[Axis], value: float = 0.0) -> Tensor:
    """Pad an array along some axes, or cut off what lies in no window."""
    for axis in axes:
        if axis.after < 0:
            x = _part(x, axis.at, slice(0, axis.size + axis.after))
    paddings = [[0, 0] for _ in x.shape]
    for axis in axes:
        paddings[axis.at] = [axis.before, max(axis.after, 0)]
    return tf.pad(x, paddings, constant_values=value) if any(map(any, paddings)) else x


def read(x: Tensor, axis: Axis) -> list[Tensor]:
    """Return, for each place of the window, what it reads at all steps of a padded array."""
    length = (axis.steps - 1) * axis.stride + 1
    starts = [place * axis.dilation for place in range(axis.places)]
    return [_part(x, axis.at, slice(start, start + length, axis.stride)) for start in starts]


def read_all(x: Tensor, axes: Sequence[Axis]) -> list[Tensor]:
    """Do what `read` does for a window over several axes, the last axis varying fastest."""
    if not axes:
        return [x]
    return [each for part in read(x, axes[0]) for each in read_all(part, axes[1:])]


def add_up(parts: Sequence[Tensor], axis: Axis) -> Tensor:
    """Add what comes from each place of the window to where the place has read.

    This is the transpose of `padded` and `read`.
    """
    total = _interleaved(parts, axis) if _tiled(axis) else _scattered(parts, axis)
    total = _part(total, axis.at, slice(axis.before, axis.before + axis.size))
    rest = [[0, 0] for _ in total.shape]
    rest[axis.at][1] = max(-axis.after, 0)
    return tf.pad(total, rest) if axis.after < 0 else total


def add_up_all(parts: Sequence[Tensor], axes: Sequence[Axis]) -> Tensor:
    """Do what `add_up` does over several axes, for parts in the order of `read_all`."""
    if not axes:
        return parts[0]
    each = len(parts) // axes[0].places
    inner = [parts[start : start + each] for start in range(0, len(parts), each)]
    return add_up([add_up_all(some, axes[1:]) for some in inner], axes[0])


def _tiled(axis: Axis) -> bool:
    """Whether windows lie side by side."""
    return axis.dilation == 1 and axis.stride == axis.places


def _interleaved(parts: Sequence[Tensor], axis: Axis) -> Tensor:
    shape = list(parts[0].shape)
    shape[axis.at] = axis.steps * axis.places
    return tf.reshape(tf.stack(parts, axis.at + 1), shape)


def _scattered(parts: Sequence[Tensor], axis: Axis) -> Tensor:
    shape = list(parts[0].shape)
    length = (axis.steps - 1) * axis.stride + 1
    shape[axis.at] = length + axis.reach - 1
    placed = []
    for place, part in enumerate(parts):
        begin, end, strides = [0] * len(shape), list(part.shape), [1] * len(shape)
        begin[axis.at] = place * axis.dilation
        end[axis.at] = begin[axis.at] + length
        strides[axis.at] = axis.stride
        placed.append(
            tf.raw_ops.StridedSliceGrad(shape=shape, begin=begin, end=end, strides=strides, dy=part)
        )
    return tf.add_n(placed)


def _part(x: Tensor, at: int, taken: slice) -> Tensor:
    return x[(slice(None),) * at + (taken,)]
