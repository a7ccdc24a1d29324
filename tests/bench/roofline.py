"""The least time that an epoch of a preset can take on this machine: a roofline.

    python tests/bench/roofline.py [PRESET …]

Two small kernels measure what all cores reach together: a product of matrices its arithmetic, a
sum of vectors that stay in the cache its traffic of memory. Of a network, the products of matrices
are counted (two in the backward pass for each of the forward pass, one for the first layer), and
what must be read and written: the weights with their gradients and Adam's two moments once a step,
the output of each layer once a pass. Drawing noise and elementwise functions are not counted.
Source: Williams, Waterman and Patterson, 2009, "Roofline: an insightful visual performance model".
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from hiss.library.presets import find

SIDE = 1024
"""Of the matrices that are multiplied."""
NUMBERS = 32 * 1024
"""Of the vectors that are added: three of 128 kB stay in a core's second cache."""
FLOAT = 4
"""Bytes of a float32."""
OF_STEP = 8
"""Numbers read or written for each weight: it, its gradient and two moments, once each way."""


@dataclass(frozen=True)
class Machine:
    """What all cores reach together."""

    flops: float
    """Floating-point operations a second, of products of float32 matrices."""
    bytes: float
    """Read and written a second, in the cache."""


@cache
def machine() -> Machine:
    """Measure this machine."""
    cores = len(os.sched_getaffinity(0))
    a = np.random.default_rng(1).random((SIDE, SIDE), np.float32)
    product = _best(lambda: a @ a)
    vectors = [[np.ones(NUMBERS, np.float32) for _ in range(3)] for _ in range(cores)]
    pool = ThreadPoolExecutor(cores)

    def add(three: list[Any]) -> None:
        for _ in range(200):
            np.add(three[0], three[1], out=three[2])

    sums = _best(lambda: list(pool.map(add, vectors)))
    moved = cores * 200 * 3 * NUMBERS * FLOAT
    return Machine(2 * SIDE**3 / product, moved / sums)


def _best(action: Callable[[], object]) -> float:
    times = []
    for _ in range(15):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def limit(name: str) -> dict[str, float]:
    """Return the least microseconds of an epoch and replicate, by arithmetic and by memory."""
    from hiss.data.seeds import Seeds
    from hiss.data.splits import load
    from hiss.network.build import build_network

    (arm,) = find(name)
    split = load(arm.data)
    layers = build_network(arm, split.x_train.shape[1:], Seeds(1, 0)).layers
    train, test = len(split.x_train), len(split.x_test)
    steps = math.ceil(train / arm.training.batch_size)
    flops, weights, outputs, first = 0, 0, 0, True
    for layer in layers:
        each = _flops_of_row(layer)
        flops += each * (train * (2 if first else 3) + test)
        first = first and not each
        weights += sum(math.prod(weight.shape) for weight in layer.trainable_weights)
        outputs += math.prod(layer.output.shape[1:])
    moved = FLOAT * (OF_STEP * weights * steps + outputs * (4 * train + 2 * test))
    here = machine()
    return {"arithmetic": flops / here.flops * 1e6, "memory": moved / here.bytes * 1e6}


def _flops_of_row(layer: Any) -> int:
    """Count a layer's products for one row: each kernel at each place of its output."""
    recurs = any("recurrent" in weight.name for weight in layer.trainable_weights)
    shape = layer.input.shape if recurs else layer.output.shape
    places = math.prod(shape[1:-1])
    kernels = [each for each in layer.trainable_weights if len(each.shape) > 1]
    return sum(2 * math.prod(each.shape) * places for each in kernels)


def main() -> None:
    here = machine()
    print(f"{here.flops / 1e9:.0f} GFLOP/s, {here.bytes / 1e9:.0f} GB/s in the cache")
    for name in sys.argv[1:]:
        found = limit(name)
        print(
            f"{name}: {found['arithmetic']:.1f} µs by arithmetic, {found['memory']:.1f} by memory"
        )


if __name__ == "__main__":
    main()
