"""What is done to a table before it is trained on, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hiss.data.tables.checks import SelectedColumns, is_numeric, label, missing, name_some
from hiss.data.tables.files import columns_of
from hiss.data.tables.gaps import account
from hiss.data.tables.preparation import Preparation

MANY_VALUES = 20
"""More categories than this make wide and sparse rows."""


def notes_on_use(selected: SelectedColumns) -> tuple[str, ...]:
    """Return what is done to the selected columns: rows left out, values filled, categories."""
    return (*_rows(selected), *_gaps(selected), *_categories(selected))


def _rows(selected: SelectedColumns) -> Iterator[str]:
    chosen, rows = selected.selection, len(selected.y)
    without = missing(selected.y)
    if chosen.missing != "refuse" and (count := int(without.sum())):
        yield f"{count:,} of {rows:,} rows have no `{selected.target}` and are left out."
    if selected.repeated is not None and (count := int(selected.repeated.sum())):
        done = "are left out" if chosen.duplicates == "drop" else "stand on its side of each split"
        yield f"{count:,} of {rows:,} rows repeat an earlier one and {done}."
    if selected.group is not None:
        groups = len({label(each) for each in selected.group[~missing(selected.group)]})
        yield f"`{chosen.group}` names {groups:,} groups: no split divides one."
    if chosen.test_path is not None:
        first, second = (
            columns_of(path, chosen.reading) for path in (chosen.path, chosen.test_path)
        )
        if others := [f"`{name}`" for name in second if name not in first]:
            only = f"{name_some(others)} {'is' if len(others) == 1 else 'are'} only"
            yield f"{only} in {chosen.test_path.name} and ignored."
    if selected.test_rows is not None:
        yield f"The last {selected.test_rows:,} of {rows:,} rows are the test rows."


def _gaps(selected: SelectedColumns) -> Iterator[str]:
    chosen, known = selected.selection, ~missing(selected.y)
    gaps = {name: missing(column)[known] for name, column in selected.features.items()}
    found = {name: gap for name, gap in gaps.items() if gap.any()}
    if found and chosen.missing != "refuse":
        categories = {*chosen.one_hot, *chosen.ordinal}
        yield account(found, chosen.missing, text=not categories.isdisjoint(found))


def _categories(selected: SelectedColumns) -> Iterator[str]:
    used = {name: column[selected.used] for name, column in selected.features.items()}
    for one in Preparation.of(selected.selection, used).features:
        count = len(one.values)
        if one.kind == "one-hot" and count > MANY_VALUES:
            yield (
                f"`{one.name}` becomes {count:,} columns of 0 and 1; each is rarely 1, and little "
                "can be learnt from it."
            )
        if one.kind == "ordinal":
            numbers = is_numeric(np.array(one.values, dtype=object))
            order = "of its numbers" if numbers else "of the alphabet"
            yield (
                f"`{one.name}` is numbered from 0 to {count - 1:,} in the order {order}: "
                f"{name_some(map(label, one.values))}."
            )
