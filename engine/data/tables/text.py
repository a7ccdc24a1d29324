"""A table as text: its delimiter, its header and its rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from hiss.data.tables.limits import too_many
from hiss.errors import DataError

DELIMITERS = ",;\t|"
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
Lines = list[list[str]]
QUOTES = "A value that contains the delimiter must be in double quotes, and quotes come in pairs."
MOST_SPELT = 40
"""Columns up to which an example spells out a name for each."""


def read_lines(path: Path, most: int) -> tuple[list[str], Lines]:
    """Return the names of a text table's columns, and its rows.

    Args:
        path: of the file.
        most: values that the table may have.

    Raises:
        DataError: if it is not text in rows of one length below a row of names, or too large.
    """
    with _opened(path) as opened:
        header = next(opened, [])
        most_rows = most // max(1, len(header))
        rows = list(islice(opened, most_rows + 1))
    if not rows:
        received = "one line" if header else "an empty file"
        raise DataError(
            f"{path}: expected a line of column names and rows below it, received {received}."
        )
    if len(rows) > most_rows:
        raise too_many(path, most, f"more than {most_rows:,}", len(header))
    if counts_and_classes(header, len(rows), width := len(rows[0])):
        return [*(f"x{place}" for place in range(1, width)), "target"], rows
    _check_header(path, header, rows)
    _check_widths(path, header, rows)
    names = [" ".join(name.split()) for name in header]
    return [name or f"column {place}" for place, name in enumerate(names, 1)], rows


def delimiter_of(path: Path) -> str:
    """Return the delimiter that is most frequent in the first line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = next((line for line in file if line.strip()), "")
    return max(DELIMITERS, key=line.count)


def header_of(path: Path) -> list[str]:
    """Return the first row of a text table."""
    with _opened(path) as lines:
        return next(lines)


def notes_on(path: Path, rows: int) -> tuple[str, ...]:
    """Return sentences on how a text table was read where that might surprise."""
    if path.suffix.lower() in (".npz", ".parquet"):
        return ()
    with _opened(path) as lines:
        header, first = islice(lines, 2)
    notes = []
    if (delimiter := delimiter_of(path)) != ",":
        notes.append(f"Values are separated by {NAMES[delimiter]}.")
    if counts_and_classes(header, rows, len(first)):
        notes.append(
            "The first row holds counts and class names, as scikit-learn writes them: "
            f"columns are called x1 … x{len(first) - 1} and target."
        )
    return tuple(notes)


def counts_and_classes(header: Sequence[str], rows: int, width: int) -> bool:
    """Return whether the first row is that of scikit-learn's own files.

    It holds the counts of rows and features and then the names of the classes. The columns are then
    called x1, x2 … and target.
    """
    if len(header) < 4 or is_number(header[2]):
        return False
    return header[:2] == [str(rows), str(width - 1)]


def is_number(text: str) -> bool:
    """Return whether a text is a number; `nan` and `inf` are, Python's `1_000` is not."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[list[str]]]:
    """Open a text table as an iterator over its rows without the blank ones.

    Raises:
        DataError: if it is not text in rows.
    """
    try:
        delimiter = delimiter_of(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(_without_nul(path, file), delimiter=delimiter, strict=True)
            yield (list(map(str.strip, row)) for row in rows if row)
    except UnicodeDecodeError as error:
        raise _undecodable(path, error) from error
    except csv.Error as error:
        raise DataError(f"{path}: this is not CSV: {error}.", QUOTES) from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from error


def _without_nul(path: Path, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            hint = "If it is UTF-16: iconv -f utf-16le -t utf-8 old > new"
            raise DataError(f"{path}: expected text, received a NUL byte in line {number}.", hint)
        yield line


def _undecodable(path: Path, error: UnicodeDecodeError) -> DataError:
    wide = error.object[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\0" in error.object and not wide:
        return DataError(f"{path}: expected text, received NUL bytes: this is not a text file.")
    return DataError(
        f"{path}: expected UTF-8 text, received byte {error.object[error.start]:#x}.",
        f"Save it as UTF-8, for example: iconv -f {'utf-16' if wide else 'latin1'} "
        "-t utf-8 old > new",
    )


def _check_header(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if all(map(is_number, header)):
        raise DataError(
            f"{path}: expected column names in the first row, received only numbers.",
            _naming(len(header)),
        )
    if any(map(is_number, header)) and _is_like(header, rows):
        first = ", ".join(header[:6])
        raise DataError(
            f"{path}: expected column names in the first row, "
            f"received a row of values like those below it: {first}.",
            _naming(len(header)),
        )


def _naming(columns: int) -> str:
    """Return a hint on how to name the columns."""
    if columns > MOST_SPELT:
        return "Add a row of names on top."
    names = ",".join([*(f"x{place}" for place in range(1, columns)), "target"])
    return f"Add a row of names on top, for example: (echo {names}; cat old) > new"


def _is_like(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether every name could be a value of its column: a number, or a text in it."""
    columns = zip(*rows, strict=False)
    return all(
        (is_number(name) and all(map(is_number, values))) or name in values
        for name, values in zip(header, columns, strict=False)
    )


def _check_widths(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = len(header)
    if all(len(row) != width for row in rows):
        raise DataError(
            f"{path}: expected a name for each of {len(rows[0])} columns in the first row, "
            f"received {width}.",
            "Remove the lines above the names, and name every column.",
        )
    for number, row in enumerate(rows, 2):
        if len(row) != width:
            raise DataError(
                f"{path}: row {number}: expected {width} values, received {len(row)}.", QUOTES
            )
