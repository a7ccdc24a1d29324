"""How long 100,000 blocks take to plan, to store and to list, and in how much memory.

    python tests/bench/planning.py --blocks 100000

The study has 20 data sets, 10 strengths at 3 sites, and as many repeats as make that many blocks;
its blocks are written as files of one replicate each, without training.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from hiss.cluster.driver import present
from hiss.cluster.plan import TRAININGS, Task, plan
from hiss.experiment.notation import with_values
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.results.outcomes import Fingerprint, Replicate
from hiss.store.blocks import BLOCK, Block, pack_block, write_block
from hiss.store.history import listing
from hiss.store.place import studies_in
from hiss.store.progress import Progress, write_progress
from hiss.store.records import create, read
from hiss.store.sealed import sealed
from hiss.studies.orders import run_order

DATA_SETS, STRENGTHS, SITES = 20, 10, 3
SLOTS = 1_000
WRITTEN = 200
"""Blocks that are written as the driver writes them, to the disk itself."""


def study_of(blocks: int) -> Study:
    """Return a study of at least that many blocks."""
    (preset,) = find("patterns/mlp")
    arms = []
    for data_set in range(DATA_SETS):
        path = {"name": "table", "path": f"/data/set-{data_set}.csv", "target": "y"}
        data = type(preset.data).model_validate({**path, "train_size": 0.8, "shuffle": True})
        for point in range(STRENGTHS * SITES):
            noisy = with_values(preset, {"layers.1.stddev": 0.01 * (point + 1)})
            name = f"set-{data_set}/noise-{point}"
            arms.append(noisy.model_copy(update={"name": name, "data": data}))
    size = TRAININGS // (STRENGTHS * SITES)
    return Study(arms=tuple(arms), repeats=size * -(-blocks // len(arms)), mode="task")


def made(tasks: tuple[Task, ...]) -> Iterator[Block]:
    """Yield a block for each key: scores of its first replicate, and no curves."""
    scores = {"test_accuracy": 0.8, "test_loss": 0.4}
    (one,) = (Replicate(0, "finished", 1, scores, 0.8, 1, 0.1),)
    prints = Fingerprint("", "", "", "", "a CPU × 8", "cpu")
    counts, values = np.zeros(1, np.int64), np.zeros((1, 4, 0), np.float32)
    for task in tasks:
        for key in task.keys:
            first = replace(one, replicate=key.first)
            names = ("loss", "accuracy", "val_loss", "val_accuracy")
            yield Block(key, (first,), names, 1, counts, values, None, "rows", prints)


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:58} {time.perf_counter() - began:7.2f} s, peak {peak:5.0f} MB", flush=True)


def write_all(folder: Path, tasks: tuple[Task, ...]) -> None:
    """Write every block without waiting for the disk."""
    for block in made(tasks):
        (folder / f"{block.key.stem}{BLOCK}").write_bytes(sealed(pack_block(block)))


def rate(folder: Path, tasks: tuple[Task, ...], write: Callable[[Path, Block], None]) -> float:
    """Return how many blocks a second are written to the disk itself."""
    began = time.perf_counter()
    for _, block in zip(range(WRITTEN), made(tasks), strict=False):
        write(folder, block)
    return WRITTEN / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        study = study_of(parser.parse_args().blocks)
        with timed(f"{len(study.arms)} arms × {study.repeats} repeats planned"):
            tasks = plan(study, (), SLOTS)
        blocks = sum(len(task.keys) for task in tasks)
        print(f"{blocks:,} blocks in {len(tasks):,} tasks")
        with timed("its order stored and read"):
            record = read(create(studies_in(store), run_order(study)).folder)
        with timed("its blocks listed, all of them missing"):
            assert not present(record, study, SLOTS)
        print(f"{rate(record.blocks, tasks, write_block):,.0f} blocks a second to the disk itself")
        with timed("all blocks written, not to the disk itself"):
            write_all(record.blocks, tasks)
        with timed("its blocks listed, all of them present"):
            there = present(record, study, SLOTS)
        assert len(there) == blocks
        with timed("nothing left to plan"):
            assert not plan(study, there, SLOTS)
        write_progress(record.folder, Progress(1, 2))
        with timed("the history listed, cold"):
            listing(store)


if __name__ == "__main__":
    main()
