"""Comparisons as a rich table with a forest plot, for the console and the command alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.table import Table

from hiss.reports.columns import Column
from hiss.reports.comparison_report import verdict_columns
from hiss.results.scores import format_differences, in_points, lower_is_better, metric_name
from hiss.studies.verdicts import Comparison
from hiss.tui.charts.intervals import Axis, interval_line, ruler
from hiss.tui.tables.results import drawn_table, fitting, total_width, without_groups

LEAST, MOST = 20, 60
"""Cells that a plot takes at least, and at most."""
INTERVAL = "95 % CI"
_BEFORE_PLOT = ("n", "Difference", INTERVAL)
"""Headers of the columns that the plot stands to the right of."""

Plot = Callable[[int], Column]
"""Draws a plot as a column of the given number of cells."""


def caption(comparisons: Sequence[Comparison], against: str = "") -> str:
    """Return the title of a table of comparisons.

    It names the metric, its unit, the ROPE that is shaded, the score by chance, and, where there
    are several comparisons, what is adjusted for their number.

    Args:
        comparisons: At least one, on one metric.
        against: What is compared with, put behind the metric.
    """
    metric = comparisons[0].metric
    name, widths = metric_name(metric), [one.rope_width for one in comparisons]
    unit, factor = (", in points", 100) if in_points(metric) else ("", 1)
    shaded = " to ".join(dict.fromkeys(f"{factor * end:.2g}" for end in (min(widths), max(widths))))
    chances = sorted({f"{one.chance:.3f}" for one in comparisons if one.chance is not None})
    family = comparisons[0].comparisons
    parts = [
        f"{name[0].upper()}{name[1:]}{against}{unit}",
        f"░ is ±{shaded}",
        *([f"chance is {' to '.join(chances[:: max(1, len(chances) - 1)])}"] if chances else []),
        *([f"p Holm is adjusted for {family} arms, CI and P are not"] if family > 1 else []),
    ]
    return "; ".join(parts)


def verdict_table(comparisons: Sequence[Comparison], width: int, short: bool = False) -> Table:
    """Return a table of comparisons on one metric, with a forest plot.

    Args:
        comparisons: At least one; a row each.
        width: Cells to fill at most; the columns that matter least give way.
        short: Whether names lose their groups, and intervals in figures give way to the plot.
    """
    columns = verdict_columns(comparisons)
    if short:
        columns = tuple(map(_shortened, columns))
    columns = tuple(map(with_last_cell, columns))
    place = 1 + max(n for n, one in enumerate(columns) if one.header in _BEFORE_PLOT)
    return plotted_table(columns, place, lambda cells: forest(comparisons, cells), width)


def plotted_table(columns: tuple[Column, ...], place: int, plot: Plot, width: int) -> Table:
    """Return a table of `width` cells with a plot that takes the room between its columns.

    Args:
        columns: All columns but the plot.
        place: The index that the plot's column takes.
        plot: Draws the plot in a given number of cells.
        width: Cells of the table.
    """
    small = plot(LEAST)
    shown = fitting((*columns[:place], small, *columns[place:]), width)
    if small not in shown:
        return drawn_table(shown)
    cells = min(MOST, LEAST + max(0, width - total_width(shown)))
    return drawn_table([plot(cells) if column is small else column for column in shown])


def forest(comparisons: Sequence[Comparison], cells: int) -> Column:
    """Return every difference with its 95 % CI, 0 and the ROPE, over one axis of `cells`.

    A ruler stands below the last.
    """
    known = [value for one in comparisons for value in (one.mean_difference, *(one.ci95 or ()))]
    widest = max(one.rope_width for one in comparisons)
    axis = Axis.over([-widest, widest, *(value for value in known if value is not None)], cells)
    lines = [
        interval_line(axis, one.mean_difference, one.ci95, 0.0, (-one.rope_width, one.rope_width))
        for one in comparisons
    ]
    ends = (0.0, axis.low, axis.high)
    texts = format_differences(ends, comparisons[0].metric, signed=True)
    lower = lower_is_better(comparisons[0].metric)
    sides = ("← better", "worse →") if lower else ("← worse", "better →")
    header = sides[0] + sides[1].rjust(cells - len(sides[0]))
    labelled = ruler(axis, dict(zip(ends, texts, strict=True)))
    return Column(header, (*lines, labelled), 1, text=True)


def with_last_cell(column: Column) -> Column:
    """Return the column with an empty cell more, beside the plot's ruler."""
    return replace(column, cells=(*column.cells, ""))


def _shortened(column: Column) -> Column:
    if column.header == INTERVAL:
        return replace(column, rank=2)
    return without_groups(column) if column.header in ("Arm", "Baseline") else column
