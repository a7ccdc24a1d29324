"""Products, convolutions and pooling for XLA on a CPU compute what Keras' own do."""

from __future__ import annotations

import functools
import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hiss.training import convolution, products
from hiss.training.cpu_operations import OPERATIONS, with_cpu_operations

GENERATOR = np.random.default_rng(0)
CONVOLUTIONS = {
    "plain": ("conv", (4, 7, 6, 8), (3, 3, 8, 5), {}),
    "one-channel": ("conv", (4, 7, 6, 1), (3, 2, 1, 5), {}),
    "one-place": ("conv", (4, 5, 6, 8), (1, 1, 8, 5), {}),
    "same": ("conv", (4, 7, 6, 8), (4, 3, 8, 5), {"padding": "same"}),
    "strides": ("conv", (4, 8, 9, 8), (3, 3, 8, 5), {"strides": 2}),
    "strides-same": ("conv", (4, 8, 9, 8), (3, 4, 8, 5), {"strides": (2, 3), "padding": "same"}),
    "strides-beyond-the-kernel": ("conv", (4, 9, 9, 8), (2, 2, 8, 5), {"strides": 4}),
    "tiles": ("conv", (4, 9, 8, 8), (2, 2, 8, 5), {"strides": 2}),
    "dilated": ("conv", (4, 9, 9, 8), (3, 2, 8, 5), {"dilation_rate": (2, 3)}),
    "dilated-same": ("conv", (4, 9, 9, 8), (3, 3, 8, 5), {"dilation_rate": 2, "padding": "same"}),
    "channels-first": ("conv", (4, 8, 7, 6), (3, 3, 8, 5), {"data_format": "channels_first"}),
    "groups": ("conv", (4, 7, 6, 8), (3, 3, 2, 12), {}),
    "groups-of-one": ("conv", (4, 7, 6, 8), (3, 3, 1, 16), {}),
    "along-a-line": ("conv", (4, 12, 8), (3, 8, 5), {"padding": "same"}),
    "line-channels-first": ("conv", (4, 8, 12), (3, 8, 5), {"data_format": "channels_first"}),
    "line-dilated": ("conv", (4, 12, 8), (3, 8, 5), {"dilation_rate": 2}),
    "volume": ("conv", (2, 5, 6, 4, 3), (2, 3, 2, 3, 5), {"padding": "same"}),
    "volume-strides": ("conv", (2, 5, 6, 5, 3), (2, 3, 2, 3, 5), {"strides": 2}),
    "depthwise": ("depthwise_conv", (4, 7, 6, 8), (3, 3, 8, 2), {}),
    "depthwise-strides": (
        *("depthwise_conv", (4, 7, 7, 8), (3, 3, 8, 1)),
        {"strides": (2, 2), "padding": "same"},
    ),
    "depthwise-dilated": ("depthwise_conv", (4, 9, 9, 8), (3, 3, 8, 1), {"dilation_rate": 2}),
    "depthwise-line": ("depthwise_conv", (4, 9, 8), (3, 8, 2), {"strides": 2}),
    "depthwise-channels-first": (
        *("depthwise_conv", (4, 8, 7, 6), (3, 3, 8, 2)),
        {"data_format": "channels_first"},
    ),
    "transposed": ("conv_transpose", (4, 4, 5, 8), (3, 3, 5, 8), {}),
    "transposed-same": ("conv_transpose", (4, 4, 5, 8), (3, 3, 5, 8), {"padding": "same"}),
    "transposed-strides": (
        *("conv_transpose", (4, 4, 5, 8), (3, 3, 5, 8)),
        {"strides": 2, "padding": "same"},
    ),
    "transposed-far": ("conv_transpose", (4, 4, 5, 8), (2, 2, 5, 8), {"strides": 3}),
    "transposed-more": (
        *("conv_transpose", (4, 4, 5, 8), (3, 3, 5, 8)),
        {"strides": 2, "output_padding": 1},
    ),
    "transposed-line": ("conv_transpose", (4, 6, 8), (3, 5, 8), {"strides": 2}),
}
POOLS = {
    "tiles": ((4, 8, 9, 3), 2, {}),
    "overlapping": ((4, 8, 9, 3), 3, {"strides": 2}),
    "same": ((4, 7, 9, 3), (3, 2), {"strides": 2, "padding": "same"}),
    "gaps": ((4, 9, 9, 3), 2, {"strides": 3}),
    "whole": ((4, 7, 6, 3), (7, 6), {}),
    "line": ((4, 9, 3), 2, {}),
    "volume": ((2, 4, 6, 4, 3), 2, {"padding": "same"}),
    "channels-first": ((4, 3, 8, 9), 2, {"data_format": "channels_first"}),
}
Call = Any
"""A function of tensors."""


def normal(shape: tuple[int, ...], dtype: str = "float32") -> Any:
    return tf.cast(GENERATOR.normal(size=shape).astype("float32"), dtype)


def with_gradients(operation: Call, *tensors: Any) -> list[Any]:
    """Return what an operation computes, and the gradients of a weighted sum of it."""

    def both(*tensors: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = operation(*tensors)
            weights = tf.reshape(tf.sin(tf.range(math.prod(y.shape), dtype=tf.float32)), y.shape)
            total = tf.reduce_sum(tf.cast(y, tf.float32) * weights)
        return [y, *tape.gradient(total, tensors)]

    return both(*tensors)


def compiled(function: Call, *tensors: Any) -> list[Any]:
    program = tf.function(function, jit_compile=True, autograph=False)
    return [tf.cast(each, tf.float64).numpy() for each in program(*tensors)]


def compare(operation: Call, *tensors: Any, tolerance: float) -> None:
    """Compare Keras' own results with those for a CPU, relative to the largest value."""

    def computed(*tensors: Any) -> list[Any]:
        return with_gradients(operation, *tensors)

    own = compiled(computed, *tensors)
    for ours, theirs in zip(compiled(with_cpu_operations(computed), *tensors), own, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * np.abs(theirs).max())


def taken_over(name: str, *arguments: Any, **named: Any) -> bool:
    return OPERATIONS[name](*arguments, **named) is not None


QUICK = (
    *("plain", "strides-same", "dilated-same", "transposed-strides"),
    *("depthwise", "groups", "line-channels-first", "one-channel", "volume"),
)
"""Those of the suite, the first four once more; the others are slow tests."""


@pytest.mark.parametrize(
    "case",
    [pytest.param(each, marks=() if each in QUICK else pytest.mark.slow) for each in CONVOLUTIONS],
)
def test_a_convolution_and_its_gradients_are_those_of_keras(case: str) -> None:
    name, shape, kernel, arguments = CONVOLUTIONS[case]
    tensors = normal(shape), normal(kernel)
    assert taken_over(name, *tensors, **arguments)
    operation = getattr(keras.ops, name)
    compare(lambda x, k: operation(x, k, **arguments), *tensors, tolerance=1e-5)


@pytest.mark.parametrize("case", QUICK[:4])
def test_a_convolution_of_large_images_needs_no_memory_for_its_windows(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convolution, "MOST_BYTES", 0)
    name, shape, kernel, arguments = CONVOLUTIONS[case]
    operation = getattr(keras.ops, name)
    tensors = normal(shape), normal(kernel)
    compare(lambda x, k: operation(x, k, **arguments), *tensors, tolerance=1e-5)


@pytest.mark.slow
def test_a_separable_convolution_is_that_of_keras() -> None:
    tensors = normal((4, 7, 7, 4)), normal((3, 3, 4, 2)), normal((1, 1, 8, 5))
    for arguments in ({}, {"strides": (2, 2), "padding": "same"}):
        assert taken_over("separable_conv", *tensors, **arguments)
        compare(
            lambda *each, named=arguments: keras.ops.separable_conv(*each, **named),
            *tensors,
            tolerance=1e-5,
        )


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_rounded_once(dtype: str) -> None:
    x, kernel = normal((4, 7, 6, 8), dtype), normal((3, 3, 8, 5), dtype)
    assert taken_over("conv", x, kernel)
    found = compiled(
        with_cpu_operations(lambda *each: with_gradients(keras.ops.conv, *each)), x, kernel
    )
    exact = with_gradients(keras.ops.conv, tf.cast(x, tf.float32), tf.cast(kernel, tf.float32))
    for ours, theirs in zip(found[:1], exact[:1], strict=True):
        rounded = tf.cast(tf.cast(theirs, dtype), tf.float64)
        close = np.isclose(ours, rounded, rtol=1e-6, atol=0)
        assert close.mean() > 0.99  # the others lie where float32 rounds to either side
    epsilon = 2.0**-8 if dtype == "bfloat16" else 2.0**-11
    for ours, theirs in zip(found, exact, strict=True):
        limit = 4 * epsilon * np.abs(theirs).max()
        np.testing.assert_allclose(ours, tf.cast(theirs, tf.float64), rtol=0, atol=limit)


@pytest.mark.parametrize("kind", ["max_pool", pytest.param("average_pool", marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", POOLS)
def test_pooling_and_its_gradient_are_those_of_keras(case: str, kind: str) -> None:
    shape, size, arguments = POOLS[case]
    operation = getattr(keras.ops, kind)
    x = normal(shape)
    assert taken_over(kind, x, size, **arguments)
    compare(lambda x: operation(x, size, **arguments), x, tolerance=1e-6)


def test_the_first_of_equal_values_takes_the_gradient_as_in_keras() -> None:
    x = tf.constant(GENERATOR.integers(0, 2, (4, 8, 8, 3)).astype("float32"))
    for size, arguments in (
        (2, {}),
        (2, {"strides": 1}),
        (2, {"strides": 2, "padding": "same"}),
        (3, {"strides": 1, "padding": "same"}),
        ((3, 2), {"strides": 2}),
    ):
        call = functools.partial(keras.ops.max_pool, pool_size=size, **arguments)
        compare(lambda x, call=call: call(x), x, tolerance=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conv", (normal((2, 5, 5, 3), "float64"), normal((2, 2, 3, 4), "float64"))),
        ("conv", (normal((2, 5, 5, 64)), normal((2, 2, 2, 64)))),
        ("conv", (normal((2, 9, 9, 3)), normal((9, 9, 3, 4)))),
        ("conv", (normal((2, 2, 2, 3)), normal((3, 3, 3, 4)))),
        ("conv", (normal((2, 5, 5, 3)), normal((2, 3, 4)))),
        ("depthwise_conv", (normal((2, 5, 5, 3)), normal((2, 2, 1, 4)))),
        ("max_pool", (normal((2, 9, 9, 3)), 9)),
        ("max_pool", (tf.ones((2, 4, 4, 3), tf.int32), 2)),
    ],
)
def test_what_is_wrong_or_no_rule_was_measured_for_is_left_to_keras(
    name: str, arguments: Any
) -> None:
    assert not taken_over(name, *arguments)


def test_what_is_unknown_when_compiling_is_left_to_keras() -> None:
    seen = []

    @tf.function(input_signature=[tf.TensorSpec([None, 5, 5, 3])])
    def call(x: Any) -> Any:
        seen.append(taken_over("conv", x, normal((2, 2, 3, 4))))
        return x

    call(normal((2, 5, 5, 3)))
    assert seen == [False]


def test_layers_outside_the_context_compute_as_ever() -> None:
    calls = []

    def counted(*arguments: Any, **named: Any) -> None:
        calls.append(arguments)

    from hiss.compatibility import operations_replaced

    layer = keras.layers.Conv2D(3, 2)
    layer(normal((2, 5, 5, 3)))
    with operations_replaced({"conv": counted}):
        layer(normal((2, 5, 5, 3)))
    layer(normal((2, 5, 5, 3)))
    assert len(calls) == 1


def dense(x: Any, kernel: Any, bias: Any) -> Any:
    return keras.ops.add(keras.ops.matmul(x, kernel), bias)


@pytest.mark.parametrize("inputs", [1, 4, 5, 40])
@pytest.mark.parametrize("units", [1, 3, 10])
def test_a_dense_layer_computes_what_keras_does(inputs: int, units: int) -> None:
    arrays = map(normal, [(6, inputs), (inputs, units), (units,)])
    compare(dense, *arrays, tolerance=1e-6)


@pytest.mark.parametrize("shape", [(3,), (6, 3), (1, 3), (1,), ()])
def test_what_is_added_to_a_product_need_not_be_a_bias(shape: tuple[int, ...]) -> None:
    compare(dense, normal((6, 2)), normal((2, 3)), normal(shape), tolerance=1e-6)


def test_a_dense_layer_is_computed_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    called, own = [], products.dense
    monkeypatch.setattr(products, "dense", lambda *each: called.append(each) or own(*each))
    layer = keras.layers.Dense(3)
    layer.build((6, 2))
    compiled(with_cpu_operations(lambda x: [layer(x)]), normal((6, 2)))
    assert len(called) == 1


def test_a_product_can_be_read_beside_the_sum() -> None:
    def both(x: Any, kernel: Any, bias: Any) -> Any:
        y = keras.ops.matmul(x, kernel)
        return keras.ops.add(y, bias) * y

    compare(both, normal((6, 2)), normal((2, 3)), normal((3,)), tolerance=1e-6)


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_products_of_other_dtypes_are_left_to_keras(dtype: str) -> None:
    operations = products.operations()
    assert operations["matmul"](normal((6, 2), dtype), normal((2, 3), dtype)) is None


def test_products_of_other_ranks_sparse_ones_and_long_ones_are_left_to_keras() -> None:
    matmul = products.operations()["matmul"]
    assert matmul(normal((2, 6, 2)), normal((2, 3))) is None
    assert matmul(tf.sparse.from_dense(normal((6, 2))), normal((2, 3))) is None
    assert matmul(normal((6, 4)), normal((4, 3))) is None
    assert matmul(normal((6, 3)), normal((3, 3))) is not None
