"""Kept studies made by hand: nothing is trained."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from scripted import FINGERPRINT, METRICS, arm, experiment, replicate

from hiss.experiment.spec import Experiment, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Replicate
from hiss.results.rows import Rows
from hiss.store.blocks import Block, BlockKey, write_block
from hiss.store.place import studies_in
from hiss.store.records import Ended, Order, Outcome, Record, create, end
from hiss.studies.orders import run_order
from hiss.training.checkpoint import Checkpoint


def study(*arms: Experiment, repeats: int = 2, seed: int = 1) -> Study:
    return Study(arms=arms or (experiment(),), repeats=repeats, seed=seed)


def block(of: Study, number: int = 0, replicates: range | None = None) -> Block:
    """A block of one arm of a study, with scores and curves that differ by replicate."""
    numbers = replicates or range(of.repeats)
    key = BlockKey.of(of, of.arms[number], numbers)
    curves = Curves(METRICS, of.repeats, 4, Rows(0.5, {"test_accuracy": 0.6}))
    ended = []
    for each in numbers:
        curves.extend(each, np.full((4, len(METRICS)), 0.1 * each + 0.01 * number, np.float32))
        ended.append(replicate(each, 0.7 + each / 100))
    return Block.of(key, tuple(ended), curves, "rows", FINGERPRINT, "a note")


def kept(
    store: Path, order: Order | None = None, *, state: Ended | None = "finished", headline: str = ""
) -> Record:
    """A study in a store, with the blocks of all its arms unless it has not ended."""
    order = order or run_order(study())
    record = create(studies_in(store), order)
    if state is not None:
        for number in range(len(order.study.arms)):
            write_block(record.blocks, block(order.study, number))
        end(record.folder, Outcome(state, 12.0, headline))
    return record


def checkpoint() -> Checkpoint:
    """A checkpoint of two replicates, one of which has failed."""
    import ml_dtypes

    states = tuple(
        (
            np.arange(3, dtype=np.float32) + number,
            np.array([[1.5, -2.0]], ml_dtypes.bfloat16) * number,
            np.int64(7),
        )
        for number in (1, 2)
    )
    return Checkpoint(
        states=tuple(tuple(np.asarray(leaf) for leaf in state) for state in states),
        counts=np.array([3, 1]),
        values=np.ones((2, 4, 3), np.float32),
        failures={1: "loss is NaN at epoch 2"},
        early=frozenset({0}),
        seconds=1.25,
    )


def aged(record: Record, seconds: float = 60) -> Record:
    """A study whose files were all written some time ago, as an index trusts them."""
    for path in (*record.folder.rglob("*"), record.folder):
        there = path.stat().st_mtime - seconds
        os.utime(path, (there, there))
    return record


def same(one: Replicate, other: Replicate) -> bool:
    """Whether two replicates are alike, NaN included."""
    return repr(one) == repr(other)


__all__ = ["aged", "arm", "block", "checkpoint", "kept", "same", "study"]
