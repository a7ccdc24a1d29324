"""Why a table cannot be trained on: every problem of its columns, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.files import Columns
from hiss.data.tables.gaps import advice
from hiss.data.tables.selection import KnownTask, TableSelection
from hiss.data.tables.values import MISSING, is_number, looks_numeric
from hiss.errors import DataError

FEWEST_ROWS = 10
TOO_LARGE = "infinite values, or some beyond ±3.4e38, which overflow when standardized"
MOST_LABELS = 100
"""More different values than this are names or a quantity rather than classes."""
LEAVE_OUT = "Leave a column out: --drop COLUMN, or in a preset drop = […]."
CATEGORIES = (
    "For categories: --one-hot COLUMN, or --ordinal COLUMN if they have an order. To leave a "
    "column out: --drop COLUMN. In a preset: one_hot = […], ordinal = […], drop = […]."
)
NUMBERS = "biuf"
"""Kinds of numpy's dtypes that hold numbers: bool, unsigned, integer, float."""
MOST_NAMED = 12
"""Columns, and findings, that are listed one by one."""
Finding = tuple[str, str]
"""What is wrong, and what to do about it."""
Row = Callable[[int], str]
"""Returns where a row is, by its place among all rows."""


@dataclass(frozen=True, slots=True)
class SelectedColumns:
    """The columns of a file that a selection names."""

    selection: TableSelection
    target: str
    """Name of the column to predict, or to leave out of a reconstruction; there it may be empty."""
    y: NDArray[Any]
    """The column to predict, shape (rows,); numbers, or an object array of text. In a
    reconstruction, any column."""
    task: KnownTask
    features: Columns
    """The columns to learn from, by name."""
    group: NDArray[Any] | None = None
    """The column of the groups, shape (rows,)."""
    repeated: NDArray[np.bool_] | None = None
    """Whether each row repeats an earlier one; None where that does not matter."""
    kept: NDArray[np.bool_] | None = None
    """Whether each row is used; None for all."""
    test_rows: int | None = None
    """How many of the last rows are the test rows; None where the file does not say so."""
    weights: NDArray[Any] | None = None
    """The column of the rows' weights, shape (rows,)."""

    first_row: int = 2
    """Number of the first row in its file, where names stand in row 1, if there are any."""

    def row(self, place: int) -> str:
        """Return where a row is, by its place among all rows: `row 7`, `row 2 of test.csv`."""
        first = len(self.y) - (self.test_rows or 0)
        if self.selection.test_path is None or place < first:
            return f"row {place + self.first_row:,}"
        return f"row {place - first + self.first_row:,} of {self.selection.test_path.name}"

    @property
    def used(self) -> NDArray[np.bool_]:
        """Whether each row is used, shape (rows,)."""
        return np.ones(len(self.y), bool) if self.kept is None else self.kept


def check(path: Path, found: Sequence[Finding]) -> None:
    """Refuse a table in which anything was found.

    Raises:
        DataError: with one line for each finding.
    """
    if found:
        lines = [f"{path}: {text}" for text, _ in found[:MOST_NAMED]]
        if more := len(found) - len(lines):
            lines.append(f"{path}: and {more:,} more of this kind.")
        hints = dict.fromkeys(hint for _, hint in found if hint)
        raise DataError("\n".join(lines), " ".join(hints))


def findings(selected: SelectedColumns) -> list[Finding]:
    """Return everything for which the selected columns cannot be trained on."""
    chosen = selected.selection
    return [
        *_check_features(selected),
        *(() if selected.group is None else _check_group(str(chosen.group), selected)),
        *_check_target(selected),
        *_check_weights(selected),
    ]


def name_some(columns: Iterable[str]) -> str:
    """Return the first columns, and how many more there are: `a`, `b` and 3 more."""
    rest = iter(columns)
    first = ", ".join(islice(rest, MOST_NAMED))
    more = sum(1 for _ in rest)
    return f"{first} and {more:,} more" if more else first


def missing(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each value whether it is missing."""
    if column.dtype.kind in NUMBERS:
        return np.asarray(np.isnan(column.astype(float)))
    return np.array([str(value).strip().lower() in MISSING for value in column], dtype=bool)


def is_numeric(column: NDArray[Any]) -> bool:
    """Return whether every value that is not missing is a number."""
    return column.dtype.kind in NUMBERS or all(
        is_number(str(value)) for value in column[~missing(column)]
    )


def label(value: Any) -> str:
    """Return a value in its shortest form: `3` for 3.0."""
    return str(value) if isinstance(value, str) else f"{value:g}"


def _check_features(selected: SelectedColumns) -> Iterator[Finding]:
    """Find what is wrong with the columns to learn from."""
    features, chosen = selected.features, selected.selection
    if chosen.missing == "refuse":
        yield from _gaps(features, selected.row)
    for name, column in features.items():
        present = column[~missing(column)]
        if name in chosen.one_hot:
            yield from _check_categories(name, present)
        elif name in chosen.ordinal:
            continue
        elif not is_numeric(present):
            yield _text_found(name, column, selected.row), CATEGORIES
        elif _overflows(present):
            found = _overflowing(column, selected.row)
            yield f"column `{name}` holds {TOO_LARGE}, {found}.", LEAVE_OUT
        elif len(present) and (present == present[0]).all():
            text = f"column `{name}` is {label(present[0])} in every row:"
            yield f"{text} nothing can be learnt from it.", LEAVE_OUT


def _check_target(selected: SelectedColumns) -> Iterator[Finding]:
    """Find what is wrong with the column to predict."""
    target, y = selected.target, selected.y[selected.used]
    if selected.task != "reconstruct" and (gaps := missing(y)).any():
        row = selected.row(int(np.flatnonzero(selected.used)[gaps.argmax()]))
        text = f"values are missing in `{target}` ({gaps.sum():,}), first in {row}."
        yield text, "--missing drop-rows, or any other of its strategies, leaves these rows out."
    if len(y) < FEWEST_ROWS:
        left = "" if selected.kept is None else f" of {len(selected.y):,}: the others are left out"
        yield f"expected at least {FEWEST_ROWS} rows, received {len(y)}{left}.", ""
    if selected.task == "reconstruct":
        return
    present = y[~missing(y)]
    if len(present) and (present == present[0]).all():
        kind = "a quantity that varies" if selected.task == "regression" else "two classes or more"
        yield f"column `{target}` is {label(present[0])} in every row: expected {kind}.", ""
    elif selected.task == "regression":
        yield from _check_quantity(target, present, selected)
    else:
        yield from _check_classes(target, present)


def _check_weights(selected: SelectedColumns) -> Iterator[Finding]:
    """Find what is wrong with the column of the rows' weights."""
    name, weights = str(selected.selection.weight), selected.weights
    if weights is None:
        return
    yield from _gaps({name: weights}, selected.row)
    present = weights[~missing(weights)]
    if not is_numeric(present):
        yield _text_found(name, weights, selected.row), "Name a column of numbers: --weight COLUMN."
    elif _overflows(present) or (present.astype(float) < 0).any() or not present.astype(bool).any():
        text = f"column `{name}` weighs the rows: expected numbers of at least 0, not all 0."
        yield text, "Name another column: --weight COLUMN."


def _overflows(column: NDArray[Any]) -> bool:
    """Return whether a value is infinite in float32, in which networks train."""
    return bool(_infinite(column).any())


def _infinite(column: NDArray[Any]) -> NDArray[np.bool_]:
    with np.errstate(over="ignore"):
        return np.isinf(column.astype(float).astype(np.float32))


def _overflowing(column: NDArray[Any], row: Row) -> str:
    """Return which rows hold too large numbers: `in 11 rows: 2, 17, 32 …`."""
    numbers = np.where(missing(column), 0, column)
    places = np.flatnonzero(_infinite(numbers))
    if len(places) == 1:
        return f"in {row(int(places[0]))}"
    first = ", ".join(row(int(place)).removeprefix("row ") for place in places[:3])
    return f"in {len(places):,} rows: {first}{' …' if len(places) > 3 else ''}"


def _gaps(columns: Columns, row: Row) -> Iterator[Finding]:
    gaps = {name: missing(column) for name, column in columns.items()}
    found = {name: gap for name, gap in gaps.items() if gap.any()}
    if found:
        each = name_some(f"`{name}` ({gap.sum():,})" for name, gap in found.items())
        first = row(min(int(gap.argmax()) for gap in found.values()))
        text = not any(is_numeric(columns[name]) for name in found)
        yield f"values are missing in {each}, first in {first}.", advice(found, text)


def _check_group(name: str, selected: SelectedColumns) -> Iterator[Finding]:
    """Find what is wrong with the column of the groups."""
    assert selected.group is not None
    groups = selected.group[selected.used]
    if count := int(missing(groups).sum()):
        text = f"column `{name}` names no group in {count:,} of {len(groups):,} rows."
        yield text, "Fill them in, or leave these rows out by --missing drop-rows."
    elif len(groups) and (groups == groups[0]).all():
        yield f"column `{name}` is one group: expected two or more.", "Choose another --group."


def _check_categories(name: str, values: NDArray[Any]) -> Iterator[Finding]:
    count = len(np.unique(values))
    if count > min(MOST_LABELS, len(values) / 2):
        text = f"column `{name}` has {count} different values in {len(values)} rows:"
        yield f"{text} too many to be one-hot.", LEAVE_OUT


def _text_found(name: str, column: NDArray[Any], row: Row) -> str:
    gaps = missing(column)
    values = [(n, str(value)) for n, value in enumerate(column) if not gaps[n]]
    texts = [n for n, value in values if not looks_numeric(value)] or [
        n for n, value in values if not is_number(value)
    ]
    first = f"first {str(column[texts[0]])!r} in {row(texts[0])}"
    return (
        f"column `{name}` holds text in {len(texts)} of {len(column)} rows, {first}; "
        "expected numbers."
    )


def _check_quantity(target: str, y: NDArray[Any], selected: SelectedColumns) -> Iterator[Finding]:
    if not is_numeric(y):
        yield (
            _text_found(target, selected.y, selected.row),
            "To predict classes: --task classification.",
        )
    elif _overflows(y):
        yield f"column `{target}` holds {TOO_LARGE}.", ""


def _check_classes(target: str, y: NDArray[Any]) -> Iterator[Finding]:
    values, counts = np.unique(y, return_counts=True)
    if len(values) > min(MOST_LABELS, len(y) / 2):
        quantity = "a quantity: --task regression" if is_numeric(y) else "a name of the row"
        text = f"column `{target}` has {len(values)} classes in {len(y)} rows."
        yield text, f"It may be {quantity}, or the wrong --target."
    elif counts.min(initial=2) < 2:
        rare = ", ".join(f"`{label(value)}`" for value in values[counts < 2][:5])
        text = (
            f"column `{target}`: expected two rows or more of each class, received one of {rare}."
        )
        yield text, "A class needs rows to train and rows to test: add some, or merge it."
