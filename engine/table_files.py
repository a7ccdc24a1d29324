"""Reads the columns of a user's file: CSV, NPZ or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

MOST_BYTES = 200_000_000
ENDINGS = (".csv", ".tsv", ".txt", ".npz", ".parquet")
DELIMITERS = ",;\t|"

Columns = Mapping[str, NDArray[Any]]


def read_columns(path: Path) -> Columns:
    """Return a file's columns by name; of text, every value is a string.

    Raises:
        DataError: if there is no such file, or it is not a table.
    """
    _check_file(path)
    match path.suffix.lower():
        case ".npz":
            columns = _npz(path)
        case ".parquet":
            columns = _parquet(path)
        case _:
            columns = _csv(path)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise DataError(f"{path}: expected columns of one length, received {sorted(lengths)}.")
    return columns


def _check_file(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise DataError(f"{path}: expected a file ending in {', '.join(ENDINGS)}.")
    try:
        size = path.stat().st_size
    except OSError as error:
        hint = "A path is taken from the directory in which hiss was started."
        raise DataError(f"{path}: {error.strerror}.", hint) from error
    if path.is_dir():
        raise DataError(f"{path}: this is a directory, not a file.")
    if size > MOST_BYTES:
        raise DataError(
            f"{path}: expected at most {MOST_BYTES // 10**6} MB, received {size // 10**6} MB.",
            "Noise shows on small training sets: take a sample of the rows.",
        )


def _csv(path: Path) -> Columns:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            lines = [line for line in csv.reader(file, delimiter=delimiter, strict=True) if line]
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected UTF-8 text, received byte {error.object[error.start]:#x}.",
            "Save it as UTF-8, for example: iconv -f latin1 -t utf-8 old.csv > new.csv",
        ) from error
    except csv.Error as error:
        raise DataError(f"{path}: this is not CSV: {error}.") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from error
    return _named(path, lines)


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _named(path: Path, lines: Sequence[Sequence[str]]) -> Columns:
    if len(lines) < 2:
        raise DataError(f"{path}: expected a line of column names and rows below it.")
    header = [name.strip() for name in lines[0]]
    _check_header(path, header)
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            raise DataError(
                f"{path}: row {number}: expected {len(header)} values, received {len(line)}.",
                "Text that holds the delimiter stands in double quotes.",
            )
    return {
        name: _column(values)
        for name, values in zip(header, zip(*lines[1:], strict=True), strict=True)
    }


def _check_header(path: Path, header: Sequence[str]) -> None:
    if all(_is_number(name) for name in header):
        raise DataError(
            f"{path}: expected column names in the first row, received only numbers.",
            "Put a row of names on top: a,b,c,target.",
        )
    _check_distinct(path, header)


def _check_distinct(path: Path, names: Sequence[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f"{path}: two columns are called `{twice[0]}`.", "Rename one of them.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _column(values: Sequence[str]) -> NDArray[Any]:
    stripped = [value.strip() for value in values]
    try:
        return np.array([float(value) for value in stripped])
    except ValueError:
        return np.array(stripped)


def _npz(path: Path) -> Columns:
    """Read arrays with a row each; a matrix `x` gives the columns `x1`, `x2` and so on."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: this is not an NPZ file of plain arrays: {error}.") from error
    columns: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        match array.ndim:
            case 1:
                _check_distinct(path, [*columns, name])
                columns[name] = array
            case 2:
                matrix = {f"{name}{place}": each for place, each in enumerate(array.T, 1)}
                _check_distinct(path, [*columns, *matrix])
                columns |= matrix
            case _:
                raise DataError(f"{path}: {name}: expected 1 or 2 axes, received {array.ndim}.")
    return columns


def _parquet(path: Path) -> Columns:
    try:
        from pandas import read_parquet

        frame = read_parquet(path)
    except ImportError as error:
        hint = "Install pandas and pyarrow, or save the table as CSV."
        raise DataError(f"{path}: Parquet is read by pandas and pyarrow.", hint) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: this is not a Parquet file: {error}.") from error
    return {str(name): _plain(frame[name].to_numpy()) for name in frame.columns}


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind in "biuf":
        return values.astype(float)
    return np.array(["" if value is None else str(value) for value in values])
