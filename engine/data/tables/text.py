"""A text table: its rows as pandas reads them, its columns' names, and how numbers are written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from hiss.data.tables.dialect import (
    QUOTES,
    Dialect,
    counts_and_classes,
    diagnose,
    no_rows,
    split,
)
from hiss.data.tables.limits import check_distinct, too_many
from hiss.data.tables.reading import SPACES, Reading
from hiss.data.tables.values import Notation, Texts, notations
from hiss.errors import DataError, escaped, first_line

if TYPE_CHECKING:
    import pandas as pd

MOST_WORDS = 12
"""Different texts of a column that are kept apart."""
CHUNK = 200_000
"""Values that are read at once, so that the reading can be interrupted between them."""


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """One column of a text table, and how it was read."""

    values: NDArray[Any]
    """Floats, NaN where one is missing, or an object array of text, empty where it is missing."""
    notation: Notation | None
    """How its numbers are written; None for text."""
    missing: frozenset[str]
    """What stands for missing values in it."""
    is_marked: bool
    """Whether a number holds a decimal sign, or one between thousands."""
    words: tuple[str, ...]
    """The different values, if they are few texts."""

    @classmethod
    def of(cls, texts: Texts, notation: Notation | None) -> TextColumn:
        """Return a column without its texts, which take much more memory."""
        words = texts.present if notation is None and len(texts.present) <= MOST_WORDS else ()
        return cls(
            values=texts.column(notation),
            notation=notation,
            missing=frozenset(texts.missing),
            is_marked=texts.is_marked,
            words=tuple(words),
        )


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    """A text table, and how it was read."""

    dialect: Dialect
    names: tuple[str, ...]
    """Of all columns, in the order of the file; empty for those that are not read."""
    columns: dict[str, TextColumn]
    """The columns that are read, by name."""
    has_row_names: bool
    """Whether the first column, which has no name, holds names of rows; it is not read."""
    has_counts: bool
    """Whether the first row holds counts and class names, as in scikit-learn's files."""
    empty: tuple[str, ...]
    """Names of columns without any value, which are not read."""


def read_text(path: Path, text: str, encoding: str, reading: Reading, most: int) -> TextTable:
    """Return the table that a text holds.

    Args:
        path: of the file, for messages.
        text: of the file.
        encoding: in which it was written.
        reading: what the user states of it.
        most: values that the table may have.

    Raises:
        DataError: if rows differ in length, there are too many, or they can be read in two ways.
    """
    dialect = diagnose(path, text, encoding, reading)
    columns = _columns(path, text, dialect, most)
    rows = len(columns[0])
    if not rows:
        raise no_rows(path, "one line")
    if dialect.trailing:
        columns = columns[:-1]
    if dialect.has_row_names and len(set(columns[0])) < rows:
        raise _too_few_names(path, dialect)
    has_counts = dialect.header and counts_and_classes(dialect.first, rows, dialect.width)
    names = _names(path, dialect, len(columns), has_counts)
    unnamed = dialect.header and not dialect.first[0] and any(dialect.first)
    has_row_names = dialect.has_row_names or (unnamed and len(set(columns[0])) == rows)
    if has_row_names:
        names[0] = ""
    check_distinct(path, [name for name in names if name])
    read = [
        Texts(name, values, reading.na_values)
        for name, values in zip(names, columns, strict=True)
        if name
    ]
    empty = [each.name for each in read if each.is_empty]
    if len(empty) < len(read):
        names = ["" if name in empty else name for name in names]
        read = [each for each in read if not each.is_empty]
    written = notations(path, read, dialect.delimiter, reading)
    return TextTable(
        dialect=dialect,
        names=tuple(names),
        columns={each.name: TextColumn.of(each, written[each.name]) for each in read},
        has_row_names=has_row_names,
        has_counts=has_counts,
        empty=tuple(empty),
    )


def _columns(path: Path, text: str, dialect: Dialect, most: int) -> list[list[str]]:
    """Return the cells of each column, without spaces around them."""
    width = dialect.width
    columns: list[list[str]] = [[] for _ in range(width)]
    most_rows = most // max(1, width)
    is_short = False
    try:
        for frame in _frames(text, dialect):
            if frame.index.nlevels > 1 or frame.index.dtype.kind != "i" or any(frame[width]):
                raise ValueError("a row has too many values")  # pandas makes an index of some
            for place, column in enumerate(columns):
                column += map(str.strip, frame[place].tolist())
            is_short = is_short or (width > 1 and bool((frame[width - 1] == "").any()))
            if len(columns[0]) > most_rows:
                raise too_many(path, most, f"more than {most_rows:,}", width)
    except ValueError as error:  # pandas' ParserError is one
        _check_widths(path, text, dialect)
        reason = escaped(first_line(error)).removeprefix("Error tokenizing data. C error: ")
        raise DataError(f"{path}: this is not CSV: {reason}.", QUOTES) from error
    if is_short:
        _check_widths(path, text, dialect)
    return columns


def _frames(text: str, dialect: Dialect) -> Iterator[pd.DataFrame]:
    """Yield the rows below the header in chunks, with one column more than they should have."""
    import pandas as pd

    width = dialect.width + 1
    yield from pd.read_csv(
        io.StringIO(_body(text, dialect)),
        sep=r"\s+" if dialect.delimiter == SPACES else dialect.delimiter,
        header=None,
        names=list(range(width)),
        dtype=object,
        na_filter=False,
        skipinitialspace=True,
        comment=dialect.comment or None,
        chunksize=max(1, CHUNK // width),
    )


def _body(text: str, dialect: Dialect) -> str:
    """Return what stands below the header, whose names may go over several lines."""
    start = 0

    def passed() -> Iterator[str]:
        nonlocal start
        for number, line in enumerate(io.StringIO(text, newline="")):
            start += len(line)
            if number >= dialect.skip:
                yield line

    if dialect.header:
        next(split(Path(), passed(), dialect.delimiter), None)
    else:
        start = sum(map(len, islice(io.StringIO(text, newline=""), dialect.skip)))
    return text[start:]


def _names(path: Path, dialect: Dialect, width: int, has_counts: bool) -> list[str]:
    """Return a name for each column; empty for names of rows."""
    if has_counts:
        return [*(f"x{place}" for place in range(1, width)), "target"]
    if not dialect.header:
        return list(dialect.commented) or [f"col{place}" for place in range(1, width + 1)]
    header = [" ".join(name.split()) for name in dialect.first]
    if dialect.has_row_names:
        return ["", *(name or f"column {place}" for place, name in enumerate(header, 2))]
    if len(header) not in (width, width + dialect.trailing):
        raise _too_few_names(path, dialect)
    return [name or f"column {place}" for place, name in enumerate(header[:width], 1)]


def _too_few_names(path: Path, dialect: Dialect) -> DataError:
    wanted = f"expected a name for each of {dialect.width} columns in the first row"
    hint = "Remove the lines above the names, and name every column."
    return DataError(f"{path}: {wanted}, received {len(dialect.first)}.", hint)


def _check_widths(path: Path, text: str, dialect: Dialect) -> None:
    """Refuse rows of another length, which pandas fills up or cuts off."""
    lines = islice(io.StringIO(text, newline=""), dialect.skip, None)
    if dialect.comment:
        lines = (line.split(dialect.comment)[0] for line in lines)  # type: ignore[assignment]
    allowed = {dialect.width, dialect.width - dialect.trailing}
    for number, row in enumerate(split(path, lines, dialect.delimiter), 1):
        if (number == 1 and dialect.header) or len(row) in allowed:
            continue
        if len(row) == dialect.width + 1 and not row[-1]:
            continue
        raise DataError(
            f"{path}: row {number}: expected {dialect.width} values, received {len(row)}.", QUOTES
        )
