"""One split of a data set's rows, at random, by class, by group or as given."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Dataset
from hiss.data.spec import Data
from hiss.errors import DataError

Indices = NDArray[np.int64]


class Division(NamedTuple):
    """Indices of the rows of a data set."""

    train: Indices
    test: Indices


class Sizes(NamedTuple):
    """How many rows each replicate of a study has."""

    train: int
    """Training rows, the same for all."""
    test: int
    """Test rows that every replicate has at least."""
    same_test: bool
    """Whether none has more test rows."""


def sizes_of(rows: int, data: Data) -> tuple[int, int]:
    """Return the numbers of training rows and test rows.

    Raises:
        DataError: if they are more than there are, or none.
    """
    if data.train_size is None:
        raise DataError("data.train_size is missing.", "For example train_size = 0.8.")
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


def as_given(whole: Dataset, data: Data) -> Division:
    """Return the rows as the source divides them."""
    chosen = (data.split, data.cv, data.train_size, data.shuffle, data.split_by == "group")
    if any(chosen):
        raise DataError(
            f"data: {data.arguments.get('path')} says which rows test.",
            "Leave train_size, shuffle, split, cv and group out.",
        )
    order, count = np.arange(len(whole.x)), len(whole.x) - (whole.test_rows or 0)
    if not 0 < count < len(order):
        raise DataError(
            f"data: expected rows to train and rows to test, received {count} of {len(order)} rows "
            "to train."
        )
    return Division(order[:count], order[count:])


def shuffled(whole: Dataset, data: Data, state: int, stratify: bool) -> Division:
    """Return rows drawn at random, with the classes in proportion where `stratify` is set."""
    from sklearn.model_selection import train_test_split

    train_size, test_size = sizes_of(len(whole.x), data)
    try:
        train, test = train_test_split(
            np.arange(len(whole.x)),
            train_size=train_size,
            test_size=test_size,
            random_state=state,
            stratify=whole.y if stratify else None,
        )
    except ValueError as error:
        raise DataError(f"data.train_size: {error}", "Give every class some rows.") from error
    return Division(train, test)


def groups_of(whole: Dataset) -> Indices:
    """Return the number of each row's group.

    Raises:
        DataError: if there are no groups.
    """
    if whole.groups is None:
        raise DataError("data.group is missing: the split needs a column that names groups.")
    return whole.groups


def group_counts(whole: Dataset, data: Data, state: int) -> tuple[int, int]:
    """Return how many groups train and test, so that their rows are nearest to the sizes.

    They are the arguments of `GroupShuffleSplit`, which knows sizes in groups alone.
    """
    from sklearn.model_selection import ShuffleSplit

    rows = np.bincount(groups_of(whole))
    groups = len(rows)
    train, test = sizes_of(len(whole.x), data)

    def drawn(train_groups: int, test_groups: int) -> tuple[int, int]:
        splitter = ShuffleSplit(
            1, train_size=train_groups, test_size=test_groups, random_state=state
        )
        first, second = next(splitter.split(rows))
        return int(rows[first].sum()), int(rows[second].sum())

    if data.test_size is None:
        count = _nearest(range(1, groups), train, lambda n: drawn(n, groups - n)[0])
        return count, groups - count
    tested = _nearest(range(1, groups), test, lambda n: drawn(1, n)[1])
    most = range(1, groups - tested + 1)
    return _nearest(most, train, lambda n: drawn(n, tested)[0]), tested


def by_nearest_groups(whole: Dataset, data: Data, state: int) -> Division:
    """Return whole groups drawn at random, their rows as near to the sizes as can be."""
    from sklearn.model_selection import GroupShuffleSplit

    groups = groups_of(whole)
    train_groups, test_groups = group_counts(whole, data, state)
    splitter = GroupShuffleSplit(
        1, train_size=train_groups, test_size=test_groups, random_state=state
    )
    return Division(*next(splitter.split(whole.x, whole.y, groups)))


def by_groups(whole: Dataset, data: Data, state: int, sizes: Sizes) -> Division:
    """Draw groups until they have enough training rows, and leave out those beyond."""
    groups, generator = groups_of(whole), np.random.default_rng(state)
    order = generator.permutation(int(groups.max()) + 1)
    reached = np.cumsum(np.bincount(groups)[order])
    count = 1 + int(np.searchsorted(reached, sizes.train))
    trains = np.isin(groups, order[:count])
    train = generator.choice(np.flatnonzero(trains), sizes.train, replace=False)
    test = np.flatnonzero(~trains)
    if data.test_size is not None:
        test = generator.choice(test, sizes.test, replace=False)
    return Division(np.sort(train), np.sort(test))


def _count(rows: int, size: int | float) -> int:
    return int(rows * size) if isinstance(size, float) else size


def _nearest(counts: range, rows: int, rows_of: Callable[[int], int]) -> int:
    """Return the count whose rows, which grow with it, are nearest to a number of rows."""
    place = bisect_left(counts, rows, key=rows_of)
    near = counts[max(0, place - 1) : place + 1]
    return min(near, key=lambda count: abs(rows_of(count) - rows))
