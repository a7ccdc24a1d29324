"""Windows that slide along the axes of an array: what each of their places reads and adds to.

Convolutions and pooling are both made of these. An axis is handled at a time; channels come last.
"""

from __future__ import annotations

import itertools
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


def add_up(parts: Sequence[Tensor], axes: Sequence[Axis]) -> Tensor:
    """Add what comes from each place of a window to where the place has read.

    This is the transpose of `padded` and `read_all`, for parts in their order. What strides keep
    apart is added on grids of their own, which are interleaved at the end: XLA adds shifted arrays
    fast and spaced ones slowly.
    """
    firsts = itertools.product(*(range(axis.stride) for axis in axes))
    total = _interleaved([_shifted_sum(parts, axes, first) for first in firsts], axes)
    for axis in axes:
        total = _part(total, axis.at, slice(axis.before, axis.before + axis.size))
    rests = [[0, 0] for _ in total.shape]
    for axis in axes:
        rests[axis.at][1] = axis.size - total.shape[axis.at]
    return tf.pad(total, rests) if any(map(any, rests)) else total


def _shifted_sum(parts: Sequence[Tensor], axes: Sequence[Axis], first: tuple[int, ...]) -> Tensor:
    """Add the parts that belong on the grid of every `stride`-th value from the `first` on."""
    placed, shape = [], list(parts[0].shape)
    for axis in axes:
        shape[axis.at] = axis.steps + (axis.reach - 1) // axis.stride
    places = itertools.product(*(range(axis.places) for axis in axes))
    for part, at in zip(parts, places, strict=True):
        paddings = [[0, 0] for _ in shape]
        grid = []
        for axis, place in zip(axes, at, strict=True):
            shift, rest = divmod(place * axis.dilation, axis.stride)
            paddings[axis.at] = [shift, shape[axis.at] - axis.steps - shift]
            grid.append(rest)
        if tuple(grid) == first:
            placed.append(tf.pad(part, paddings))
    return tf.add_n(placed) if placed else tf.zeros(shape, parts[0].dtype)


def _interleaved(grids: Sequence[Tensor], axes: Sequence[Axis]) -> Tensor:
    """Put together the grids of all strides, the last axis varying fastest."""
    if not axes:
        return grids[0]
    axis, each = axes[0], len(grids) // axes[0].stride
    inner = [_interleaved(grids[at : at + each], axes[1:]) for at in range(0, len(grids), each)]
    shape = list(inner[0].shape)
    shape[axis.at] *= axis.stride
    return tf.reshape(tf.stack(inner, axis.at + 1), shape) if axis.stride > 1 else inner[0]


def _part(x: Tensor, at: int, taken: slice) -> Tensor:
    return x[(slice(None),) * at + (taken,)]
