"""Where the time of an epoch goes: the kernels that XLA has compiled a preset's training into.

    python tests/bench/kernels.py PRESET … [--all]

trains one replicate on one core, and again under TensorFlow's profiler, and prints for each preset
the microseconds of an epoch, how many kernels are started for it, and how the time divides:
products of matrices and convolutions; sums over rows or columns; sorting, which draws an order of
the rows; and elementwise kernels, noise and the optimizer among them, with the share of the
longest one. `--all` prints every kernel. The profiler adds some tenths of a microsecond to each.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hiss.library.presets import find
from hiss.training import backend

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before TensorFlow counts the cores
backend.load("cpu")

import tensorflow as tf  # noqa: E402
from tensorflow.tsl.profiler.protobuf import xplane_pb2  # noqa: E402

from hiss.data.replicate_data import ReplicateData  # noqa: E402
from hiss.training import block  # noqa: E402
from hiss.training.epochs import MAX_EPOCHS  # noqa: E402
from hiss.training.parallel_cpu import on_device  # noqa: E402
from hiss.training.program_cache import PROGRAMS  # noqa: E402

SECONDS, TIMES = 0.3, 5
TRACED = 200
"""Epochs under the profiler, at most."""
KINDS = {
    "products": ("dot", "matmul", "conv"),
    "sums": ("reduce",),
    "sorting": ("sort", "topk"),
}
"""Parts of the names that XLA gives its kernels; what has none of them is elementwise."""
OUTER = re.compile("while|call|cond|advance|BlockUntilReady|end:|::|^tf[.]|^TFE_|^Eager")
"""Names of what kernels are started from."""


def kind(kernel: str) -> str:
    name = kernel.lower()
    found = (kind for kind, parts in KINDS.items() if any(part in name for part in parts))
    return next(found, "elementwise")


def training(name: str) -> Any:
    """Return a function that trains a replicate of a preset for some epochs."""
    (arm,) = find(name)
    data = ReplicateData(arm.data, "article", 0)
    program = PROGRAMS.of(arm, data)
    state, arrays = on_device(next(block.initial_states(program, arm, 0, range(1))), data.rows)
    compiled = program.compiled("alone", program.advance, state, arrays)
    return lambda epochs: compiled(state, arrays, tf.constant(epochs))[1].numpy()


def seconds(train: Any, epochs: int) -> float:
    began = time.perf_counter()
    train(epochs)
    return time.perf_counter() - began


def kernels(train: Any, epochs: int) -> tuple[Counter[str], Counter[str]]:
    """Return the microseconds and the starts of each kernel in some epochs."""
    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=3)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, options)
        train(epochs)
        tf.profiler.experimental.stop()
        (path,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    spent: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            name = plane.event_metadata[event.metadata_id].name
            if not OUTER.search(name):
                spent[name] += event.duration_ps / 1e6
                starts[name] += 1
    once = [name for name in spent if starts[name] * 2 < epochs]  # not in the loop of epochs
    for name in once:
        del spent[name], starts[name]
    return spent, starts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="+", metavar="PRESET")
    parser.add_argument("--all", action="store_true", help="print every kernel")
    chosen = parser.parse_args()
    table = Table("", "µs", "kernels", *KINDS, "elementwise", "its longest")
    for name in chosen.presets:
        train = training(name)
        train(2)
        epochs = min(max(2, int(SECONDS / seconds(train, 12) * 12)), MAX_EPOCHS)
        whole = min(seconds(train, epochs) for _ in range(TIMES)) / epochs * 1e6
        epochs = min(epochs, TRACED)
        spent, starts = kernels(train, epochs)
        by_kind: Counter[str] = Counter()
        for kernel, microseconds in spent.items():
            by_kind[kind(kernel)] += microseconds
        longest = max(each for kernel, each in spent.items() if kind(kernel) == "elementwise")
        parts = [*(by_kind[each] for each in (*KINDS, "elementwise")), longest]
        shares = (f"{100 * each / sum(spent.values()):.0f} %" for each in parts)
        table.add_row(name, f"{whole:,.1f}", f"{sum(starts.values()) / epochs:,.0f}", *shares)
        if chosen.all:
            for kernel, microseconds in spent.most_common():
                print(f"{microseconds / epochs:10,.2f} {starts[kernel] / epochs:6,.1f} × {kernel}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
