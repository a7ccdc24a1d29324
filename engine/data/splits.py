"""From a data set's name to its training rows and test rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Dataset, Floats, HeldOut, Split
from hiss.data.division import Indices, Sizes, sizes_of
from hiss.data.sources import SOURCES
from hiss.data.spec import Data, Mode
from hiss.data.splitting import common_sizes, divide, divide_for_repeat
from hiss.errors import DataError
from hiss.noise.labels import flip_labels

TEST_ROWS = 10_000
"""Test rows of a drawn data set in task mode: an accuracy of 0.8 has a standard error of 0.004."""
TEST_STATE = 734_019_625
"""Seed of those test rows, the same for every replicate."""
POOL_ROWS = 20_000
"""Rows from which a replicate's training rows are drawn where the seed fixes the distribution."""


def load(
    data: Data, *, mode: Mode = "article", seed: int = 0, fold: int = 0, sizes: Sizes | None = None
) -> Split:
    """Return a data set's training rows and test rows.

    In article mode the preset alone determines the split, whatever the seed. In task mode a
    generator draws other training rows for each seed, and 10,000 test rows that are the same for
    every seed; a table is split by the seed.

    Args:
        data: the data set.
        mode: what differs between seeds.
        seed: at least 0.
        fold: which of the splits that the seed fixes, for cross-validation and splitters.
        sizes: `sizes_in_task_mode` of the study, where they are known.

    Raises:
        DataError: if the data set cannot be made, or cannot be split so, or if a table that is not
            to be shuffled would be split by a seed.
    """
    if mode == "article":
        whole = load_dataset(data)
        train, test = divide(whole, data, int(data.arguments.get("random_state", 0)))
        return _split(whole, train, whole, test, data)
    match SOURCES[data.name].kind:
        case "sample":
            return _sample_split(data, seed)
        case "population":
            return _population_split(data, seed)
        case "table":
            whole = load_dataset(data)
            train, test = divide_for_repeat(whole, data, _state(seed), fold, sizes)
            return _split(whole, train, whole, test, data)


def sizes_in_task_mode(data: Data, seeds: Iterable[int]) -> Sizes | None:
    """Return how many rows each replicate has in task mode; None where a split's sizes fix them.

    Args:
        data: the data set.
        seeds: those by which the study may split a table.

    Raises:
        DataError: if the table cannot be split so.
    """
    if SOURCES[data.name].kind != "table":
        return None
    return common_sizes(load_dataset(data), data, map(_state, seeds))


def load_dataset(data: Data, **changed: Any) -> Dataset:
    """Return a whole data set, before it is split.

    Args:
        data: the data set.
        changed: arguments of its function that replace those of `data`.

    Raises:
        DataError: if the data set cannot be made.
    """
    source = SOURCES[data.name]
    arguments = {**data.arguments, **changed}
    if "random_state" not in source.parameters:
        arguments.pop("random_state", None)
    try:
        made = source.make(**arguments)
        return _to_reconstruct(made) if data.reconstruct else made
    except (ValueError, TypeError, MemoryError) as error:
        raise DataError(f"data.{data.name}: {error}") from error


def _to_reconstruct(dataset: Dataset) -> Dataset:
    """Return a data set whose features are its target."""
    return replace(dataset, y=dataset.x.reshape(len(dataset.x), -1), classes=())


def hold_out(
    split: Split, size: int | float | None, seed: int, *, last: bool = False
) -> tuple[Split, HeldOut]:
    """Return a split without some of its training rows, drawn at random, and those rows.

    Groups are not divided: of those that train as many rows as without groups are used, and of the
    others as many rows are held out as there are for every seed.

    Args:
        split: of the data set.
        size: rows to hold out: a count, or a fraction in (0, 1) of the training rows.
        seed: of the draw.
        last: whether the last rows are held out instead, as the order of a time series requires.

    Raises:
        DataError: if no training row, or no held-out row, would be left.
    """
    if size is None:
        return split, HeldOut(split.x_train[:0], split.y_train[:0])
    rows = len(split.x_train)
    count = _held_out_count(rows, size)
    if split.g_train is not None and not last:
        kept, held = _whole_groups(split, rows - count, np.random.default_rng(seed))
    else:
        order = np.arange(rows)[::-1] if last else np.random.default_rng(seed).permutation(rows)
        held, kept = order[:count], np.sort(order[count:])
    rest = replace(
        split,
        x_train=split.x_train[kept],
        y_train=split.y_train[kept],
        w_train=None if split.w_train is None else split.w_train[kept],
        g_train=None if split.g_train is None else split.g_train[kept],
    )
    return rest, HeldOut(split.x_train[held], split.y_train[held])


def _whole_groups(
    split: Split, train: int, generator: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return rows to train on and rows to hold out, which have no group in common.

    Args:
        split: of the data set, with groups.
        train: how many rows to train on.
        generator: draws the groups, and the rows where groups have more than are needed.

    Raises:
        DataError: if one group could take all rows that are to be held out.
    """
    assert split.g_train is not None
    count = len(split.x_train) - train - split.largest_group + 1
    if count < 1:
        raise DataError(
            f"training.early_stopping.validation_size: the largest group has "
            f"{split.largest_group:,} rows; expected to hold out at least as many, "
            f"received {len(split.x_train) - train:,}.",
            "Groups are not divided: hold out more rows.",
        )
    groups, numbers = np.unique(split.g_train, return_inverse=True)
    order = generator.permutation(len(groups))
    reached = np.cumsum(np.bincount(numbers)[order])
    trains = np.isin(numbers, order[: 1 + int(np.searchsorted(reached, train))])
    kept = generator.choice(np.flatnonzero(trains), train, replace=False)
    held = generator.choice(np.flatnonzero(~trains), count, replace=False)
    return np.sort(kept), np.sort(held)


def with_label_noise(split: Split, share: float, seed: int) -> Split:
    """Return a split with some training labels changed to another class.

    Args:
        split: of the data set.
        share: fraction of the training rows, in [0, 1).
        seed: of the draw.

    Raises:
        DataError: if the data set has no classes.
    """
    if not share:
        return split
    if not split.classes:
        raise DataError(
            f"data.label_noise: expected classes to flip, received {share} of a {split.task}.",
            "Use noise on the inputs or in the network instead.",
        )
    return replace(split, y_train=flip_labels(split.y_train, len(split.classes), share, seed))


def _state(seed: int) -> int:
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


def _sample_split(data: Data, seed: int) -> Split:
    drawn = load_dataset(data, random_state=_state(seed))
    count, _ = sizes_of(len(drawn.x), data)
    test = load_dataset(data, random_state=TEST_STATE, n_samples=TEST_ROWS)
    return _split(drawn, np.arange(count), test, np.arange(TEST_ROWS), data)


def _population_split(data: Data, seed: int) -> Split:
    count, _ = sizes_of(SOURCES[data.name].argument("n_samples", data.arguments), data)
    pool = load_dataset(data, n_samples=TEST_ROWS + POOL_ROWS)
    generator = np.random.default_rng(_state(seed))
    train = TEST_ROWS + generator.choice(POOL_ROWS, count, replace=False)
    return _split(pool, train, pool, np.arange(TEST_ROWS), data)


def _split(
    source: Dataset, train: Indices, test_source: Dataset, test: Indices, data: Data
) -> Split:
    """Return the rows of the given indices, prepared, standardized and shaped."""
    x_train, x_test = source.x[train], test_source.x[test]
    if source.prepare is not None:
        transformer = source.prepare().fit(x_train)
        x_train, x_test = transformer.transform(x_train), transformer.transform(x_test)
    if data.standardize:
        x_train, x_test = _standardized(x_train, x_test)
    y_train, y_test = source.y[train], test_source.y[test]
    if source.task == "reconstruction":
        y_train, y_test = (x.reshape(len(x), -1) for x in (x_train, x_test))
    return Split(
        x_train=_shaped(x_train, data),
        y_train=y_train.astype(np.float32),
        x_test=_shaped(x_test, data),
        y_test=y_test.astype(np.float32),
        task=source.task,
        classes=source.classes,
        features=source.features,
        w_train=None if source.weights is None else source.weights[train].astype(np.float32),
        g_train=None if source.groups is None else source.groups[train],
        largest_group=1 if source.groups is None else int(np.bincount(source.groups).max()),
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


def _held_out_count(rows: int, size: int | float) -> int:
    count = round(rows * size) if isinstance(size, float) else size
    if not 0 < count < rows:
        raise DataError(
            f"training.early_stopping.validation_size: expected to hold out some of {rows} "
            f"training rows, received {size}.",
            "Leave rows to train on and rows to hold out.",
        )
    return count
