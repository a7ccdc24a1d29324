"""The dialect of a text table: its delimiter, its comments and its header, found by its rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from hiss.data.tables.reading import DELIMITERS, SPACES, Reading
from hiss.data.tables.values import is_missing, is_number, looks_numeric
from hiss.errors import DataError

SAMPLE = 300
"""Lines by which a dialect is found."""
COMMENTS = "#%"
"""Characters that begin comment lines."""
FEWEST_CONSECUTIVE = 3
"""Names that are whole numbers and follow each other, as pandas numbers columns."""
QUOTES = "A value that contains the delimiter must be in double quotes, and quotes come in pairs."
Row = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text table is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    """One character; a space stands for one or more."""
    skip: int = 0
    """Lines above the first row: comments, blank lines, `sep=;`."""
    comment: str = ""
    """Begins comments further below; empty where there are none."""
    header: bool = True
    """Whether the first row holds names, which may stand in the last comment above instead."""
    first: tuple[str, ...] = ()
    """The cells of the header; of the first row where there is none."""
    commented: tuple[str, ...] = ()
    """Names that the last comment above the rows holds."""
    width: int = 0
    """Columns of the rows, those without a name included."""
    padded: bool = False
    """Whether spaces stand before or after values."""
    trailing: bool = False
    """Whether every row ends with a delimiter: its last column holds nothing."""

    @property
    def has_row_names(self) -> bool:
        """Whether the header has no name for the first column, as R writes names of rows."""
        fits = 2 <= len(self.first) == self.width - 1
        return self.header and fits and not self.trailing


def diagnose(path: Path, text: str, encoding: str, reading: Reading) -> Dialect:
    """Return the dialect of a text by its first lines, and by what is stated.

    Raises:
        DataError: if it holds no rows, or the first row may hold names or values.
    """
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE))
    skip, stated = _above(lines, reading.comment)
    above, below = lines[:skip], lines[skip:]
    mark = reading.comment or _comment(above)
    below = [line for line in below if not (mark and line.lstrip().startswith(mark))]
    cut = len(lines) == SAMPLE
    delimiter = reading.separator or stated or _delimiter(below)
    rows = list(split(path, below, delimiter))
    if cut and len(rows) > 1:
        rows.pop()  # a quoted value may go on below the sample
    if not rows:
        raise no_rows(path, "an empty file")
    first, rest = rows[0], rows[1:]
    width = Counter(map(len, rest or rows)).most_common(1)[0][0]
    trailing = _is_trailing(first, rest, width)
    commented = _names_in_comment(above, mark, delimiter, width)
    named = reading.header if reading.header is not None else _is_header(path, first, rest)
    return Dialect(
        encoding=encoding,
        delimiter=delimiter,
        skip=skip,
        comment=reading.comment or _comment_below(text, skip, mark),
        header=named,
        first=tuple(first),
        commented=() if named else commented,
        width=width,
        padded=delimiter != SPACES and _has_padding(text, delimiter),
        trailing=trailing,
    )


def split(path: Path, lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Yield the rows of lines, without spaces around their cells; blank lines are none.

    Raises:
        DataError: if the lines are not CSV.
    """
    if delimiter == SPACES:
        yield from (line.split() for line in lines if line.strip())
        return
    try:
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
            cells = [cell.strip() for cell in row]
            if cells and cells != [""]:
                yield cells
    except csv.Error as error:
        raise DataError(f"{path}: this is not CSV: {error}.", QUOTES) from error


def no_rows(path: Path, received: str) -> DataError:
    """Return the error for a table without rows."""
    wanted = "expected a line of column names and rows below it"
    return DataError(f"{path}: {wanted}, received {received}.")


def counts_and_classes(header: Sequence[str], rows: int, width: int) -> bool:
    """Return whether the first row is that of scikit-learn's own files.

    It holds the counts of rows and features and then the names of the classes. The columns are then
    called x1, x2 … and target.
    """
    if len(header) < 4 or is_number(header[2]):
        return False
    return list(header[:2]) == [str(rows), str(width - 1)]


def _has_padding(text: str, delimiter: str) -> bool:
    ends = (f"{delimiter} ", f" {delimiter}", " \n", " \r")
    return any(each in text for each in ends)


def _above(lines: Sequence[str], comment: str) -> tuple[int, str]:
    """Return how many lines stand above the first row, and the delimiter that Excel's line states.

    Excel writes `sep=;` in the first line for itself.
    """
    stated = ""
    for place, line in enumerate(lines):
        bare = line.strip()
        if place == 0 and bare.lower().startswith("sep=") and len(line.rstrip("\r\n")) == 5:
            stated = line[4]
        elif bare and not bare.startswith(tuple(comment or COMMENTS)):
            return place, stated
    return len(lines), stated


def _comment(above: Sequence[str]) -> str:
    """Return the character that begins the comments above the first row."""
    return next((line.lstrip()[0] for line in above if line.strip()[:1] in (*COMMENTS,)), "")


def _comment_below(text: str, skip: int, mark: str) -> str:
    """Return the character of comments if further lines begin with it, and none holds it inside."""
    if not mark:
        return ""
    lines = [line.lstrip() for line in islice(io.StringIO(text, newline=""), skip, None)]
    marked = [line for line in lines if mark in line]
    return mark if marked and all(line.startswith(mark) for line in marked) else ""


def _names_in_comment(
    above: Sequence[str], mark: str, delimiter: str, width: int
) -> tuple[str, ...]:
    """Return the names in the last comment above the rows, as `numpy.savetxt` writes them."""
    comments = [line.strip() for line in above if mark and line.lstrip().startswith(mark)]
    if not comments:
        return ()
    line = comments[-1].lstrip(mark)
    cells = (
        line.split() if delimiter == SPACES else [each.strip() for each in line.split(delimiter)]
    )
    names = len(cells) == width and width > 1 and all(cells) and not any(map(is_number, cells))
    return tuple(cells) if names else ()


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter by which most lines have one number of values, at least two."""

    def share(delimiter: str) -> float:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        return count / len(rows) if width > 1 else 0.0

    try:
        shares = {delimiter: share(delimiter) for delimiter in ("\t", ";", "|", ",")}
    except csv.Error:
        return max(DELIMITERS, key="".join(lines[:1]).count)
    best = max(shares, key=lambda each: shares[each])
    if shares[best]:
        return best
    fewest = min((len(line.split()) for line in lines if line.strip()), default=1)
    return SPACES if fewest > 1 else ","


def _is_trailing(first: Row, rest: Sequence[Row], width: int) -> bool:
    """Return whether every row ends with a delimiter."""
    ends = bool(rest) and width > 1 and all(len(row) == width and not row[-1] for row in rest)
    return ends and (len(first) == width - 1 or (len(first) == width and not first[-1]))


def _is_header(path: Path, first: Row, rest: Sequence[Row]) -> bool:
    """Return whether the first row holds names, by comparing it with the rows below."""
    if not rest:
        return True
    rest = [row for row in rest if row != first] or rest  # files joined with their headers
    cells = [cell for cell in first if not is_missing(cell)]
    numeric = [looks_numeric(cell) for cell in cells]
    if _are_consecutive([cell for cell, is_one in zip(cells, numeric, strict=True) if is_one]):
        return True
    if not cells or all(numeric):
        return not cells
    if len(first) != len(rest[0]):
        return True
    below = [(cell, [row[n] for row in rest if n < len(row)]) for n, cell in enumerate(first)]
    words = [
        (cell, column) for cell, column in below if not (looks_numeric(cell) or is_missing(cell))
    ]
    if any(_is_numeric(column) for _, column in words):
        return True
    if all(cell in column for cell, column in words):
        return len(words) < 2 and not any(numeric)
    if not any(numeric) or not all(_is_numeric(c) for cell, c in below if looks_numeric(cell)):
        return True
    raise DataError(
        f"{path}: the first row may hold names or values: {', '.join(first[:6])}.",
        "If it holds names: --header. If it holds values: --no-header.",
    )


def _is_numeric(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    return bool(present) and all(map(looks_numeric, present))


def _are_consecutive(cells: Sequence[str]) -> bool:
    """Return whether cells are whole numbers, each one more than the last."""
    if len(cells) < FEWEST_CONSECUTIVE or not all(
        each.isdecimal() and len(each) < 9 for each in cells
    ):
        return False
    return all(int(b) - int(a) == 1 for a, b in pairwise(cells))
