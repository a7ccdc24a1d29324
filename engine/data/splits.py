"""From a data set's name to the rows that train and the rows that test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Floats, HeldOut, Rows, Split
from hiss.data.sources import SOURCES
from hiss.data.spec import Data, Mode
from hiss.errors import DataError
from hiss.noise.labels import flip_labels

TEST_ROWS = 10_000
"""Test rows of a drawn data set in task mode: an accuracy's standard error is 0.4 points."""
TEST_STATE = 734_019_625
"""Seed of those rows: the same for every replicate."""
POOL_ROWS = 20_000
"""Rows from which a replicate's training rows are drawn where the seed fixes the distribution."""

Indices = NDArray[np.int64]


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


def hold_out(split: Split, size: int | float | None, seed: int) -> tuple[Split, HeldOut]:
    """Take rows drawn at random out of the training rows, and give both.

    Raises:
        DataError: if that leaves no rows to train on, or none to look at.
    """
    if size is None:
        return split, HeldOut(split.x_train[:0], split.y_train[:0])
    rows = len(split.x_train)
    count = _held_out_count(rows, size)
    order = np.random.default_rng(seed).permutation(rows)
    held, kept = order[:count], np.sort(order[count:])
    rest = replace(split, x_train=split.x_train[kept], y_train=split.y_train[kept])
    return rest, HeldOut(split.x_train[held], split.y_train[held])


def _held_out_count(rows: int, size: int | float) -> int:
    count = round(rows * size) if isinstance(size, float) else size
    if not 0 < count < rows:
        raise DataError(
            f"training.early_stopping.validation_size: expected to hold out some of {rows} "
            f"training rows, received {size}.",
            "Leave rows to train on and rows to look at.",
        )
    return count


def with_label_noise(split: Split, share: float, seed: int) -> Split:
    """Return a split of whose training rows a share has another class.

    Raises:
        DataError: if the rows have no classes.
    """
    if not share:
        return split
    if split.task == "regression":
        raise DataError(
            f"data.label_noise: expected classes to flip, received {share} of a regression.",
            "Put noise on the inputs or in the network instead.",
        )
    return replace(split, y_train=flip_labels(split.y_train, len(split.classes), share, seed))
