"""Reading the columns of a user's file: text, NPZ, Parquet or Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.content import PACKINGS, decoded, unpacked
from hiss.data.tables.limits import MOST_VALUES, check_size
from hiss.data.tables.npz import read_npz
from hiss.data.tables.reading import Reading
from hiss.data.tables.spreadsheet import read_sheet
from hiss.data.tables.text import TextTable, read_text
from hiss.data.tables.words import empty_in_words, text_in_words
from hiss.errors import DataError, escaped
from hiss.files import expanded, why

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")
"""Endings of text tables."""
ENDINGS = (*TEXTS, ".npz", ".parquet", ".xlsx", *PACKINGS)

USUAL = Reading()
"""Nothing is stated: the file shows how it is to be read."""
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """The columns of a file, and how it was read."""

    columns: Columns
    read_as: tuple[str, ...] = ()
    """How it was read, in words, where that is not as most tables are."""
    text: TextTable | None = None
    """The rows as text; None for a file that holds typed values."""
    sheet: str = ""
    """Of an Excel file with several sheets, the name of the one that was read."""

    @property
    def first_row(self) -> int:
        """Number of the first row with values: 2 below a row of names, else 1."""
        return 2 if self.text is not None and self.text.dialect.header else 1


def read_columns(path: Path, reading: Reading = USUAL) -> Columns:
    """Return a file's columns by name, numbers as floats and text as an object array of strings.

    A missing number is NaN, a missing text is empty.

    Args:
        path: of the file.
        reading: what the user states of it; by default the file shows that itself.

    Raises:
        DataError: if there is no such file, it is not a table, or it can be read in two ways.
    """
    return read_file(path, reading).columns


def read_file(path: Path, reading: Reading = USUAL) -> Contents:
    """Return a file's columns, and how it was read.

    Raises:
        DataError: if there is no such file, it is not a table, or it can be read in two ways.
    """
    _check_file(path)
    match path.suffix.lower():
        case ".npz":
            contents = _typed(read_npz(path))
        case ".parquet":
            contents = _typed(_parquet(path))
        case ".xlsx":
            text, sheet = read_sheet(path, reading)
            stated = replace(reading, delimiter=",", comment="")
            contents = _text(path, text, "utf-8", stated, sheet)
        case _:
            text, encoding = decoded(path, unpacked(path), reading.encoding)
            contents = _text(path, text, encoding, reading)
    _check_names(path, contents.columns)
    lengths = {len(column) for column in contents.columns.values()}
    if len(lengths) != 1:
        raise DataError(f"{path}: expected columns of one length, received {sorted(lengths)}.")
    if lengths == {0}:
        raise DataError(f"{path}: expected rows, received columns without values.")
    return contents


def contents_of(path: Path, reading: Reading = USUAL) -> Contents:
    """Return a file's contents; it is read once until it changes."""
    return _contents(expanded(path), reading, modified(path))


def columns_of(path: Path, reading: Reading = USUAL) -> Columns:
    """Return a file's columns; it is read once until it changes."""
    return contents_of(path, reading).columns


def modified(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 where there is none."""
    try:
        return expanded(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


@lru_cache(maxsize=2)
def _contents(path: Path, reading: Reading, modified: int) -> Contents:
    return read_file(path, reading)


def _text(path: Path, text: str, encoding: str, reading: Reading, sheet: str = "") -> Contents:
    table = read_text(path, text, encoding, reading, MOST_VALUES)
    columns = {name: each.values for name, each in table.columns.items()}
    said = (f"sheet `{sheet}`",) if sheet else ()
    return Contents(columns, (*said, *text_in_words(table)), table, sheet)


def _typed(columns: Columns) -> Contents:
    """Return the columns of a file without those that are empty."""
    kept = {name: column for name, column in columns.items() if not _is_empty(column)}
    if not kept:
        return Contents(columns)
    return Contents(kept, tuple(empty_in_words([name for name in columns if name not in kept])))


def _is_empty(column: NDArray[Any]) -> bool:
    if not len(column):
        return False
    if column.dtype.kind == "f":
        return bool(np.isnan(column).all())
    return column.dtype.kind == "O" and not any(column)


def _check_file(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        hint = "A spreadsheet can save itself as CSV."
        raise DataError(f"{path}: expected a file ending in {', '.join(ENDINGS)}.", hint)
    inner = Path(path.stem).suffix.lower()
    if path.suffix.lower() in PACKINGS and inner in (".npz", ".parquet", ".xlsx"):
        raise DataError(f"{path}: of compressed files, only text is read.", "Unpack it.")
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


def _check_names(path: Path, names: Iterable[str]) -> None:
    names = list(names)
    if "" in names:
        raise DataError(f"{path}: column {names.index('') + 1} has no name.", "Name it.")
    odd = [name for name in names if not name.isprintable()]
    if odd:
        raise DataError(
            f"{path}: a column is called {odd[0]!r}; expected printable characters.",
            "Rename it.",
        )


def _parquet(path: Path) -> Columns:
    try:
        from hiss.data.tables.parquet import read_parquet
    except ImportError as error:
        hint = 'pip install "hiss[tables]", or save the table as CSV.'
        raise DataError(f"{path}: reading Parquet needs pyarrow.", hint) from error
    return read_parquet(path)
