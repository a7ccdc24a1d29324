"""Dense layers as XLA computes them fast in a loop on a CPU, and their gradients.

A product of few columns is added up column by column, which XLA fuses with what reads it; Eigen
would pack the arrays first. The gradients of a kernel and of its bias are one product, in which the
bias has an input of ones: XLA sums over rows by a loop that jumps from row to row.
`tests/bench/operations.py` measures what the numbers below rest on.

All arrays are float32: x (rows, inputs), kernel (inputs, units), bias (units,), y (rows, units).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add as plus
from typing import Any

import tensorflow as tf

from hiss.noise.random import Tensor

FEW_INPUTS = 4
"""Up to as many, one fused loop beats Eigen."""
INPUTS_PER_UNIT = 4
"""Up to as many, copying the inputs beside ones costs less than summing over the rows."""

Gradients = Callable[..., tuple[Tensor, ...]]


def dense(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """Return x · kernel + bias, with gradients that are fast in a loop."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def compute(x: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Gradients]:
        def gradients(dy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            inputs, units = kernel.shape
            to_x = tf.matmul(dy, kernel, transpose_b=True)
            if inputs > INPUTS_PER_UNIT * units:
                return to_x, tf.matmul(x, dy, transpose_a=True), tf.reduce_sum(dy, 0)
            beside_ones = tf.concat([x, tf.ones([x.shape[0], 1])], 1)
            both = tf.matmul(beside_ones, dy, transpose_a=True)
            return to_x, both[:-1], both[-1]

        return _multiplied(x, kernel) + bias, gradients

    return compute(x, kernel, bias)


def product(x: Tensor, kernel: Tensor) -> Tensor:
    """Return x · kernel, with gradients that are fast in a loop."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def compute(x: Tensor, kernel: Tensor) -> tuple[Tensor, Gradients]:
        def gradients(dy: Tensor) -> tuple[Tensor, Tensor]:
            return tf.matmul(dy, kernel, transpose_b=True), tf.matmul(x, dy, transpose_a=True)

        return _multiplied(x, kernel), gradients

    return compute(x, kernel)


def operations() -> dict[str, Callable[..., Tensor | None]]:
    """Return `matmul` and `add` of Keras' backend for one graph; None leaves a call to Keras.

    A layer calls them one after the other: `add` finds the product that a bias is added to.
    """
    found: dict[Any, tuple[Tensor, Tensor]] = {}

    def matmul(x1: Any, x2: Any) -> Tensor | None:
        if isinstance(x1, tf.SparseTensor) or isinstance(x2, tf.SparseTensor):
            return None
        x, kernel = tf.convert_to_tensor(x1), tf.convert_to_tensor(x2)
        if not (_is_known(x, 2) and _is_known(kernel, 2)):
            return None
        y = product(x, kernel)
        found[y.ref()] = x, kernel
        return y

    def add(x1: Any, x2: Any) -> Tensor | None:
        if not isinstance(x1, tf.Tensor) or x1.ref() not in found:
            return None
        bias = tf.convert_to_tensor(x2)
        x, kernel = found[x1.ref()]
        is_bias = _is_known(bias, 1) and bias.shape[0] == kernel.shape[1]
        return dense(x, kernel, bias) if is_bias else None

    return {"matmul": matmul, "add": add}


def _multiplied(x: Tensor, kernel: Tensor) -> Tensor:
    inputs = kernel.shape[0]
    if inputs > FEW_INPUTS:
        return tf.matmul(x, kernel)
    return reduce(plus, (x[:, at : at + 1] * kernel[at : at + 1] for at in range(inputs)))


def _is_known(array: Tensor, rank: int) -> bool:
    """Whether a float32 array has so many axes, of known and positive sizes."""
    shape = array.shape
    known = shape.rank == rank and shape.is_fully_defined() and 0 not in shape
    return bool(known and array.dtype == tf.float32)
