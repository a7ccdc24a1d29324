"""The user's own table: which columns are features, what is to be predicted, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.loaders import Prediction
from engine.problems import did_you_mean
from engine.rows import Rows
from engine.table_files import Columns, read_columns

FEWEST_ROWS = 10
MOST_CLASSES = 10
"""Whole numbers with more values than this are taken for a quantity, not for classes."""
MISSING = ("", "na", "n/a", "nan", "null", "?")
LEAVE_OUT = "Mend the file, or list the columns to learn from: features = […]."


def read_table(path: str, target: str, features: Sequence[str], predict: Prediction) -> Rows:
    """Return the rows of a file.

    Args:
        path: of a CSV, NPZ or Parquet file.
        target: name of the column to predict.
        features: names of the columns to predict it from; none means all others.
        predict: what the target holds; `guess` decides by its values.

    Raises:
        DataError: if the table cannot be trained on as it is; nothing is dropped silently.
    """
    file = Path(path).expanduser()
    columns = _read(file, file.stat().st_mtime_ns if file.exists() else 0)
    names = tuple(features) or tuple(name for name in columns if name != target)
    _check_names(file, columns, (target, *names))
    x = _features(file, columns, names)
    y = columns[target]
    _check_missing(file, {target: y})
    if len(y) < FEWEST_ROWS:
        raise DataError(f"{file}: expected at least {FEWEST_ROWS} rows, received {len(y)}.")
    if predict == "guess":
        predict = "classification" if _holds_classes(y) else "regression"
    return (
        _classes(file, target, x, y, names)
        if predict == "classification"
        else _quantity(file, target, x, y, names)
    )


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Columns:
    """Read a file once for all replicates, and again when it has changed."""
    return read_columns(path)


def _check_names(path: Path, columns: Columns, names: Sequence[str]) -> None:
    for name in names:
        if name not in columns:
            raise DataError(f"{path}: there is no column `{name}`.{did_you_mean(name, columns)}")
    if len(set(names)) < len(names):
        raise DataError(f"{path}: a column is named twice among target and features.")
    if len(names) < 2:
        raise DataError(f"{path}: expected a column to learn from beside the target.")


def _features(path: Path, columns: Columns, names: Sequence[str]) -> NDArray[np.float64]:
    chosen = {name: columns[name] for name in names}
    _check_missing(path, chosen)
    for name, column in chosen.items():
        if not _is_numeric(column):
            raise DataError(f"{path}: {_text_found(name, column)}", _text_hint(column))
    for name, column in chosen.items():
        if not np.isfinite(column).all():
            raise DataError(f"{path}: column `{name}` holds infinite values.", LEAVE_OUT)
        if (column == column[0]).all():
            text = f"{path}: column `{name}` is {column[0]:g} in every row: there is no learning"
            raise DataError(f"{text} from it.", LEAVE_OUT)
    return np.column_stack(list(chosen.values())).astype(float)


def _check_missing(path: Path, columns: Columns) -> None:
    gaps = {name: _missing(column) for name, column in columns.items()}
    found = {name: gap for name, gap in gaps.items() if gap.any()}
    if found:
        each = ", ".join(f"`{name}` ({gap.sum()})" for name, gap in found.items())
        row = 2 + min(int(gap.argmax()) for gap in found.values())
        raise DataError(
            f"{path}: values are missing in {each}, first in row {row}.",
            "Fill them in or take those rows out; hiss leaves that choice to you.",
        )


def _missing(column: NDArray[Any]) -> NDArray[np.bool_]:
    if _is_numeric(column):
        return np.asarray(np.isnan(column.astype(float)))
    return np.array([str(value).strip().lower() in MISSING for value in column])


def _is_numeric(column: NDArray[Any]) -> bool:
    return column.dtype.kind in "biuf"


def _text_found(name: str, column: NDArray[Any]) -> str:
    texts = [place for place, value in enumerate(column) if not _is_number(str(value))]
    place = texts[0]
    where = f"{len(texts)} of {len(column)} rows, first {str(column[place])!r} in row {place + 2}"
    return f"column `{name}` holds text in {where}; expected numbers."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text_hint(column: NDArray[Any]) -> str:
    if all(re.fullmatch(r"[-+]?\d*,?\d+", str(value)) for value in column):
        return "These are decimal commas: write 1.5 for 1,5."
    return (
        "Give categories a column of 0 and 1 each (pandas.get_dummies), "
        "or list the columns to learn from: features = […]."
    )


def _holds_classes(y: NDArray[Any]) -> bool:
    if not _is_numeric(y):
        return True
    values = np.unique(y)
    return len(values) <= MOST_CLASSES and bool((values == np.round(values)).all())


def _classes(
    path: Path, target: str, x: NDArray[Any], y: NDArray[Any], names: tuple[str, ...]
) -> Rows:
    values, numbers = np.unique(y, return_inverse=True)
    if len(values) < 2:
        raise DataError(
            f"{path}: column `{target}` is {_label(values[0])} in every row: "
            "expected two classes or more."
        )
    if len(values) > len(y) / 2:
        raise DataError(
            f"{path}: column `{target}` has {len(values)} classes in {len(y)} rows.",
            'It may be a name or a quantity; for a quantity set predict = "regression".',
        )
    return Rows(x, numbers, names, tuple(map(_label, values)))


def _label(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:g}"


def _quantity(
    path: Path, target: str, x: NDArray[Any], y: NDArray[Any], names: tuple[str, ...]
) -> Rows:
    if not _is_numeric(y):
        raise DataError(f"{path}: {_text_found(target, y)}", 'Or set predict = "classification".')
    if not np.isfinite(y).all():
        raise DataError(f"{path}: column `{target}` holds infinite values.")
    if (y == y[0]).all():
        raise DataError(f"{path}: column `{target}` is {y[0]:g} in every row.")
    return Rows(x, y.astype(float), names)
