"""What makes the scores of a table's networks mean something else than they seem to.

A trap is no error: the table can be trained on. Each is named in a line, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.checks import NUMBERS, Finding, SelectedColumns, label, missing
from hiss.data.tables.values import SENTINELS

FEWEST_ROWS = 10
NEARLY_UNIQUE = 0.95
"""Share of different values from which on whole numbers may name the rows."""
FEWEST_VALUES = 10
"""Different values from which on a column that only rises or falls is the order of the rows."""
UNIFORM = 1.5
"""Kolmogorov–Smirnov's distance from a uniform distribution, times √n, at p = 0.02."""
IDENTIFIERS = (
    "id",
    "ids",
    "index",
    "key",
    "nr",
    "no",
    "number",
    "code",
    "patient",
    "subject",
    "row",
)
"""Words in the names of columns that name the rows, in small letters."""
TIMES = ("t", "time", "timestamp", "date", "day", "week", "month", "year", "hour", "step")
"""Names of columns that hold the time, in small letters."""
REPEATED = 0.01
"""Share of rows that repeat another from which on they are named."""
MISSED = 0.02
"""Of the errors of always guessing the largest class, the share that a column may leave which alone
predicts the target."""
CORRELATED = 0.9999
"""Size of the correlation with a quantity from which on a column is one with it."""
FEW_OF_A_CLASS = 5
IMBALANCED = 0.8
"""Share of the largest class from which on accuracy says little."""
TARGETS = ("target", "class", "label", "outcome", "diagnosis")
"""Names of targets that no feature has, in small letters."""
BY_CHANCE = 3
"""Times as many equal pairs of rows as independent columns would have by chance."""
ODD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplies a hash of 64 bits."""
FAR = 5
"""Standard deviations that separate a sign for a missing value from the others."""


def traps(selected: SelectedColumns, ordered: bool = False) -> list[Finding]:
    """Return the traps of the selected columns: what is the matter, and what to do about it.

    Args:
        selected: the columns.
        ordered: whether the rows are split in their order, as those of a time series are.
    """
    if len(selected.y) < FEWEST_ROWS:
        return []
    return [
        *_identifiers(selected, ordered),
        *_predictors(selected),
        *_more_targets(selected),
        *_sentinels(selected),
        *_repeated_rows(selected),
        *_classes(selected),
    ]


def _identifiers(selected: SelectedColumns, ordered: bool) -> Iterator[Finding]:
    """Find columns that name or number the rows: networks learn the order of the file by them."""
    for name, column in selected.features.items():
        if name not in selected.selection.one_hot and (why := _numbering(name, column)):
            hint = f"Leave it out: --drop {quoted(name)}."
            if name.lower() in TIMES and not ordered:
                hint += " If the rows are in the order of time: --split ordered."
            elif len(np.unique(column)) < NEARLY_UNIQUE * len(column):
                hint += f" If it names groups of rows: --group {quoted(name)}."
            yield f"`{name}` {why}: it may only number or name the rows.", hint


def _numbering(name: str, column: NDArray[Any]) -> str:
    """Return in what a column is like a number of the row; empty if it is not."""
    if column.dtype.kind not in NUMBERS or missing(column).any() or not np.isfinite(column).all():
        return ""
    values = column.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(values)
    if (steps == steps[0]).all() and steps[0]:
        return "counts the rows" if abs(steps[0]) == 1 else f"changes by {steps[0]:g} in each row"
    different = len(np.unique(values))
    if different >= FEWEST_VALUES and ((steps >= 0).all() or (steps <= 0).all()):
        return "only rises from row to row" if steps.max() > 0 else "only falls from row to row"
    whole = bool((values == np.round(values)).all())
    if whole and different >= NEARLY_UNIQUE * len(values) and _is_name(name, values):
        return f"has {different:,} different whole numbers in {len(values):,} rows"
    return ""


def _is_name(name: str, values: NDArray[np.float64]) -> bool:
    """Return whether whole numbers are spread evenly, or called like numbers of the rows."""
    words = name.lower().replace("_", " ").replace("-", " ").split()
    if any(word in IDENTIFIERS for word in words) or name.lower().endswith("id"):
        return True
    ranks = np.sort(values - values.min()) / max(1.0, np.ptp(values))
    places = np.arange(1, len(values) + 1) / len(values)
    distance = float(np.abs(ranks - places).max())
    return distance < UNIFORM / float(np.sqrt(len(values)))


def _predictors(selected: SelectedColumns) -> Iterator[Finding]:
    """Find features that alone predict the target: they may be known only after it."""
    gaps = missing(selected.y)
    if gaps.any():
        return
    for name, column in selected.features.items():
        if missing(column).any() or _numbering(name, column):
            continue
        if selected.task == "regression":
            found = _is_same_quantity(column, selected.y)
        else:
            found = _separates(column, np.unique(selected.y, return_inverse=True)[1])
        if found:
            text = f"`{name}` alone predicts `{selected.target}`: it may be a result of it."
            yield text, f"If it is not known beforehand: --drop {quoted(name)}."


def _separates(column: NDArray[Any], classes: NDArray[np.intp]) -> bool:
    """Return whether a class stands for each value of a column, or for each of a few intervals."""
    values, places = np.unique(column, return_inverse=True)
    counts = np.zeros((len(values), int(classes.max()) + 1), int)
    np.add.at(counts, (places, classes), 1)
    wrong = len(classes) - int(np.bincount(classes).max())
    allowed = MISSED * wrong
    if len(values) * 5 <= len(classes):
        return bool(len(classes) - counts.max(axis=1).sum() <= allowed)
    if column.dtype.kind not in NUMBERS:
        return False
    best = counts.argmax(axis=1)
    borders = int((np.diff(best) != 0).sum())
    mixed = len(classes) - int(counts.max(axis=1).sum())
    return bool(borders < counts.shape[1] and mixed <= allowed)


def _is_same_quantity(column: NDArray[Any], y: NDArray[Any]) -> bool:
    """Return whether a column and a quantity rise and fall together, in a line."""
    if column.dtype.kind not in NUMBERS or y.dtype.kind not in NUMBERS:
        return False
    both = np.column_stack([column, y]).astype(float)
    scale = np.abs(both).max(axis=0)
    if not np.isfinite(scale).all() or not scale.all() or (np.ptp(both, axis=0) == 0).any():
        return False
    return bool(abs(np.corrcoef((both / scale).T)[0, 1]) > CORRELATED)


def _more_targets(selected: SelectedColumns) -> Iterator[Finding]:
    """Find features that are called like a target."""
    others = [name for name in selected.features if name.lower() in TARGETS]
    for name in others:
        text = f"`{name}` is called like a target: a second one may give the first away."
        yield text, f"One target is predicted: --drop {quoted(name)}."


def _sentinels(selected: SelectedColumns) -> Iterator[Finding]:
    """Find numbers that may stand for missing values: -999 far from all others."""
    columns = {**selected.features, selected.target: selected.y}
    for name, column in columns.items():
        if column.dtype.kind not in NUMBERS:
            continue
        for value in SENTINELS:
            at = column == value
            others = column[~at & ~missing(column)]
            if at.any() and len(others) > 1 and _is_far(value, others.astype(float)):
                text = f"`{name}` is {value:g} in {at.sum():,} rows, far from its other values."
                yield text, f"If that means missing: --na-values={value:g}."


def _is_far(value: float, others: NDArray[np.float64]) -> bool:
    """Return whether a value is beyond all others, by several times their spread."""
    with np.errstate(over="ignore", invalid="ignore"):
        spread = FAR * max(float(others.std()), 1e-12)
        return bool(value < others.min() - spread or value > others.max() + spread)


def _repeated_rows(selected: SelectedColumns) -> Iterator[Finding]:
    """Find rows that stand in the table twice: the test rows may be among the training rows.

    Where columns have few different values, some rows are equal by chance; they are not named.
    """
    if selected.selection.duplicates != "keep":
        return
    rows = len(selected.y)
    keys, chance = np.zeros(rows, np.uint64), 1.0
    for n, column in enumerate((*selected.features.values(), selected.y)):
        _, places, counts = np.unique(_comparable(column), return_inverse=True, return_counts=True)
        keys = keys * ODD + places.astype(np.uint64) + np.uint64(n)
        chance *= float(((counts / rows) ** 2).sum())
    more = rows - len(np.unique(keys))
    if more >= REPEATED * rows and more > BY_CHANCE * chance * rows * (rows - 1) / 2:
        text = f"{more:,} of {rows:,} rows repeat another row: the same row may train and test."
        hint = "Leave repeats out: --duplicates drop, or on one side: --duplicates group."
        yield text, hint


def _comparable(column: NDArray[Any]) -> NDArray[Any]:
    return column if column.dtype.kind in NUMBERS else column.astype(str)


def _classes(selected: SelectedColumns) -> Iterator[Finding]:
    """Find classes that are very large or very small."""
    if selected.task == "regression":
        return
    values, counts = np.unique(selected.y[~missing(selected.y)], return_counts=True)
    if len(values) < 2:
        return
    for value, count in zip(values, counts, strict=True):
        if 1 < count < FEW_OF_A_CLASS:
            text = f"class `{label(value)}` of `{selected.target}` has {count} rows: few to split."
            yield text, "Add rows, or merge it with another class."
    share = counts.max() / counts.sum()
    if share >= IMBALANCED:
        most = label(values[counts.argmax()])
        text = f"{share:.1%} of the rows are `{most}`: always guessing it has accuracy {share:.3f}."
        yield text, "Judge by balanced accuracy rather than by accuracy."


def quoted(name: str) -> str:
    """Return a column's name as an argument of the command."""
    import shlex

    return shlex.quote(f'"{name}"' if "," in name else name)
