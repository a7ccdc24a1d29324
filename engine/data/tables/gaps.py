"""What missing values cost: the rows that are lost, or the values that are made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.selection import MissingValues

FEW_ROWS = 0.05
"""A share of the rows that can be left out without much loss."""
FILLED_BY: Mapping[MissingValues, str] = {
    "median": "the median of the training rows",
    "mean": "the mean of the training rows",
    "most-frequent": "the most frequent value of the training rows",
    "indicator": "the median of the training rows, each marked in a further column",
}
Masks = Mapping[str, NDArray[np.bool_]]
"""Whether the value of each row is missing, by column."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What leaving out rows, or filling values, would change."""

    rows: int
    rows_lost: int
    """Rows in which any value is missing."""
    filled: int
    """Missing values."""
    columns: int
    """Columns in which values are missing."""

    @classmethod
    def of(cls, gaps: Masks) -> Cost:
        """Return the cost of the missing values of one column or more."""
        found = np.column_stack(list(gaps.values()))
        return cls(
            rows=len(found),
            rows_lost=int(found.any(axis=1).sum()),
            filled=int(found.sum()),
            columns=int(found.any(axis=0).sum()),
        )

    @property
    def dropping(self) -> str:
        """How many rows `drop-rows` leaves out, in words."""
        share = self.rows_lost / self.rows
        return f"leaves out {self.rows_lost:,} of {self.rows:,} rows ({share:.1%})"

    @property
    def filling(self) -> str:
        """How many values are filled, in words."""
        columns = "1 column" if self.columns == 1 else f"{self.columns:,} columns"
        values = "1 value" if self.filled == 1 else f"{self.filled:,} values"
        return f"{values} in {columns}"


def proposed(gaps: Masks, text: bool) -> MissingValues:
    """Return the strategy that costs least: few rows, else a fill that suits the columns.

    Args:
        gaps: the columns with missing values.
        text: whether all of them hold text.
    """
    cost = Cost.of(gaps)
    if cost.rows_lost < FEW_ROWS * cost.rows:
        return "drop-rows"
    return "most-frequent" if text else "median"


def advice(gaps: Masks, text: bool) -> str:
    """Return what each strategy would cost, and which one to choose.

    Args:
        gaps: the columns with missing values.
        text: whether all of them hold text.
    """
    cost, best = Cost.of(gaps), proposed(gaps, text)
    return (
        f"--missing {best} is proposed: drop-rows {cost.dropping}; median, mean, most-frequent and "
        f"indicator fill {cost.filling} from the training rows. "
        f'In a preset: missing = "{best}". To leave a column out: --drop COLUMN.'
    )


def account(gaps: Masks, strategy: MissingValues, text: bool) -> str:
    """Return what a strategy does to a table, as a note: rows left out, or values filled.

    Args:
        gaps: the columns with missing values.
        strategy: not `refuse`.
        text: whether any of them holds categories.
    """
    cost = Cost.of(gaps)
    if strategy == "drop-rows":
        return f"drop-rows {cost.dropping} for their missing values."
    categories = "; categories by their most frequent value" if text else ""
    verb = "is" if cost.filled == 1 else "are"
    return f"{cost.filling} {verb} missing: filled by {FILLED_BY[strategy]}{categories}."
