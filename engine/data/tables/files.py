"""Reading the columns of a user's file: CSV, NPZ or Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.limits import MOST_VALUES, check_distinct, check_size
from hiss.data.tables.npz import read_npz
from hiss.data.tables.text import read_lines
from hiss.errors import DataError, escaped
from hiss.files import why

ENDINGS = (".csv", ".tsv", ".txt", ".npz", ".parquet")

Columns = Mapping[str, NDArray[Any]]


def read_columns(path: Path) -> Columns:
    """Return a file's columns by name, numbers as floats and text as an object array of strings.

    Raises:
        DataError: if there is no such file, or it is not a table.
    """
    _check_file(path)
    columns: Columns
    match path.suffix.lower():
        case ".npz":
            columns = read_npz(path)
        case ".parquet":
            columns = _parquet(path)
        case _:
            columns = _csv(path)
    _check_names(path, columns)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise DataError(f"{path}: expected columns of one length, received {sorted(lengths)}.")
    if lengths == {0}:
        raise DataError(f"{path}: expected rows, received columns without values.")
    return columns


def _check_file(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        packed = path.suffix.lower() in (".gz", ".bz2", ".xz", ".zip")
        hint = "Unpack it." if packed else "A spreadsheet can save itself as CSV, in UTF-8."
        raise DataError(f"{path}: expected a file ending in {', '.join(ENDINGS)}.", hint)
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        hint = "On the command line a path starts where you are, in a preset beside its file."
        raise DataError(f"{escaped(str(path))}: {why(error)}.", hint) from error
    if path.is_dir():
        raise DataError(f"{path}: this is a directory, not a file.")
    if not path.is_file():
        raise DataError(f"{path}: this is not a regular file.")
    check_size(path, size)


def _csv(path: Path) -> Columns:
    header, lines = read_lines(path, MOST_VALUES)
    check_distinct(path, header)
    return {
        name: _column(values) for name, values in zip(header, zip(*lines, strict=True), strict=True)
    }


def _check_names(path: Path, names: Iterable[str]) -> None:
    odd = [name for name in names if not name.isprintable()]
    if odd:
        raise DataError(
            f"{path}: a column is called {odd[0]!r}; expected printable characters.",
            "Rename it.",
        )


def _column(values: Sequence[str]) -> NDArray[Any]:
    """Return texts as floats where every one is a number by `is_number`, else as they are."""
    if "_" not in "".join(values):
        with suppress(ValueError):
            return np.fromiter(map(float, values), float, len(values))
    return np.array(values, dtype=object)


def _parquet(path: Path) -> Columns:
    try:
        from hiss.data.tables.parquet import read_parquet
    except ImportError as error:
        hint = "pip install pyarrow, or save the table as CSV."
        raise DataError(f"{path}: reading Parquet needs pyarrow.", hint) from error
    return read_parquet(path)
