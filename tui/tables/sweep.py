"""Sweeps as rich tables: points with a plot beside them, or a heat map of two sites."""

from __future__ import annotations

from rich.table import Table

from hiss.reports.columns import NOTHING, Column
from hiss.reports.sweep_report import header, sweep_columns
from hiss.studies.plateau import Point
from hiss.studies.search import Place
from hiss.studies.sweep import Sweep
from hiss.tui.charts.axes import strength_text
from hiss.tui.charts.heat_map import HeatGrid
from hiss.tui.charts.intervals import Axis, interval_line, ruler
from hiss.tui.tables.comparison import plotted_table, with_last_cell
from hiss.tui.tables.results import drawn_table, fitting, total_width


def sweep_table(found: Sweep, width: int) -> Table:
    """Return a sweep as a heat map where it has two sites, else as a table, in `width` cells.

    A heat map that does not fit is shown as a table, too.
    """
    columns = sweep_columns(found)
    if not found.cells:
        return drawn_table(columns)
    if len(found.search.axes) == 2:
        squares = heat_map(found)
        return drawn_table(squares if total_width(squares) <= width else fitting(columns, width))
    padded = tuple(map(with_last_cell, columns))
    return plotted_table(padded, len(padded) - 1, lambda cells: curve(found, cells), width)


def curve(found: Sweep, cells: int) -> Column:
    """Return every point's mean ± SE over one axis of `cells`, with a line at that of no noise."""
    points = found.points
    ends = [end for point in points for end in _ends(point) or ()]
    silent = next((p.mean for p in points if p.place == found.search.zero_noise), None)
    title = header("Test", found.metric, "SE")
    if not ends:
        return Column(title, tuple("" for _ in (*points, "")), 1, text=True)
    axis = Axis.over(ends, cells)
    lines = [interval_line(axis, point.mean, _ends(point), silent) for point in points]
    labels = {axis.low: f"{axis.low:.3g}", axis.high: f"{axis.high:.3g}"}
    return Column(title, (*lines, ruler(axis, labels)), 1, text=True)


def heat_map(found: Sweep) -> tuple[Column, ...]:
    """Return the mean scores over the two strengths, a column for each of the second's."""
    points = {cell.place: cell.point(found.metric) for cell in found.cells}
    grid = HeatGrid.of(points, found.metric, found.best, found.plateau_places)
    down, across = (axis.strengths for axis in found.search.axes)
    columns = [Column(" \\ ".join(found.search.symbols), tuple(map(strength_text, down)), 0)]
    for second in across:
        cells = tuple(_cell(grid, (first, second)) for first in down)
        columns.append(Column(strength_text(second), cells, 0))
    return tuple(columns)


def _cell(grid: HeatGrid, place: Place) -> str:
    """Return a mean score between its shade and its mark, the numbers below one another."""
    if place not in grid.means:
        return f"{NOTHING} "
    return f"{grid.shade(place) * 2} {grid.number(place)}{grid.mark(place) or ' '}"


def _ends(point: Point) -> tuple[float, float] | None:
    if point.mean is None:
        return None
    return point.mean - (point.se or 0.0), point.mean + (point.se or 0.0)
