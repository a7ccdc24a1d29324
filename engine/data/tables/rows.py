"""From a selection of a table's columns to the data set that it describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Dataset
from hiss.data.tables.checks import (
    SelectedColumns,
    check,
    findings,
    is_numeric,
    label,
    missing,
    name_some,
)
from hiss.data.tables.files import Columns, columns_of, contents_of, modified
from hiss.data.tables.npz import test_rows_of
from hiss.data.tables.preparation import Preparation, values_of
from hiss.data.tables.selection import KnownTask, PredictionTask, TableSelection
from hiss.data.tables.values import as_zero_one
from hiss.errors import DataError, did_you_mean
from hiss.files import expanded

MOST_CLASSES = 10
"""Whole numbers with more different values than this are a quantity, not classes."""
TARGETS = ("target", "class", "label", "y", "outcome", "species", "diagnosis", "output")
"""Names that a target often has, in small letters."""
ONE_COLUMN = (
    "Values are separated by `,` `;` `|`, tabs or spaces, the same in every row; "
    "for any other character: --delimiter."
)


def read_table(selection: TableSelection) -> Dataset:
    """Return the data set that a selection describes.

    Raises:
        DataError: if the table cannot be trained on as it is; no row or column is dropped silently.
    """
    files = filter(None, (selection.path, selection.test_path))
    return _read(selection, tuple(map(modified, files)))


def select(selection: TableSelection) -> SelectedColumns:
    """Return a selection's columns as they are in the file; a target left open is proposed.

    Raises:
        DataError: if the file cannot be read, a column is not in it, or no feature is left.
    """
    contents = contents_of(selection.path, selection.reading)
    columns = contents.columns
    if selection.target is None and selection.predict != "reconstruct":
        selection = replace(selection, target=propose_target(columns))
    names = _feature_names(selection, columns)
    predicted = selection.target or names[0]
    columns, test_rows = _with_test_rows(selection, columns, (*names, predicted))
    categories = (*selection.one_hot, *selection.ordinal)
    selected = SelectedColumns(
        selection=selection,
        target=selection.target or "",
        y=columns[predicted],
        task=_task(columns[predicted], selection.predict),
        features={
            name: columns[name] if name in categories else as_zero_one(columns[name])
            for name in names
        },
        group=columns[selection.group] if selection.group else None,
        test_rows=test_rows,
        weights=columns[selection.weight] if selection.weight else None,
        first_row=contents.first_row,
    )
    if selection.duplicates != "keep":
        selected = replace(selected, repeated=_repeated(selected))
    return replace(selected, kept=_kept(selected))


def propose_target(columns: Columns) -> str:
    """Return the name of the column that is called like a target, or else of the last one."""
    by_name = {name.lower(): name for name in columns}
    known = [by_name[name] for name in TARGETS if name in by_name]
    return known[0] if known else list(columns)[-1]


@lru_cache(maxsize=2)
def _read(selection: TableSelection, modified: tuple[int, ...]) -> Dataset:
    """Select and check the columns once for all replicates."""
    selected = select(selection)
    check(selection.path, findings(selected))
    used = selected.used
    features = {name: column[used] for name, column in selected.features.items()}
    prepared = Preparation.of(selected.selection, features)
    x = prepared.matrix(features)
    y, classes = (x, ()) if selected.task == "reconstruct" else _target(selected)
    return Dataset(
        x=x,
        y=y,
        features=prepared.names,
        classes=classes,
        weights=None if selected.weights is None else selected.weights[used].astype(float),
        groups=_groups(selected),
        test_rows=None if selected.test_rows is None else int(used[-selected.test_rows :].sum()),
        prepare=prepared.transformer if prepared.needed else None,
    )


def _target(selected: SelectedColumns) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return the target as numbers, and the names of its classes."""
    y = values_of(selected.y[selected.used])
    if selected.task == "regression":
        return y.astype(float), ()
    values, numbers = np.unique(y, return_inverse=True)
    return numbers, tuple(map(label, values))


def _kept(selected: SelectedColumns) -> NDArray[np.bool_] | None:
    """Return whether each row is used; None for all.

    Left out are rows without a target, rows with any missing value and rows that repeat an earlier
    one, each only where the selection asks for it.
    """
    chosen, kept = selected.selection, np.ones(len(selected.y), bool)
    if chosen.missing != "refuse" and selected.task != "reconstruct":
        kept &= ~missing(selected.y)
    if chosen.missing == "drop-rows":
        others = () if selected.group is None else (selected.group,)
        for column in (*selected.features.values(), *others):
            kept &= ~missing(column)
    if chosen.duplicates == "drop" and selected.repeated is not None:
        kept &= ~selected.repeated
    return None if kept.all() else kept


def _repeated(selected: SelectedColumns) -> NDArray[np.bool_]:
    """Return whether each row repeats an earlier one in its features, target and group."""
    _, first = np.unique(_all_places(selected), axis=0, return_index=True)
    again = np.ones(len(selected.y), bool)
    again[first] = False
    return again


def _groups(selected: SelectedColumns) -> NDArray[np.int64] | None:
    """Return the number of each used row's group; None where there are no groups."""
    if selected.group is not None:
        return _places(selected.group[selected.used])
    if selected.selection.duplicates != "group":
        return None
    found = np.unique(_all_places(selected)[selected.used], axis=0, return_inverse=True)
    return np.asarray(found[1]).reshape(-1)


def _all_places(selected: SelectedColumns) -> NDArray[np.int64]:
    """Return the places of the values of features, target and group, shape (rows, columns)."""
    others = () if selected.group is None else (selected.group,)
    columns = (*selected.features.values(), selected.y, *others)
    return np.column_stack([_places(column) for column in columns])


def _places(column: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each value its place among the different values; the last where it is missing."""
    gaps = missing(column)
    places = np.full(len(column), len(column))
    places[~gaps] = np.unique(values_of(column[~gaps]), return_inverse=True)[1]
    return places


def _with_test_rows(
    selection: TableSelection, columns: Columns, needed: Sequence[str]
) -> tuple[Columns, int | None]:
    """Return the columns with the test rows behind the others, and how many these are."""
    if selection.test_path is None:
        return columns, test_rows_of(expanded(selection.path))
    more = columns_of(selection.test_path, selection.reading)
    wanted = dict.fromkeys(name for name in (*needed, selection.group, selection.weight) if name)
    absent = [name for name in wanted if name not in more]
    if absent:
        others = [name for name in more if name not in columns]
        only = f"; only there are {name_some(f'`{name}`' for name in others)}" if others else ""
        raise DataError(
            f"{selection.test_path}: expected the columns of {selection.path.name}, but there is "
            f"no {name_some(f'`{name}`' for name in absent)}{only}.",
            "Both files need the same columns, by the same names; to leave one out: --drop COLUMN.",
        )
    count = len(next(iter(more.values())))
    return {name: _joined(columns[name], more[name]) for name in wanted}, count


def _joined(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Return two columns in one; as text where one of them is text."""
    if "O" not in (first.dtype.kind, second.dtype.kind):
        return np.concatenate([first, second])
    return np.array([*map(label, first), *map(label, second)], dtype=object)


def _feature_names(selection: TableSelection, columns: Columns) -> list[str]:
    """Return the names of the columns to learn from, all of them in the file."""
    hint = ONE_COLUMN if len(columns) == 1 else ""
    encoded = (*selection.one_hot, *selection.ordinal)
    single = (selection.target, selection.group, selection.weight)
    named = (*single, *selection.features, *selection.drop, *encoded)
    for name in named:
        if name is not None and name not in columns:
            nearest = did_you_mean(name, columns)
            raise DataError(f"{selection.path}: there is no column `{name}`.{nearest}", hint)
    names = [
        name for name in selection.features or columns if name not in (*single, *selection.drop)
    ]
    if not names:
        found = name_some(f"`{name}`" for name in columns)
        wanted = "expected a column to learn from beside the target"
        raise DataError(f"{selection.path}: {wanted}, received {found}.", hint)
    return names


def _task(y: NDArray[Any], asked: PredictionTask) -> KnownTask:
    """Return what is predicted: what the selection states, or what a target's values suggest."""
    if asked != "guess":
        return asked
    if not is_numeric(y):
        return "classification"
    values = np.unique(y[~missing(y)].astype(float))
    few = len(values) <= MOST_CLASSES and bool((values == np.round(values)).all())
    return "classification" if few else "regression"
