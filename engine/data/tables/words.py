"""How a table was read, in words: what is not as in most tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from hiss.data.tables.content import encoding_in_words
from hiss.data.tables.reading import DELIMITERS, SPACES
from hiss.data.tables.text import TextTable
from hiss.data.tables.values import Notation

MARKS = {",": "commas", ".": "dots", " ": "spaces", "'": "apostrophes", "’": "apostrophes"}
MOST_NAMED = 3
"""Columns that are named in the line; of more, the number."""


def text_in_words(table: TextTable) -> Iterator[str]:
    """Yield how a text table was read: `semicolons`, `decimal commas` or `Latin-1`."""
    dialect = table.dialect
    if dialect.delimiter != ",":
        named = {**DELIMITERS, SPACES: "spaces between values"}
        yield named.get(dialect.delimiter, f"{dialect.delimiter!r} between values")
    if encoding := encoding_in_words(dialect.encoding):
        yield encoding
    yield from _header_in_words(table)
    yield from _numbers_in_words(table)
    if dialect.skip:
        yield f"{dialect.skip} {'lines' if dialect.skip > 1 else 'line'} above left out"
    if dialect.trailing:
        yield "a delimiter at the end of each row"
    yield from empty_in_words(table.empty)


def empty_in_words(names: Sequence[str]) -> Iterator[str]:
    """Yield which columns are left out because they hold nothing."""
    if names:
        yield f"{some(names)} {'are' if len(names) > 1 else 'is'} empty: left out"


def zero_one_in_words(names: Sequence[str]) -> Iterator[str]:
    """Yield which columns hold yes and no, which networks learn from as 1 and 0."""
    if names:
        yield f"yes/no is 1/0 in {some(names)}"


def some(names: Iterable[str]) -> str:
    """Return the first names of columns, and how many more there are."""
    rest = iter(names)
    first = ", ".join(f"`{name}`" for name in islice(rest, MOST_NAMED))
    more = sum(1 for _ in rest)
    return f"{first} and {more:,} more" if more else first


def _header_in_words(table: TextTable) -> Iterator[str]:
    dialect, names = table.dialect, [name for name in table.names if name]
    ends = f"`{names[0]}` … `{names[-1]}`"
    if table.has_counts:
        yield (
            "counts and class names in the first row, as scikit-learn writes them: "
            f"columns are called x1 … x{len(table.names) - 1} and target"
        )
    elif not dialect.header:
        yield f"names in the comment: {ends}" if dialect.commented else f"no header: {ends}"
    elif table.has_row_names:
        yield "names of rows left out"


def _numbers_in_words(table: TextTable) -> Iterator[str]:
    """Yield the notations of numbers that are not Python's."""
    used: dict[Notation, list[str]] = {}
    for name, column in table.columns.items():
        if column.notation is not None:
            used.setdefault(column.notation, []).append(name)
    if any(each.decimal == "," for each in used):
        yield "decimal commas"
    thousands = "".join(each.thousands for each in used)
    for mark in dict.fromkeys(MARKS.get(each, "spaces") for each in thousands):
        yield f"{mark} between thousands"
    for sign in sorted({each.sign for each in used} - {""}):
        columns = [name for each, names in used.items() if each.sign == sign for name in names]
        yield f"{sign} in {some(columns)}"
