"""A first look at a user's table: its columns, and what could be predicted from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from hiss.data.tables.checks import SelectedColumns, findings, is_numeric, label, missing
from hiss.data.tables.files import Contents, contents_of, modified
from hiss.data.tables.notes import notes_on_use
from hiss.data.tables.reading import Reading
from hiss.data.tables.rows import select
from hiss.data.tables.selection import KnownTask, TableSelection
from hiss.data.tables.traps import traps
from hiss.data.tables.words import zero_one_in_words
from hiss.files import expanded

PREVIEW_ROWS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Literal["number", "text"]
    distinct: int
    """Number of different values."""
    missing: int
    """Number of rows without a value."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a table holds, and what hiss would do with it."""

    path: Path
    rows: int
    columns: tuple[Column, ...]
    preview: tuple[tuple[str, ...], ...]
    """The first rows, a text for each column."""
    target: str
    """The selection's target, or else the column that is called like one."""
    predict: KnownTask
    """What the target holds, as stated or as its values suggest."""
    problems: tuple[tuple[str, str], ...]
    """Why the table cannot be trained on: what is wrong, and what to do."""
    notes: tuple[str, ...]
    """How the file was read where that might surprise, and what is done to its rows."""
    traps: tuple[tuple[str, str], ...]
    """What makes scores mean something else than they seem to: what it is, and what to do."""


def propose(selection: TableSelection, ordered: bool = False) -> Proposal:
    """Look at a table and propose what to predict, and as what, where the selection leaves it open.

    Args:
        selection: of the columns.
        ordered: as in `traps`.

    Raises:
        DataError: if the file cannot be read as a table, or has no such column.
    """
    path, contents = selection.path, contents_of(selection.path, selection.reading)
    selected = select(selection)
    rows = len(next(iter(contents.columns.values())))
    return Proposal(
        path=expanded(path),
        rows=rows,
        columns=_described(path, selection.reading, modified(path)),
        preview=tuple(zip(*map(_first, contents.columns.values()), strict=True)),
        target=selected.target,
        predict=selected.task,
        problems=tuple(findings(selected)),
        notes=(*_read_as(contents, selected), *notes_on_use(selected)),
        traps=tuple(traps(selected, ordered)),
    )


def _read_as(contents: Contents, selected: SelectedColumns) -> Iterator[str]:
    """Yield how a file was read, in a line; nothing if it was read as most are."""
    zero_one = [
        name
        for name, column in selected.features.items()
        if contents.columns[name].dtype.kind == "O" and column.dtype.kind == "f"
    ]
    if words := [*contents.read_as, *zero_one_in_words(zero_one)]:
        yield f"read as: {', '.join(words)}"


@lru_cache(maxsize=2)
def _described(path: Path, reading: Reading, modified: int) -> tuple[Column, ...]:
    """Describe the columns of a file; it is done once until the file changes."""
    columns = contents_of(path, reading).columns
    return tuple(_column(name, values) for name, values in columns.items())


def _column(name: str, values: NDArray[Any]) -> Column:
    gaps = missing(values)
    kind: Literal["number", "text"] = "number" if is_numeric(values) else "text"
    return Column(name, kind, len(set(values[~gaps].tolist())), int(gaps.sum()))


def _first(values: NDArray[Any]) -> tuple[str, ...]:
    return tuple(_shown(label(value)) for value in values[:PREVIEW_ROWS])


def _shown(text: str) -> str:
    """Replace control characters, which a terminal might obey."""
    return "".join(each if each.isprintable() else "�" for each in text)
