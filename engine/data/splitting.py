"""How the rows of a data set are divided: in one split, or in one for each replicate of a study."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from hiss.data.arrays import Dataset
from hiss.data.division import (
    Division,
    Sizes,
    as_given,
    by_groups,
    by_nearest_groups,
    groups_of,
    shuffled,
    sizes_of,
)
from hiss.data.spec import Data
from hiss.data.split_spec import Folds, Splitter
from hiss.errors import DataError

MOST_UNEVEN = 0.9
"""A splitter's splits train on as many rows as the smallest of them, if that is at least this share
of the largest."""


def divide(whole: Dataset, data: Data, state: int, number: int = 0) -> Division:
    """Return the training rows and test rows of one split.

    Args:
        whole: the data set.
        data: how it is split.
        state: the `random_state` of the splitter.
        number: which of the splits that the state fixes; there is one but for folds and splitters.

    Raises:
        DataError: if the rows cannot be split so.
    """
    if whole.test_rows is not None:
        return as_given(whole, data)
    if data.split == "stratified" and not whole.classes:
        raise DataError(
            "data.split: expected classes to stratify by, received a regression.",
            'Choose split = "random".',
        )
    if data.draws_folds:
        found = next(islice(_splits(whole, data, state), number, None), None)
        if found is None:
            raise DataError(
                f"data.split: expected a split for each repeat, received {number} of them.",
                f"Train {number} repeats, or raise the splitter's n_splits.",
            )
        return found
    match data.split_by:
        case "ordered":
            order = np.arange(len(whole.x))
            train, test = sizes_of(len(whole.x), data)
            return Division(order[:train], order[train : train + test])
        case "group":
            return by_nearest_groups(whole, data, state)
        case "random":
            return shuffled(whole, data, state, stratify=False)
        case _:
            return shuffled(whole, data, state, stratify=bool(whole.classes))


def divide_for_repeat(
    whole: Dataset, data: Data, state: int, number: int, sizes: Sizes | None
) -> Division:
    """Return the rows of one replicate in task mode, as many training rows as any other has.

    Args:
        whole: the table.
        data: how it is split.
        state: the `random_state` of the splitter.
        number: which of the splits that the state fixes.
        sizes: of all replicates, where they would differ.

    Raises:
        DataError: if the repeats cannot differ by their splits, or the rows not be split so.
    """
    _check_divisible(whole, data)
    if sizes is None:
        return divide(whole, data, state, number)
    if not data.draws_folds:
        return by_groups(whole, data, state, sizes)
    train, test = divide(whole, data, state, number)
    return Division(train[len(train) - sizes.train :], test)


def common_sizes(whole: Dataset, data: Data, states: Iterable[int]) -> Sizes | None:
    """Return how many rows all replicates have; None where a split's sizes fix them.

    Networks are compiled for a number of rows, and folds differ by a row or by a group.

    Args:
        whole: the table.
        data: how it is split.
        states: of all splits that replicates may have.

    Raises:
        DataError: if the rows cannot be split so, or the splits differ too much.
    """
    _check_divisible(whole, data)
    if data.draws_folds:
        splits = (each for state in states for each in _splits(whole, data, state))
        return _fold_sizes([(len(train), len(test)) for train, test in splits], data)
    if data.split_by != "group":
        return None
    train, test = sizes_of(len(whole.x), data)
    largest = int(np.bincount(groups_of(whole)).max())
    fewest = len(whole.x) - train - largest + 1
    if fewest < (1 if data.test_size is None else test):
        raise DataError(
            f"data.group: the largest group has {largest:,} of {len(whole.x):,} rows, which cannot "
            f"be left out of {train:,} training rows for every repeat.",
            f"Train on {len(whole.x) - largest - (0 if data.test_size is None else test - 1):,} "
            "rows or fewer.",
        )
    same_test = data.test_size is not None
    return Sizes(train, test if same_test else fewest, same_test)


def splitter_of(whole: Dataset, data: Data, state: int) -> tuple[str, dict[str, Any]]:
    """Return the class and arguments of the splitter that makes several splits by one seed."""
    if data.folds is None:
        assert isinstance(data.split, Splitter)
        return data.split.class_name, _with_state(data.split, state)
    arguments = {"n_splits": data.folds.folds, "shuffle": True, "random_state": state}
    if data.split_by == "group":
        return "StratifiedGroupKFold", arguments
    stratified = whole.classes and data.split_by != "random"
    return "StratifiedKFold" if stratified else "KFold", arguments


def _check_divisible(whole: Dataset, data: Data) -> None:
    """Refuse a table that would be the same in every repeat, or divided against its order."""
    if whole.test_rows is not None:
        raise DataError(
            "data: the test rows are given, so that no repeat in task mode could have others.",
            "Choose article mode, in which repeats differ in weights and noise.",
        )
    if data.split_by == "ordered" and not data.draws_folds:
        name = Path(data.arguments.get("path", data.name)).name
        raise DataError(
            f"data: {name} is not shuffled: its first rows are the training rows, in order; task "
            "mode would split it at random for each repeat.",
            "Choose article mode; or, if the order means nothing, data.split=random; or for a time "
            'series data.split={class_name = "TimeSeriesSplit", config = {max_train_size = 100}}.',
        )


def _splits(whole: Dataset, data: Data, state: int) -> Iterator[Division]:
    """Yield the splits of cross-validation or of a splitter, in order."""
    from sklearn import model_selection

    name, arguments = splitter_of(whole, data, state)
    _check_folds(whole, data.folds, name)
    try:
        splitter = getattr(model_selection, name)(**arguments)
        # of one class, groups are put in random order and each goes to the smallest fold
        y = np.zeros(len(whole.x)) if data.cv and whole.groups is not None else whole.y
        for each in splitter.split(whole.x, y, whole.groups):
            yield Division(*each)
    except (TypeError, ValueError) as error:
        raise DataError(f"data.{'cv' if data.cv else 'split'}: {name}: {error}") from error


def _check_folds(whole: Dataset, chosen: Folds | None, name: str) -> None:
    """Refuse more folds than a class has rows, of which scikit-learn only warns."""
    if chosen is None or name != "StratifiedKFold":
        return
    counts = np.bincount(whole.y)
    if counts.min() < chosen.folds:
        rare = whole.classes[int(counts.argmin())]
        raise DataError(
            f"data.cv: class `{rare}` has {counts.min()} rows; expected one for each of "
            f"{chosen.folds} folds.",
            "Choose fewer folds.",
        )


def _with_state(chosen: Splitter, state: int) -> dict[str, Any]:
    """Return a splitter's arguments with a `random_state`, where it shuffles and has none."""
    from sklearn import model_selection

    arguments = dict(chosen.config)
    known = inspect.signature(getattr(model_selection, chosen.class_name)).parameters
    if "random_state" in known and ("shuffle" not in known or arguments.get("shuffle")):
        arguments.setdefault("random_state", state)
    return arguments


def _fold_sizes(splits: list[tuple[int, int]], data: Data) -> Sizes:
    """Return the common sizes of splits of these numbers of training rows and test rows."""
    fewest, most = (pick(train for train, _ in splits) for pick in (min, max))
    if isinstance(data.split, Splitter) and fewest < MOST_UNEVEN * most:
        raise _uneven(data.split, fewest, most)
    tested = {test for _, test in splits}
    return Sizes(fewest, min(tested), same_test=len(tested) == 1)


def _uneven(chosen: Splitter, fewest: int, most: int) -> DataError:
    """Return the error for splits whose numbers of training rows differ too much."""
    from sklearn import model_selection

    name = chosen.class_name
    known = inspect.signature(getattr(model_selection, name)).parameters
    if "max_train_size" in known:
        hint = f"Set max_train_size = {fewest} in its config: each then trains on its last rows"
    elif "Group" in name:
        hint = "Choose split = group, which draws groups for as many training rows in each repeat"
    else:
        hint = "Choose cv, whose folds are nearly equal, or ShuffleSplit"
    return DataError(
        f"data.split: {name} makes splits of {fewest:,} to {most:,} training rows; in task mode "
        "the repeats train on equally many, for networks that see more rows are better ones.",
        f"{hint}; or choose article mode, which trains on its first split.",
    )
