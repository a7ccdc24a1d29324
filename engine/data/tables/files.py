"""Reading the columns of a user's file: CSV, NPZ or Parquet."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.text import SAMPLE, read_lines, too_many
from hiss.errors import DataError

MOST_BYTES = 100_000_000
MOST_VALUES = 10_000_000
"""At float32, thirty replicates of this many values take 1.2 GB."""
ENDINGS = (".csv", ".tsv", ".txt", ".npz", ".parquet")

Columns = Mapping[str, NDArray[Any]]


def read_columns(path: Path) -> Columns:
    """Return a file's columns by name, numbers as floats and text as an object array of strings.

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
    _check_names(path, columns)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise DataError(f"{path}: expected columns of one length, received {sorted(lengths)}.")
    return columns


def _check_file(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        packed = path.suffix.lower() in (".gz", ".bz2", ".xz", ".zip")
        hint = "Unpack it." if packed else "A spreadsheet can save itself as CSV, in UTF-8."
        raise DataError(f"{path}: expected a file ending in {', '.join(ENDINGS)}.", hint)
    try:
        size = path.stat().st_size
        size = max(size, _unpacked(path))
    except OSError as error:
        hint = "On the command line a path starts where you are, in a preset beside its file."
        raise DataError(f"{path}: {error.strerror}.", hint) from error
    if path.is_dir():
        raise DataError(f"{path}: this is a directory, not a file.")
    if not path.is_file():
        raise DataError(f"{path}: this is not a regular file.")
    if size > MOST_BYTES:
        limit = f"expected at most {MOST_BYTES // 10**6} MB"
        raise DataError(f"{path}: {limit}, received {size // 10**6:,} MB.", SAMPLE)


def _unpacked(path: Path) -> int:
    """Return the bytes that an NPZ file takes once unpacked; 0 for any other file."""
    if path.suffix.lower() != ".npz" or not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as packed:
        return sum(member.file_size for member in packed.infolist())


def _csv(path: Path) -> Columns:
    header, lines = read_lines(path, MOST_VALUES)
    _check_distinct(path, header)
    return {
        name: _column(values) for name, values in zip(header, zip(*lines, strict=True), strict=True)
    }


def _check_distinct(path: Path, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"{path}: two columns are called `{twice[0]}`.", "Rename one of them.")


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


def _npz(path: Path) -> Columns:
    """Read arrays of one length; a matrix `x` becomes the columns `x1`, `x2` and so on."""
    if not zipfile.is_zipfile(path):
        hint = "numpy.savez(path, x=x, target=y) writes one."
        raise DataError(f"{path}: this is not an NPZ file.", hint)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, AttributeError, EOFError) as error:
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
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        hint = "pip install pyarrow, or save the table as CSV."
        raise DataError(f"{path}: reading Parquet needs pyarrow.", hint) from error
    try:
        with ParquetFile(path) as file:
            rows, width = file.metadata.num_rows, file.metadata.num_columns
            if rows * width > MOST_VALUES:
                raise too_many(path, MOST_VALUES, f"{rows:,}", width)
            table = file.read().to_pydict()
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: this is not a Parquet file: {error}") from error
    return {str(name): _plain(values) for name, values in table.items()}


def _plain(values: Sequence[Any]) -> NDArray[Any]:
    """Return numbers as floats, NaN where one is missing; anything else as text."""
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    texts = ["" if value is None else str(value) for value in values]
    return np.array(texts, dtype=object)
