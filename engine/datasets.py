"""From a data set's name to the rows that train and the rows that test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.rows import Rows, Task
from engine.sources import SOURCES
from engine.spec import Data, Mode

TEST_ROWS = 10_000
"""Test rows of a drawn data set in task mode: an accuracy's standard error is 0.4 points."""
TEST_STATE = 734_019_625
"""Seed of those rows: the same for every replicate."""
POOL_ROWS = 20_000
"""Rows from which a replicate's training rows are drawn where the seed fixes the distribution."""

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """What one replicate trains and tests on."""

    x_train: Floats
    y_train: Floats
    """Shape (rows,): class numbers from 0, or the target."""
    x_test: Floats
    y_test: Floats
    task: Task
    classes: tuple[str, ...]
    """Names of the classes in the order of their numbers; empty for regression."""
    features: tuple[str, ...]


def load(data: Data, *, mode: Mode = "article", seed: int = 0) -> Split:
    """Return the rows of a data set, split.

    In article mode the preset alone fixes the split, whatever the seed. In task mode a generator
    draws other training rows for each seed and 10,000 test rows that are the same for all;
    a table is split anew by the seed, into parts of the same sizes.

    Raises:
        DataError: if the data cannot be made, or not be split so.
    """
    kind = SOURCES[data.name].kind
    if mode == "article":
        rows = _make(data)
        train, test = _article_split(rows, data)
        return _split(rows, train, rows, test, data)
    match kind:
        case "sample":
            return _sample_split(data, seed)
        case "population":
            return _population_split(data, seed)
        case "table":
            rows = _make(data)
            train, test = _shuffled(rows, data, _state(seed))
            return _split(rows, train, rows, test, data)


def read(data: Data) -> Rows:
    """Return all rows of a data set as its source gives them.

    Raises:
        DataError: if the data cannot be made.
    """
    return _make(data)


def _make(data: Data, **changed: Any) -> Rows:
    source = SOURCES[data.name]
    arguments = {**data.arguments, **changed}
    if "random_state" not in source.parameters:
        arguments.pop("random_state", None)
    try:
        return source.make(**arguments)
    except (ValueError, TypeError, MemoryError) as error:
        raise DataError(f"data.{data.name}: {error}") from error


def _state(seed: int) -> int:
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


def _article_split(rows: Rows, data: Data) -> tuple[Indices, Indices]:
    if data.shuffle:
        return _shuffled(rows, data, int(data.arguments.get("random_state", 0)))
    order = np.arange(len(rows.x))
    train, test = _sizes(len(rows.x), data)
    return order[:train], order[train : train + test]


def _sizes(rows: int, data: Data) -> tuple[int, int]:
    """Return how many rows train and how many test."""
    train = _count(rows, data.train_size)
    test = rows - train if data.test_size is None else _count(rows, data.test_size)
    if not (0 < train < rows and 0 < test <= rows - train):
        given = f"train_size {data.train_size}"
        given += "" if data.test_size is None else f" and test_size {data.test_size}"
        raise DataError(
            f"data: expected to split {rows} rows in two, received {given}.",
            "Leave rows to test on: make train_size smaller or the data set larger.",
        )
    return train, test


def _count(rows: int, size: int | float) -> int:
    return int(rows * size) if isinstance(size, float) else size


def _shuffled(rows: Rows, data: Data, state: int) -> tuple[Indices, Indices]:
    from sklearn.model_selection import train_test_split

    train_size, test_size = _sizes(len(rows.x), data)
    try:
        train, test = train_test_split(
            np.arange(len(rows.x)),
            train_size=train_size,
            test_size=test_size,
            random_state=state,
            stratify=rows.y if rows.classes else None,
        )
    except ValueError as error:
        raise DataError(f"data.train_size: {error}", "Give every class some rows.") from error
    return train, test


def _sample_split(data: Data, seed: int) -> Split:
    drawn = _make(data, random_state=_state(seed))
    count, _ = _sizes(len(drawn.x), data)
    test = _make(data, random_state=TEST_STATE, n_samples=TEST_ROWS)
    return _split(drawn, np.arange(count), test, np.arange(TEST_ROWS), data)


def _population_split(data: Data, seed: int) -> Split:
    drawn = SOURCES[data.name].argument("n_samples", data.arguments)
    count, _ = _sizes(drawn, data)
    rows = _make(data, n_samples=TEST_ROWS + POOL_ROWS)
    generator = np.random.default_rng(_state(seed))
    train = TEST_ROWS + generator.choice(POOL_ROWS, count, replace=False)
    return _split(rows, train, rows, np.arange(TEST_ROWS), data)


def _split(drawn: Rows, train: Indices, other: Rows, test: Indices, data: Data) -> Split:
    x_train, x_test = drawn.x[train], other.x[test]
    if data.standardize:
        x_train, x_test = _standardized(x_train, x_test)
    return Split(
        _shaped(x_train, data),
        drawn.y[train].astype(np.float32),
        _shaped(x_test, data),
        other.y[test].astype(np.float32),
        drawn.task,
        drawn.classes,
        drawn.features,
    )


def _standardized(train: NDArray[Any], test: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    mean, sd = train.mean(axis=0), train.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    return (train - mean) / sd, (test - mean) / sd


def _shaped(x: NDArray[Any], data: Data) -> Floats:
    if data.shape is None:
        return x.astype(np.float32)
    try:
        return x.astype(np.float32).reshape(len(x), *data.shape)
    except ValueError:
        raise DataError(
            f"data.shape: expected {x[0].size} values a row, received {list(data.shape)}.",
            "The numbers in `shape` multiply to the number of features.",
        ) from None
