"""How the replicates of an arm are divided into blocks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator

from hiss.experiment.spec import Engine

BLOCK_SIZE = 32
"""The most replicates that train side by side on a CPU."""
GPU_BLOCK_SIZE = 256
"""As many on a GPU, where each is the cheaper, the more there are (`tests/bench/gpu.py`)."""
SIZES = (BLOCK_SIZE, GPU_BLOCK_SIZE)


def block_size(device: str) -> int:
    """Return the most replicates of a block that a device, `cpu` or `gpu:0` …, trains."""
    return GPU_BLOCK_SIZE if device.startswith("gpu") else BLOCK_SIZE


def blocks_of(repeats: int, engine: Engine, size: int = BLOCK_SIZE) -> Iterator[range]:
    """Divide the replicates of an arm into blocks of nearly the same size, at most `size`.

    Stock `fit` trains one after the other: each is a block, and none is lost with the next.
    """
    count = repeats if engine == "reference" else math.ceil(repeats / size)
    edges = [round(repeats * number / count) for number in range(count + 1)]
    yield from (range(*pair) for pair in itertools.pairwise(edges))


def divided_around(
    there: Iterable[range], repeats: int, engine: Engine, size: int = BLOCK_SIZE
) -> Iterator[range]:
    """Divide the replicates of an arm so that blocks that are there already are among them.

    Another version, another device or a cluster may have divided the arm otherwise.
    """
    end = 0
    last = range(repeats, repeats)
    for each in (*sorted(there, key=lambda one: (one.start, -len(one))), last):
        if each.start < end or each.stop > repeats:
            continue
        if each.start > end:
            for gap in blocks_of(each.start - end, engine, size):
                yield range(end + gap.start, end + gap.stop)
        if len(each):
            yield each
        end = each.stop
