"""Whether a replaced product, convolution or pooling is ever slower than Keras' own, by layer.

    python tests/bench/operations.py [CASE …]

Each case is a layer in a loop compiled by XLA, as the fused engine trains it: forward alone, as
validation does it, and forward with its gradients. Beside it stand Keras' own operation in the same
loop, and in no loop with and without XLA, as stock Keras calls it once a step. Figures are
microseconds of processor time, the smallest of several, which other work on the machine disturbs
least. The exit code is 1 if one is above that of Keras' own in the loop, which it replaces, even
when both are measured again a few times.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from hiss.training import backend

backend.load("cpu")  # before TensorFlow reads its environment

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from hiss.training.cpu_operations import with_cpu_operations  # noqa: E402

SECONDS, TIMES, AGAIN = 0.06, 3, 5
SLACK = 1.15
"""What two measurements of one program differ by here."""
Call = Callable[..., Any]


def conv(shape: tuple[int, ...], filters: int, size: int, **arguments: Any) -> tuple[Call, Any]:
    """Return a convolution with square kernels, and the shapes of its input and kernel."""
    groups = arguments.pop("groups", 1)
    channels = shape[1] if arguments.get("data_format") == "channels_first" else shape[-1]
    kernel = (*[size] * (len(shape) - 2), channels // groups, filters)
    return lambda x, k: keras.ops.conv(x, k, **arguments), (shape, kernel)


def depthwise(shape: tuple[int, ...], size: int, **arguments: Any) -> tuple[Call, Any]:
    kernel = (*[size] * (len(shape) - 2), shape[-1], 1)
    return lambda x, k: keras.ops.depthwise_conv(x, k, **arguments), (shape, kernel)


def transposed(shape: tuple[int, ...], filters: int, size: int, **arguments: Any) -> Any:
    kernel = (*[size] * (len(shape) - 2), filters, shape[-1])
    return lambda x, k: keras.ops.conv_transpose(x, k, **arguments), (shape, kernel)


def pool(kind: str, shape: tuple[int, ...], size: int, **arguments: Any) -> tuple[Call, Any]:
    operation = getattr(keras.ops, kind)
    return lambda x: operation(x, size, **arguments), (shape,)


def dense(rows: int, inputs: int, units: int) -> tuple[Call, Any]:
    """Return what a dense layer computes, and the shapes of its input, kernel and bias."""
    shapes = (rows, inputs), (inputs, units), (units,)
    return lambda x, k, b: keras.ops.relu(keras.ops.add(keras.ops.matmul(x, k), b)), shapes


FIRST = {"data_format": "channels_first"}
CASES = {
    "dense, 1 input": dense(50, 1, 500),
    "dense, 2 inputs": dense(30, 2, 500),
    "dense, 2 inputs, few units": dense(30, 2, 10),
    "dense, 2 inputs, many rows": dense(2000, 2, 64),
    "dense, 10 inputs": dense(100, 10, 500),
    "dense, 30 inputs": dense(64, 30, 100),
    "dense, 64 inputs": dense(100, 64, 200),
    "dense, 10 inputs, 10 units": dense(100, 10, 10),
    "dense, 256 inputs": dense(128, 256, 256),
    "digits, first": conv((100, 8, 8, 1), 32, 3),
    "digits, second": conv((100, 6, 6, 32), 32, 3),
    "digits, second, one row": conv((1, 6, 6, 32), 32, 3),
    "digits, same": conv((100, 8, 8, 16), 16, 3, padding="same"),
    "digits, strides": conv((100, 8, 8, 32), 32, 3, strides=2, padding="same"),
    "digits, dilated": conv((100, 8, 8, 16), 32, 3, dilation_rate=2),
    "digits, channels first": conv((100, 16, 8, 8), 32, 3, **FIRST),
    "28², first, 5×5": conv((32, 28, 28, 1), 8, 5),
    "28², second, 5×5": conv((32, 12, 12, 8), 16, 5),
    "28², strides": conv((32, 28, 28, 16), 32, 3, strides=2),
    "28², tiles": conv((32, 28, 28, 3), 32, 4, strides=4),
    "colours, first": conv((32, 32, 32, 3), 32, 3, padding="same"),
    "colours, first, 5×5": conv((32, 32, 32, 3), 16, 5, padding="same"),
    "colours, second": conv((32, 16, 16, 32), 64, 3, padding="same"),
    "colours, one place": conv((32, 16, 16, 64), 64, 1),
    "one place, strides": conv((32, 16, 16, 32), 64, 1, strides=2),
    "large": conv((8, 40, 40, 32), 32, 3, padding="same"),
    "groups": conv((32, 14, 14, 32), 32, 3, groups=4),
    "16 groups": conv((32, 14, 14, 32), 32, 3, groups=16),
    "groups of one": conv((32, 14, 14, 32), 64, 3, groups=32),
    "line": conv((64, 100, 16), 32, 5),
    "line, one channel": conv((64, 100, 1), 32, 5),
    "line, long kernel": conv((64, 100, 4), 16, 31),
    "line, causal": conv((64, 100, 16), 32, 3, dilation_rate=4),
    "volume": conv((16, 8, 8, 8, 8), 16, 3),
    "volume, one channel": conv((16, 8, 8, 8, 1), 16, 3),
    "depthwise": depthwise((32, 14, 14, 32), 3, padding="same"),
    "depthwise, strides": depthwise((32, 14, 14, 32), 3, strides=2, padding="same"),
    "depthwise, 7×7": depthwise((32, 14, 14, 32), 7, padding="same"),
    "depthwise, line": depthwise((64, 100, 16), 5),
    "transposed": transposed((32, 7, 7, 32), 16, 3, strides=2, padding="same"),
    "transposed, tiles": transposed((32, 7, 7, 32), 16, 2, strides=2),
    "transposed, one filter": transposed((32, 14, 14, 16), 1, 3, strides=2, padding="same"),
    "maximum, digits": pool("max_pool", (100, 4, 4, 32), 2),
    "maximum": pool("max_pool", (32, 28, 28, 32), 2),
    "maximum, overlapping": pool("max_pool", (32, 28, 28, 32), 3, strides=2, padding="same"),
    "maximum, line": pool("max_pool", (64, 100, 16), 4),
    "maximum, 8×8": pool("max_pool", (32, 8, 8, 32), 8),
    "mean": pool("average_pool", (32, 28, 28, 32), 2),
    "mean, overlapping": pool("average_pool", (32, 28, 28, 32), 3, strides=2, padding="same"),
    "mean, tiles of 5×5": pool("average_pool", (32, 20, 20, 32), 5),
    "mean, line": pool("average_pool", (64, 100, 16), 10),
    "mean, all of 7×7": pool("average_pool", (32, 7, 7, 64), 7),
}


def arrays(shapes: Any) -> tuple[Any, ...]:
    generator = np.random.default_rng(0)
    return tuple(tf.constant(generator.normal(size=shape).astype("float32")) for shape in shapes)


def step(operation: Call) -> Call:
    """Return a function that moves all tensors along their gradients."""

    def moved(*tensors: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = tf.reduce_sum(tf.square(operation(*tensors)))
        return [x - 1e-9 * g for x, g in zip(tensors, tape.gradient(total, tensors), strict=True)]

    return moved


def forward(operation: Call) -> Call:
    """Return a function that moves its first tensor by what the operation computes."""

    def moved(x: Any, *others: Any) -> Any:
        return [x + 1e-9 * tf.reduce_mean(operation(x, *others)), *others]

    return moved


def processor_seconds(call: Callable[[int], Any]) -> float:
    """Return the least processor time of a step, of many in one call or in many calls."""
    call(1)
    began = time.process_time()
    call(2)
    count = max(2, int(SECONDS / max(time.process_time() - began, 1e-6) * 2))
    found = []
    for _ in range(TIMES):
        began = time.process_time()
        call(count)
        found.append((time.process_time() - began) / count)
    return min(found)


def in_loop(function: Call, tensors: tuple[Any, ...]) -> float:
    def many(count: Any, *tensors: Any) -> Any:
        def body(done: Any, *tensors: Any) -> Any:
            return [done + 1, *function(*tensors)]

        return tf.while_loop(lambda done, *_: done < count, body, [tf.constant(0), *tensors])

    program = tf.function(many, jit_compile=True, autograph=False)
    return processor_seconds(lambda count: program(tf.constant(count), *tensors)[1].numpy())


def alone(function: Call, tensors: tuple[Any, ...], *, compiled: bool) -> float:
    program = tf.function(function, jit_compile=compiled, autograph=False)

    def call(count: int) -> None:
        for _ in range(count):
            found = program(*tensors)
        found[0].numpy()

    return processor_seconds(call)


def measure(name: str) -> list[tuple[str, list[float]]]:
    """Measure a case: microseconds replaced, of Keras in the loop, alone with XLA, and without."""
    operation, shapes = CASES[name]
    tensors, rows = arrays(shapes), []
    for label, kind in (("forward", forward), ("step", step)):
        function = kind(operation)
        ways = [
            lambda f=function: in_loop(with_cpu_operations(f), tensors),
            lambda f=function: in_loop(f, tensors),
            lambda f=function: alone(f, tensors, compiled=True),
            lambda f=function: alone(f, tensors, compiled=False),
        ]
        figures = []
        for way in ways:
            try:
                figures.append(way() * 1e6)
            except (tf.errors.OpError, ValueError):  # Keras cannot do all without XLA
                figures.append(float("inf"))
        for _ in range(AGAIN):
            if figures[0] > figures[1] * SLACK:
                figures[:2] = [min(figures[n], ways[n]() * 1e6) for n in (0, 1)]
        rows.append((label, figures))
    return rows


def main() -> int:
    names = sys.argv[1:] or list(CASES)
    headings = (
        "ours",
        "Keras in the loop",
        "Keras, XLA",
        "Keras",
        "in the loop ÷ ours",
        "best ÷ ours",
    )
    table = Table("layer", "", *headings, title="µs of processor time")
    slower = []
    for name in names:
        for label, figures in measure(name):
            ratios = figures[1] / figures[0], min(figures[1:]) / figures[0]
            cells = *map("{:,.0f}".format, figures), *map("{:.1f}×".format, ratios)
            table.add_row(name, label, *cells)
            print(name, label, *cells, file=sys.stderr, flush=True)
            if ratios[0] * SLACK < 1:
                slower.append(f"{name} ({label})")
    Console().print(table)
    print("slower than Keras:", ", ".join(slower) or "none")
    return bool(slower)


if __name__ == "__main__":
    sys.exit(main())
