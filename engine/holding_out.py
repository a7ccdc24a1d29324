"""Rows held out of the training rows, to stop early by."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.datasets import Floats, Split
from engine.errors import DataError
from engine.spec import EarlyStopping


class HeldOut(NamedTuple):
    """The rows that early stopping looks at; none where there is no early stopping."""

    x: Floats
    y: Floats


def hold_out(split: Split, stopping: EarlyStopping | None, seed: int) -> tuple[Split, HeldOut]:
    """Take rows drawn at random out of the training rows, and give both.

    Raises:
        DataError: if that leaves no rows to train on, or none to look at.
    """
    if stopping is None:
        return split, HeldOut(split.x_train[:0], split.y_train[:0])
    rows = len(split.x_train)
    size = _count(rows, stopping.validation_size)
    order = np.random.default_rng(seed).permutation(rows)
    held, kept = order[:size], np.sort(order[size:])
    rest = replace(split, x_train=split.x_train[kept], y_train=split.y_train[kept])
    return rest, HeldOut(split.x_train[held], split.y_train[held])


def _count(rows: int, size: int | float) -> int:
    count = round(rows * size) if isinstance(size, float) else size
    if not 0 < count < rows:
        raise DataError(
            f"training.early_stopping.validation_size: expected to hold out some of {rows} "
            f"training rows, received {size}.",
            "Leave rows to train on and rows to look at.",
        )
    return count
