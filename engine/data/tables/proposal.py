"""A first look at a user's table: its columns, and what could be learnt from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from hiss.data.tables.checks import findings, is_numeric, label, missing
from hiss.data.tables.files import Columns
from hiss.data.tables.rows import changed, choose, columns_of, prediction
from hiss.data.tables.selection import Prediction
from hiss.data.tables.text import notes_on

PREVIEW_ROWS = 5
TARGETS = ("target", "class", "label", "y", "outcome", "species", "diagnosis", "output")
"""Names that a column to predict often has, in small letters."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Literal["number", "text"]
    distinct: int
    """How many different values it has."""
    missing: int
    """How many rows have none."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a table holds, and what hiss would do with it."""

    path: Path
    rows: int
    columns: tuple[Column, ...]
    preview: tuple[tuple[str, ...], ...]
    """The first rows, a text for each column."""
    target: str
    """The column named as the target, or else the one that looks like it."""
    predict: Prediction
    """`classification` or `regression`, as the target's values have it."""
    problems: tuple[tuple[str, str], ...]
    """What keeps the table from being trained on: what is wrong, and what to do."""
    notes: tuple[str, ...]
    """How the file was read where that might surprise."""


def propose(
    path: Path,
    target: str | None = None,
    *,
    features: Sequence[str] = (),
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    predict: Prediction = "guess",
) -> Proposal:
    """Look at a table and propose what to learn from it.

    Raises:
        DataError: if the file cannot be read as a table, or has no such column.
    """
    path = path.expanduser()
    columns = columns_of(path)
    target = guess_target(columns) if target is None else target
    chosen = choose(path, columns, target, features, drop, one_hot)
    predict = prediction(columns[target], predict)
    learnt = {name: columns[name] for name in chosen}
    found = findings(learnt, columns[target], target, predict, one_hot, named=bool(features))
    return Proposal(
        path=path,
        rows=len(columns[target]),
        columns=_described(path, changed(path)),
        preview=tuple(zip(*map(_first, columns.values()), strict=True)),
        target=target,
        predict=predict,
        problems=tuple(found),
        notes=notes_on(path, len(columns[target])),
    )


def guess_target(columns: Columns) -> str:
    """Return the column that is called like a target, or else the last one."""
    by_name = {name.lower(): name for name in columns}
    known = [by_name[name] for name in TARGETS if name in by_name]
    return known[0] if known else list(columns)[-1]


@lru_cache(maxsize=2)
def _described(path: Path, changed: int) -> tuple[Column, ...]:
    """Describe the columns of a file, once until it changes."""
    return tuple(_column(name, values) for name, values in columns_of(path).items())


def _column(name: str, values: NDArray[Any]) -> Column:
    gaps = missing(values)
    kind: Literal["number", "text"] = "number" if is_numeric(values) else "text"
    return Column(name, kind, len(set(values[~gaps].tolist())), int(gaps.sum()))


def _first(values: NDArray[Any]) -> tuple[str, ...]:
    return tuple(_shown(label(value)) for value in values[:PREVIEW_ROWS])


def _shown(text: str) -> str:
    """Put a mark in the place of what a terminal might obey."""
    return "".join(each if each.isprintable() else "�" for each in text)
