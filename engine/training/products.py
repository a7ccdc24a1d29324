"""Dense layers whose gradients XLA computes fast in a loop on a CPU.

The gradients of a kernel and of its bias are one product, in which the bias has an input of ones:
XLA sums over rows by a slow loop with strides, and packs the arrays of every product for itself.
`tests/bench/operations.py` measures it. To add up a product of two inputs column by column takes a
sixth less time on one core, but XLA then shares the loop among threads, and replicates that train
side by side wait for each other.

All arrays are float32: x (rows, inputs), kernel (inputs, units), bias (units,), y (rows, units).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from hiss.noise.random import Tensor


def dense(x: Tensor, kernel: Tensor, bias: Tensor, product: Tensor) -> Tensor:
    """Return x · kernel, which is the product, + bias, with gradients that are fast in a loop."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def compute(x: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Callable[..., Any]]:
        def gradients(dy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            to_x = tf.matmul(dy, kernel, transpose_b=True)
            beside_ones = tf.concat([x, tf.ones([x.shape[0], 1])], 1)
            both = tf.matmul(beside_ones, dy, transpose_a=True)
            return to_x, both[:-1], both[-1]

        return tf.nn.bias_add(product, bias), gradients

    return compute(x, kernel, bias)


def operations() -> dict[str, Callable[..., Tensor | None]]:
    """Return `matmul` and `add` of Keras' backend for one graph; None leaves a call to Keras.

    A layer calls them one after the other: `add` finds the product that a bias is added to.
    """
    products: dict[Any, tuple[Tensor, Tensor]] = {}

    def matmul(x1: Any, x2: Any) -> Tensor | None:
        if isinstance(x1, tf.SparseTensor) or isinstance(x2, tf.SparseTensor):
            return None
        x, kernel = tf.convert_to_tensor(x1), tf.convert_to_tensor(x2)
        if not (_is_known(x, 2) and _is_known(kernel, 2)):
            return None
        if kernel.shape[0] > kernel.shape[1]:  # copying x beside ones would cost more than it saves
            return None
        product = tf.matmul(x, kernel)
        products[product.ref()] = x, kernel
        return product

    def add(x1: Any, x2: Any) -> Tensor | None:
        if not isinstance(x1, tf.Tensor) or x1.ref() not in products:
            return None
        x, kernel = products[x1.ref()]
        bias = tf.convert_to_tensor(x2)
        is_bias = _is_known(bias, 1) and bias.shape[0] == kernel.shape[1]
        return dense(x, kernel, bias, x1) if is_bias else None

    return {"matmul": matmul, "add": add}


def _is_known(array: Tensor, rank: int) -> bool:
    """Return whether an array is float32 and has `rank` axes of known and positive sizes."""
    shape = array.shape
    known = shape.rank == rank and shape.is_fully_defined() and 0 not in shape
    return bool(known and array.dtype == tf.float32)
