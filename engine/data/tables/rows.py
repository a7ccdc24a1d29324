"""The user's own table: which columns are features, what is to be predicted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Rows
from hiss.data.tables.checks import check, findings, is_numeric, label, missing, named
from hiss.data.tables.files import Columns, read_columns
from hiss.data.tables.selection import Prediction
from hiss.errors import DataError, did_you_mean

MOST_CLASSES = 10
"""Whole numbers with more values than this are taken for a quantity, not for classes."""
DELIMITED = (
    "Values are told apart by `,` `;` `|` or tabs, the same in every row. "
    "If they are by spaces: tr -s ' ' , < old > new"
)


def read_table(
    path: str,
    target: str,
    features: Sequence[str] = (),
    predict: Prediction = "guess",
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
) -> Rows:
    """Return the rows of a file.

    Args:
        path: of a CSV, NPZ or Parquet file.
        target: name of the column to predict.
        features: names of the columns to predict it from; none means all others.
        predict: what the target holds; `guess` decides by its values.
        drop: names of columns to leave out.
        one_hot: names of columns that hold categories: each becomes a column of 0 and 1.

    Raises:
        DataError: if the table cannot be trained on as it is; nothing is dropped silently.
    """
    file = Path(path).expanduser()
    names = tuple(map(tuple, (features, drop, one_hot)))
    return _rows(file, changed(file), target, predict, *names)


def columns_of(file: Path) -> Columns:
    """Read a file, once until it changes."""
    return _columns(file, changed(file))


def changed(file: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 where there is none."""
    return file.stat().st_mtime_ns if file.exists() else 0


@lru_cache(maxsize=2)
def _columns(file: Path, changed: int) -> Columns:
    return read_columns(file)


@lru_cache(maxsize=2)
def _rows(
    file: Path,
    changed: int,
    target: str,
    predict: Prediction,
    features: tuple[str, ...],
    drop: tuple[str, ...],
    one_hot: tuple[str, ...],
) -> Rows:
    """Choose and check the columns once for all replicates."""
    columns = _columns(file, changed)
    chosen = choose(file, columns, target, features, drop, one_hot)
    predict = prediction(columns[target], predict)
    learnt, y = {name: columns[name] for name in chosen}, columns[target]
    check(file, findings(learnt, y, target, predict, one_hot, named=bool(features)))
    names, x = _features(columns, chosen, one_hot)
    if predict == "regression":
        return Rows(x, y.astype(float), names)
    values, numbers = np.unique(y, return_inverse=True)
    return Rows(x, numbers, names, tuple(map(label, values)))


def choose(
    path: Path,
    columns: Columns,
    target: str,
    features: Sequence[str],
    drop: Sequence[str],
    one_hot: Sequence[str],
) -> tuple[str, ...]:
    """Return the names of the columns to learn from.

    Raises:
        DataError: if a name is not there, stands twice, or none is left.
    """
    for name in (target, *features, *drop, *one_hot):
        if name not in columns:
            nearest, hint = did_you_mean(name, columns), DELIMITED if len(columns) == 1 else ""
            raise DataError(f"{path}: there is no column `{name}`.{nearest}", hint)
    if target in (*features, *drop, *one_hot):
        raise DataError(f"{path}: column `{target}` is the target; it cannot be a feature too.")
    for names in (features, drop, one_hot):
        if len(set(names)) < len(names):
            raise DataError(f"{path}: a column is named twice: {', '.join(names)}.")
    chosen = tuple(name for name in features or columns if name != target and name not in drop)
    if not chosen:
        found = named(f"`{name}`" for name in columns)
        raise DataError(
            f"{path}: expected a column to learn from beside the target, received {found}.",
            DELIMITED if len(columns) == 1 else "",
        )
    if left_out := [name for name in one_hot if name not in chosen]:
        raise DataError(f"{path}: column `{left_out[0]}` is to be one-hot, but is left out.")
    return chosen


def prediction(y: NDArray[Any], asked: Prediction = "guess") -> Prediction:
    """Tell classification from regression by the target's values, unless told."""
    if asked != "guess":
        return asked
    if not is_numeric(y):
        return "classification"
    values = np.unique(y[~missing(y)].astype(float))
    few = len(values) <= MOST_CLASSES and bool((values == np.round(values)).all())
    return "classification" if few else "regression"


def _features(
    columns: Columns, chosen: Sequence[str], one_hot: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    made: dict[str, NDArray[Any]] = {}
    for name in chosen:
        if name in one_hot:
            values = np.unique(columns[name])
            made |= {f"{name}={label(value)}": columns[name] == value for value in values}
        else:
            made[name] = columns[name]
    return tuple(made), np.column_stack(list(made.values())).astype(float)
