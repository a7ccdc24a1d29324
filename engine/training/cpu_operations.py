"""Products, convolutions and pooling of Keras' layers, computed otherwise where XLA is slow.

All layers reach them through `keras.ops`, so that this serves the layers of presets and a user's
own alike, without a change to any. A function here takes what that of Keras' backend takes, and
returns None where Keras' own is to be called: for shapes that are not known when XLA compiles, for
dtypes that XLA multiplies slowly, and beyond the sizes that `tests/bench/operations.py` measures.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from hiss.compatibility import operations_replaced, transposed_sizes
from hiss.noise.random import Tensor
from hiss.training import pooling, products
from hiss.training.convolution import convolution, depthwise_convolution, transposed_convolution
from hiss.training.windows import Axis, padded, read, slide

MOST_PLACES = 64
"""The most places of a window that are written out one by one."""
MOST_GROUPS = 16
"""The most groups of a convolution that are computed one by one."""
HALVES = (tf.bfloat16, tf.float16)
"""Computed in float32 and rounded at the end: faster, and no less exact."""

Sizes = int | Sequence[int]


class _Given(NamedTuple):
    """An input with channels last, not in half precision, and the windows that slide over it."""

    x: Tensor
    axes: tuple[Axis, ...]
    dtype: Any
    """Of the input."""
    channels_first: bool

    def result(self, y: Tensor) -> Tensor:
        """Return a result as the layer expects it."""
        y = tf.cast(y, self.dtype)
        rank = y.shape.rank
        return tf.transpose(y, [0, rank - 1, *range(1, rank - 1)]) if self.channels_first else y


def with_cpu_operations(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors in which Keras' layers compute as XLA on a CPU does it fast."""

    @functools.wraps(function)
    def computed(*arguments: Any) -> Any:
        with operations_replaced({**OPERATIONS, **products.operations()}):
            return function(*arguments)

    return computed


def conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Tensor | None:
    """Convolve over one to three axes; a kernel of fewer channels than the input has groups."""
    kernel = keras.ops.convert_to_tensor(kernel)
    sizes = kernel.shape[:-2]
    given = _given(inputs, sizes, strides, padding, data_format, dilation_rate)
    if given is None or not _multiplied(given, kernel):
        return None
    kernel = tf.cast(kernel, given.x.dtype)
    channels, filters = given.x.shape[-1], kernel.shape[-1]
    of_a_group = kernel.shape[-2]
    groups = channels // of_a_group
    if channels % of_a_group or filters % groups:
        return None
    if groups == channels > 1:
        kernel = tf.reshape(kernel, [*sizes, channels, filters // groups])
        return given.result(depthwise_convolution(given.x, kernel, given.axes))
    if groups > MOST_GROUPS:
        return None
    parts = zip(tf.split(given.x, groups, -1), tf.split(kernel, groups, -1), strict=True)
    return given.result(tf.concat([_convolved(*part, given.axes) for part in parts], -1))


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Tensor | None:
    """Convolve each channel by filters of its own."""
    kernel = keras.ops.convert_to_tensor(kernel)
    given = _given(inputs, kernel.shape[:-2], strides, padding, data_format, dilation_rate)
    if given is None or not _multiplied(given, kernel) or given.x.shape[-1] != kernel.shape[-2]:
        return None
    kernel = tf.cast(kernel, given.x.dtype)
    return given.result(depthwise_convolution(given.x, kernel, given.axes))


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Tensor | None:
    """Convolve each channel by filters of its own, and mix the channels."""
    y = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return None if y is None else conv(y, pointwise_kernel, data_format=data_format)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Tensor | None:
    """Do what the gradient of a convolution does, over one axis or two."""
    kernel = keras.ops.convert_to_tensor(kernel)
    sizes = kernel.shape[:-2]
    given = _given(inputs, sizes, strides, padding, data_format, dilation_rate, fits=False)
    if given is None or not _multiplied(given, kernel) or given.x.shape[-1] != kernel.shape[-1]:
        return None
    x, kernel = given.x, tf.cast(kernel, given.x.dtype)
    arguments = strides, padding, output_padding, dilation_rate
    found = transposed_sizes(x.shape[1:-1], sizes, *arguments)
    axes = _axes(found, sizes, strides, padding, dilation_rate)
    if len(axes) > 2 or [axis.steps for axis in axes] != x.shape[1:-1]:
        return None
    return given.result(_in_planes(transposed_convolution, x, kernel, axes))


def max_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor | None:
    """Return the largest value in each window."""
    given = _given(inputs, pool_size, strides or pool_size, padding, data_format)
    return given and given.result(pooling.max_pool(given.x, given.axes))


def average_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor | None:
    """Return the mean of each window."""
    given = _given(inputs, pool_size, strides or pool_size, padding, data_format)
    return given and given.result(pooling.average_pool(given.x, given.axes))


OPERATIONS: dict[str, Callable[..., Tensor | None]] = {
    function.__name__: function
    for function in (conv, depthwise_conv, separable_conv, conv_transpose, max_pool, average_pool)
}
"""By the name in Keras' backend."""


def _given(
    inputs: Any,
    sizes: Sizes,
    strides: Sizes,
    padding: str,
    data_format: str | None,
    dilations: Sizes = 1,
    *,
    fits: bool = True,
) -> _Given | None:
    """Return the input and the windows over it; None if Keras' own way is to be taken.

    Args:
        inputs: an input of an operation of Keras.
        sizes: of the window.
        strides: of the window.
        padding: `valid` or `same`.
        data_format: None for Keras' default.
        dilations: of the window.
        fits: whether the window must fit into the input.
    """
    x = keras.ops.convert_to_tensor(inputs)
    known = x.shape.is_fully_defined() and x.dtype.is_floating
    if not known or x.shape.rank not in (3, 4, 5) or padding.lower() not in ("valid", "same"):
        return None
    if not isinstance(sizes, int) and len(sizes) != x.shape.rank - 2:
        return None
    dtype, first = x.dtype, (data_format or keras.config.image_data_format()) == "channels_first"
    if first:
        x = tf.transpose(x, [0, *range(2, x.shape.rank), 1])
    axes = _axes(x.shape[1:-1], sizes, strides, padding, dilations)
    places = math.prod(axis.places for axis in axes)
    if places > MOST_PLACES or 0 in x.shape or (fits and any(axis.steps < 1 for axis in axes)):
        return None
    return _Given(tf.cast(x, tf.float32) if dtype in HALVES else x, axes, dtype, first)


def _axes(
    shape: Sequence[int], sizes: Sizes, strides: Sizes, padding: str, dilations: Sizes
) -> tuple[Axis, ...]:
    """Return how a window slides along each axis of an input, from axis 1 on."""
    each = (
        [size] * len(shape) if isinstance(size, int) else size
        for size in (sizes, strides, dilations)
    )
    numbers = enumerate(zip(shape, *each, strict=True), 1)
    return tuple(slide(at, *along, padding.lower()) for at, along in numbers)  # type: ignore[call-arg]


def _multiplied(given: _Given, kernel: Tensor) -> bool:
    """Whether XLA multiplies the input and a kernel fast: Eigen convolves no float64."""
    return bool(given.dtype == kernel.dtype and given.x.dtype == tf.float32)


def _convolved(x: Tensor, kernel: Tensor, axes: Sequence[Axis]) -> Tensor:
    """Convolve over one to three axes: over three, add up convolutions over the last two."""
    if len(axes) < 3:
        return _in_planes(convolution, x, kernel, axes)
    depth, *others = axes
    flat = [axis._replace(at=axis.at - 1) for axis in others]
    parts = []
    for layer, weights in zip(read(padded(x, [depth]), depth), tf.unstack(kernel), strict=True):
        rows = tf.reshape(layer, [-1, *layer.shape[2:]])
        y = convolution(rows, weights, flat)
        parts.append(tf.reshape(y, [*layer.shape[:2], *y.shape[1:]]))
    return tf.add_n(parts)


def _in_planes(
    operation: Callable[..., Tensor], x: Tensor, kernel: Tensor, axes: Sequence[Axis]
) -> Tensor:
    """Call an operation over two axes; where there is one, the first has the size 1."""
    if len(axes) == 2:
        return operation(x, kernel, axes)
    (axis,) = axes
    line = slide(1, 1, 1, 1, 1, "valid"), axis._replace(at=2)
    return tf.squeeze(operation(x[:, None], kernel[None], line), 1)
