"""A first look at a user's table: its columns, and what could be predicted from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from hiss.data.tables.checks import findings, is_numeric, label, missing
from hiss.data.tables.notes import notes_on_use
from hiss.data.tables.rows import columns_of, modified, select
from hiss.data.tables.selection import KnownTask, TableSelection
from hiss.data.tables.text import notes_on
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


def propose(selection: TableSelection) -> Proposal:
    """Look at a table and propose what to predict, and as what, where the selection leaves it open.

    Raises:
        DataError: if the file cannot be read as a table, or has no such column.
    """
    path, columns = selection.path, columns_of(selection.path)
    selected = select(selection)
    rows = len(next(iter(columns.values())))
    return Proposal(
        path=expanded(path),
        rows=rows,
        columns=_described(path, modified(path)),
        preview=tuple(zip(*map(_first, columns.values()), strict=True)),
        target=selected.target,
        predict=selected.task,
        problems=tuple(findings(selected)),
        notes=(*notes_on(expanded(path), rows), *notes_on_use(selected)),
    )


@lru_cache(maxsize=2)
def _described(path: Path, modified: int) -> tuple[Column, ...]:
    """Describe the columns of a file; it is done once until the file changes."""
    return tuple(_column(name, values) for name, values in columns_of(path).items())


def _column(name: str, values: NDArray[Any]) -> Column:
    gaps = missing(values)
    kind: Literal["number", "text"] = "number" if is_numeric(values) else "text"
    return Column(name, kind, len(set(values[~gaps].tolist())), int(gaps.sum()))


def _first(values: NDArray[Any]) -> tuple[str, ...]:
    return tuple(_shown(label(value)) for value in values[:PREVIEW_ROWS])


def _shown(text: str) -> str:
    """Replace control characters, which a terminal might obey."""
    return "".join(each if each.isprintable() else "�" for each in text)
