"""Results as rich tables, for the console and the command alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from hiss.reports.columns import ArmRow, Column, columns

__all__ = ["ArmRow", "drawn_table", "fitting", "results_table", "total_width", "without_groups"]

_PADDING = 2
"""Blank cells between two columns."""


def results_table(
    rows: Sequence[ArmRow],
    width: int,
    short: bool = False,
    further: Sequence[Column] = (),
    metric: str | None = None,
) -> Table:
    """Return a table of arms with as many columns as fit into `width` cells.

    `short` lets names lose their groups where that makes room; `further` columns come last. The
    scores are the usual ones, or those of a `metric`.
    """
    shown = (*columns(rows, metric), *further)
    if short and total_width(shown) > width:
        shown = (without_groups(shown[0]), *shown[1:])
    return drawn_table(fitting(shown, width))


def drawn_table(shown: Sequence[Column]) -> Table:
    """Return a table of all of these columns, however wide."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in shown:
        table.add_column(
            column.header,
            justify="left" if column.text else "right",
            no_wrap=True,
            overflow="ellipsis",
        )
    for cells in zip(*(column.cells for column in shown), strict=True):
        table.add_row(*map(Text, cells))
    return table


def fitting(all_columns: tuple[Column, ...], width: int) -> tuple[Column, ...]:
    """Drop the columns of the largest rank until the rest fits into `width` cells."""
    shown = all_columns
    while total_width(shown) > width and any(column.rank for column in shown):
        last = max(column.rank for column in shown)
        shown = tuple(column for column in shown if column.rank != last)
    return shown


def total_width(shown: Sequence[Column]) -> int:
    """Return the cells that columns take side by side."""
    return sum(map(_width, shown)) - _PADDING


def without_groups(names: Column) -> Column:
    """Return the column with the last parts of names, if these are distinct."""
    cells = tuple(cell.rpartition("/")[2] for cell in names.cells)
    return replace(names, cells=cells) if len(set(cells)) == len(set(names.cells)) else names


def _width(column: Column) -> int:
    return max(map(cell_len, (column.header, *column.cells))) + _PADDING
