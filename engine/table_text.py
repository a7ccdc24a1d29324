"""A table as text: how its lines are cut into values, and whether it has a header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from engine.errors import DataError

DELIMITERS = ",;\t|"
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
Lines = list[list[str]]


def read_lines(path: Path) -> tuple[list[str], Lines]:
    """Return the names of a text table's columns, and its rows.

    Raises:
        DataError: if it is not text in rows of one length below a row of names.
    """
    lines = _cut(path)
    if len(lines) < 2:
        received = "one line" if lines else "an empty file"
        raise DataError(
            f"{path}: expected a line of column names and rows below it, received {received}."
        )
    header, rows = lines[0], lines[1:]
    if counts_and_classes(header, rows):
        width = len(rows[0])
        return [*(f"x{place}" for place in range(1, width)), "target"], rows
    _check_header(path, header, rows)
    _check_widths(path, header, rows)
    return [name or f"column {place}" for place, name in enumerate(header, 1)], rows


def delimiter_of(path: Path) -> str:
    """Return what stands between the values: whichever the first line has most of."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline()
    return max(DELIMITERS, key=line.count)


def header_of(path: Path) -> list[str]:
    """Return the first row of a text table as it stands."""
    return _cut(path)[0]


def notes_on(path: Path) -> tuple[str, ...]:
    """Say how a text table was read where that might surprise."""
    if path.suffix.lower() in (".npz", ".parquet"):
        return ()
    header, *rows = _cut(path)
    notes = []
    if (delimiter := delimiter_of(path)) != ",":
        notes.append(f"Values are told apart by {NAMES[delimiter]}.")
    if counts_and_classes(header, rows):
        notes.append(
            "The first row holds counts and class names, as scikit-learn writes them: "
            f"columns are called x1 … x{len(rows[0]) - 1} and target."
        )
    return tuple(notes)


def counts_and_classes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell scikit-learn's own files: on top the counts of rows and features, then the classes.

    Their columns are then called x1, x2 … and target.
    """
    if len(header) < 4 or is_number(header[2]):
        return False
    return header[:2] == [str(len(rows)), str(len(rows[0]) - 1)]


def is_number(text: str) -> bool:
    """Whether a text reads as a number; `nan` and `inf` do."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _cut(path: Path) -> Lines:
    try:
        delimiter = delimiter_of(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=delimiter, strict=True)
            return [[value.strip() for value in line] for line in lines if line]
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected UTF-8 text, received byte {error.object[error.start]:#x}.",
            f"Save it as UTF-8, for example: iconv -f {_guess(error)} -t utf-8 old > new",
        ) from error
    except csv.Error as error:
        raise DataError(f"{path}: this is not CSV: {error}.") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}.") from error


def _guess(error: UnicodeDecodeError) -> str:
    return "utf-16" if error.object[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin1"


def _check_header(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    hint = "Put a row of names on top: a,b,c,target."
    if all(map(is_number, header)):
        raise DataError(
            f"{path}: expected column names in the first row, received only numbers.", hint
        )
    if any(map(is_number, header)) and _is_like(header, rows):
        first = ", ".join(header[:6])
        raise DataError(
            f"{path}: expected column names in the first row, "
            f"received a row of values like those below it: {first}.",
            hint,
        )


def _is_like(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether every name could be a value of its column: a number, or a text that it holds."""
    columns = zip(*rows, strict=False)
    return all(
        (is_number(name) and all(map(is_number, values))) or name in values
        for name, values in zip(header, columns, strict=False)
    )


def _check_widths(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise DataError(
                f"{path}: row {number}: expected {len(header)} values, received {len(row)}.",
                "Text that holds the delimiter stands in double quotes.",
            )
