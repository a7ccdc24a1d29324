"""From a selection of a table's columns to the data set that it describes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
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
from hiss.data.tables.files import Columns, read_columns
from hiss.data.tables.selection import KnownTask, PredictionTask, TableSelection
from hiss.errors import DataError, did_you_mean
from hiss.files import expanded

MOST_CLASSES = 10
"""Whole numbers with more different values than this are a quantity, not classes."""
TARGETS = ("target", "class", "label", "y", "outcome", "species", "diagnosis", "output")
"""Names that a target often has, in small letters."""
ONE_COLUMN = (
    "Values are separated by `,` `;` `|` or tabs, the same in every row. "
    "If they are separated by spaces: tr -s ' ' , < old > new"
)


def read_table(selection: TableSelection) -> Dataset:
    """Return the data set that a selection describes.

    Raises:
        DataError: if the table cannot be trained on as it is; no row or column is dropped silently.
    """
    return _read(selection, modified(selection.path))


def select(selection: TableSelection) -> SelectedColumns:
    """Return a selection's columns as they are in the file; a target left open is proposed.

    Raises:
        DataError: if the file cannot be read, a column is not in it, or no feature is left.
    """
    columns = columns_of(selection.path)
    if selection.target is None and selection.predict != "reconstruct":
        selection = replace(selection, target=propose_target(columns))
    names = _feature_names(selection, columns)
    y = columns[selection.target or names[0]]
    return SelectedColumns(
        selection=selection,
        target=selection.target or "",
        y=y,
        task=_task(y, selection.predict),
        features={name: columns[name] for name in names},
        weights=columns[selection.weight] if selection.weight else None,
    )


def columns_of(path: Path) -> Columns:
    """Return a file's columns; it is read once until it changes."""
    return _columns(expanded(path), modified(path))


def modified(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 where there is none."""
    try:
        return expanded(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def propose_target(columns: Columns) -> str:
    """Return the name of the column that is called like a target, or else of the last one."""
    by_name = {name.lower(): name for name in columns}
    known = [by_name[name] for name in TARGETS if name in by_name]
    return known[0] if known else list(columns)[-1]


@lru_cache(maxsize=2)
def _columns(path: Path, modified: int) -> Columns:
    return read_columns(path)


@lru_cache(maxsize=2)
def _read(selection: TableSelection, modified: int) -> Dataset:
    """Select and check the columns once for all replicates."""
    selected = select(selection)
    check(selection.path, findings(selected))
    names, x = _features(selected)
    weights = None if selected.weights is None else selected.weights.astype(float)
    if selected.task == "reconstruct":
        return Dataset(x, x, names, weights=weights)
    if selected.task == "regression":
        return Dataset(x, selected.y.astype(float), names, weights=weights)
    values, numbers = np.unique(selected.y, return_inverse=True)
    return Dataset(x, numbers, names, tuple(map(label, values)), weights)


def _feature_names(selection: TableSelection, columns: Columns) -> list[str]:
    """Return the names of the columns to learn from, all of them in the file."""
    hint = ONE_COLUMN if len(columns) == 1 else ""
    single = (selection.target, selection.weight)
    for name in (*single, *selection.features, *selection.drop, *selection.one_hot):
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


def _features(selected: SelectedColumns) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return names and values of the features, one-hot columns expanded."""
    made: dict[str, NDArray[Any]] = {}
    for name, column in selected.features.items():
        if name in selected.selection.one_hot:
            values = np.unique(column)
            made |= {f"{name}={label(value)}": column == value for value in values}
        else:
            made[name] = column
    return tuple(made), np.column_stack(list(made.values())).astype(float)
