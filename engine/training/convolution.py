"""Convolutions as XLA computes them fast in a loop on a CPU or stacked, and their gradients.

In the body of a loop, XLA hands a convolution to Eigen only if its axes come in the order of
Keras' `channels_last` and nothing is reversed; it computes the gradients that TensorFlow makes by
plain nested loops, ten to fifty times slower. So here each gradient is a product of matrices or a
convolution in that order. `tests/bench/operations.py` measures what each rule below rests on.
Replicates that are stacked have a kernel each, for which TensorFlow has only products of matrices.

All arrays are float32: x (rows, height, width, channels), kernel (height, width, channels,
filters), y (rows, steps, steps, filters).
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np
import tensorflow as tf

from hiss.noise.random import Tensor
from hiss.training.windows import Axis, add_up, padded, read_all

FEW_PRODUCTS = 32
"""Up to as many products in an output value, one fused loop beats Eigen, which packs channels."""
MOST_BYTES = 64 * 2**20
"""The most memory for what all places of a window read or add; beyond it convolutions do it."""

Gradients = Callable[[Tensor], tuple[Tensor, Tensor]]
_STACKED = ContextVar("stacked", default=False)


@contextlib.contextmanager
def of_a_stack() -> Iterator[None]:
    """Compute by products of matrices alone within this context, whatever memory they take."""
    token = _STACKED.set(True)
    try:
        yield
    finally:
        _STACKED.reset(token)


def convolution(x: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Convolve, with gradients that are fast in a loop.

    Args:
        x: the input.
        kernel: the weights.
        axes: how the kernel slides along height and width.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolve(x: Tensor, kernel: Tensor) -> tuple[Tensor, Gradients]:
        def gradients(dy: Tensor) -> tuple[Tensor, Tensor]:
            return _to_input(dy, kernel, axes), _to_kernel(x, dy, axes)

        return _forward(x, kernel, axes), gradients

    return convolve(x, kernel)


def transposed_convolution(x: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Do what the gradient of `convolution` to its input does, as a layer does it.

    Args:
        x: the input, of the shape of a convolution's output.
        kernel: the weights of that convolution.
        axes: how the kernel slides along height and width of the output.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolve(x: Tensor, kernel: Tensor) -> tuple[Tensor, Gradients]:
        def gradients(dy: Tensor) -> tuple[Tensor, Tensor]:
            return _forward(dy, kernel, axes), _to_kernel(dy, x, axes)

        return _to_input(x, kernel, axes), gradients

    return convolve(x, kernel)


def depthwise_convolution(x: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Convolve each channel by filters of its own.

    Args:
        x: the input.
        kernel: the weights: shape (height, width, channels, filters of a channel).
        axes: how the kernel slides along height and width.
    """
    channels, filters = kernel.shape[-2:]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolve(x: Tensor, kernel: Tensor) -> tuple[Tensor, Gradients]:
        weights = tf.unstack(tf.reshape(kernel, [-1, channels, filters]))
        parts = [part[..., None] for part in read_all(padded(x, axes), axes)]
        y = tf.add_n([part * weight for part, weight in zip(parts, weights, strict=True)])

        def gradients(dy: Tensor) -> tuple[Tensor, Tensor]:
            dy = tf.reshape(dy, y.shape)
            backwards = [tf.reduce_sum(dy * weight, -1) for weight in weights]
            sums = [_sum_of_rows(part * dy) for part in parts]
            return add_up(backwards, axes), tf.reshape(tf.stack(sums), kernel.shape)

        return tf.reshape(y, [*y.shape[:-2], channels * filters]), gradients

    return convolve(x, kernel)


def _forward(x: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    x, (height, width, channels, _) = padded(x, axes), kernel.shape
    if height * width * channels <= FEW_PRODUCTS:
        weights = tf.reshape(kernel, [height * width, channels, -1])
        pairs = itertools.product(enumerate(read_all(x, axes)), range(channels))
        return tf.add_n([part[..., n, None] * weights[place, n] for (place, part), n in pairs])
    if _STACKED.get():
        patches, size = _patches(x, axes), height * width * channels
        product = tf.matmul(tf.reshape(patches, [-1, size]), tf.reshape(kernel, [size, -1]))
        return tf.reshape(product, [*patches.shape[:-1], -1])
    strides, dilations = [axis.stride for axis in axes], [axis.dilation for axis in axes]
    return tf.nn.conv2d(x, kernel, strides, "VALID", dilations=dilations)


def _to_kernel(x: Tensor, dy: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Return the gradient to the kernel: the sum over rows and steps of what is read times dy."""
    x, (height, width) = padded(x, axes), [axis.places for axis in axes]
    channels, filters = x.shape[-1], dy.shape[-1]
    flat = height * width == 1 or any(axis.stride > 1 for axis in axes)
    if (flat and _fits(dy.shape[:-1], height, width, channels)) or _STACKED.get():
        patches = tf.reshape(_patches(x, axes), [-1, height * width * channels])
        product = tf.matmul(patches, tf.reshape(dy, [-1, filters]), transpose_a=True)
        return tf.reshape(product, [height, width, channels, filters])
    # a convolution of channels as rows, by dy as the kernel: rows take the part of channels
    found = tf.nn.conv2d(
        tf.transpose(x, [3, 1, 2, 0]),
        tf.transpose(dy, [1, 2, 0, 3]),
        [axis.dilation for axis in axes],
        "VALID",
        dilations=[axis.stride for axis in axes],
    )
    return tf.transpose(found, [1, 2, 0, 3])


def _to_input(dy: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Return the gradient to the input: what each place of the kernel adds to where it has read."""
    height, width, channels, filters = kernel.shape
    if not _fits(dy.shape[:-1], height, width, channels):
        return _to_input_by_convolution(dy, kernel, axes)
    rows, flat = dy.shape[:-1], tf.reshape(dy, [-1, filters])
    lines = [
        tf.reshape(tf.matmul(flat, tf.reshape(line, [-1, filters]), transpose_b=True), [*rows, -1])
        for line in tf.unstack(kernel)
    ]
    total = add_up(lines, axes[:1])
    return add_up(tf.split(total, width, axis=-1), axes[1:])


def _to_input_by_convolution(dy: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Do what `_to_input` does without the memory: convolve by the kernel turned round."""
    rests = [[axis.reach - 1 - axis.before, axis.reach - 1 - axis.after] for axis in axes]
    for axis in axes:
        dy = _spaced(dy, axis) if axis.stride > 1 else dy
    dy = tf.pad(dy, [[0, 0], *rests, [0, 0]])
    turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2])
    return tf.nn.conv2d(dy, turned, 1, "VALID", dilations=[axis.dilation for axis in axes])


def _spaced(dy: Tensor, axis: Axis) -> Tensor:
    """Put zeros between the steps, as many as the stride skips."""
    apart = tf.stack([dy, *[tf.zeros_like(dy)] * (axis.stride - 1)], axis.at + 1)
    shape = [*dy.shape]
    shape[axis.at] = axis.steps * axis.stride
    length = (axis.steps - 1) * axis.stride + 1
    return tf.reshape(apart, shape)[(slice(None),) * axis.at + (slice(0, length),)]


def _sum_of_rows(x: Tensor) -> Tensor:
    """Sum over all axes but the last two, as a product with ones: XLA's own sum is slower."""
    flat = tf.reshape(x, [-1, math.prod(x.shape[-2:])])
    return tf.reshape(tf.matmul(tf.ones([1, flat.shape[0]]), flat), x.shape[-2:])


def _patches(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Return what the windows read, side by side: shape (rows, steps, steps, places × channels)."""
    return tf.concat(read_all(x, axes), -1)


def _fits(*shapes: Any) -> bool:
    """Whether an array may be made of the sizes of these shapes; of a stack, any may."""
    sizes = [size for shape in shapes for size in np.atleast_1d(shape)]
    return bool(_STACKED.get() or 4 * np.prod(sizes) <= MOST_BYTES)
