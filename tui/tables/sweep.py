"""Sweeps as rich tables: points with a plot beside them, or a heat map of two sites."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from hiss.reports.columns import NOTHING, Column
from hiss.reports.sweep_report import header, sweep_columns
from hiss.results.scores import lower_is_better
from hiss.studies.plateau import Point
from hiss.studies.search import Place
from hiss.studies.sweep import Sweep
from hiss.tui.charts.intervals import Axis, draw, ruler
from hiss.tui.tables.comparison import plotted_table, with_last_cell
from hiss.tui.tables.results import drawn_table, fitting, total_width

SHADES = " ░▒▓█"


def sweep_table(found: Sweep, width: int) -> Table:
    """A sweep as a heat map where it has two sites, else as a table, in `width` cells."""
    columns = sweep_columns(found)
    if not found.cells:
        return drawn_table(columns)
    if len(found.search.axes) == 2:
        squares = heat_map(found)
        return drawn_table(squares if total_width(squares) <= width else fitting(columns, width))
    padded = tuple(map(with_last_cell, columns))
    return plotted_table(padded, len(padded) - 1, lambda cells: curve(found, cells), width)


def curve(found: Sweep, cells: int) -> Column:
    """Every point's mean ± SE over one axis, and a line at the mean of no noise."""
    points = found.points
    ends = [end for point in points for end in _ends(point) or ()]
    silent = next((p.mean for p in points if (p.stddev,) == found.search.silence), None)
    title = header("Test", found.metric, "SE")
    if not ends:
        return Column(title, tuple("" for _ in (*points, "")), 1, text=True)
    axis = Axis.over(ends, cells)
    lines = [draw(axis, point.mean, _ends(point), silent) for point in points]
    labels = {axis.low: f"{axis.low:.3g}", axis.high: f"{axis.high:.3g}"}
    return Column(title, (*lines, ruler(axis, labels)), 1, text=True)


def heat_map(found: Sweep) -> tuple[Column, ...]:
    """The mean scores in a square of the two strengths; `*` is the best, `+` the plateau."""
    points = {cell.place: cell.point(found.metric) for cell in found.cells}
    down, across = (axis.strengths for axis in found.search.axes)
    columns = [Column(" \\ ".join(found.search.symbols), tuple(map(_text, down)), 0)]
    for second in across:
        places = [(first, second) for first in down]
        cells = tuple(_square(found, points, place) for place in places)
        columns.append(Column(_text(second), cells, 0))
    return tuple(columns)


def _text(strength: float) -> str:
    return f"{strength:.12g}"


def _ends(point: Point) -> tuple[float, float] | None:
    if point.mean is None:
        return None
    return point.mean - (point.se or 0.0), point.mean + (point.se or 0.0)


def _square(found: Sweep, points: Mapping[Place, Point], place: Place) -> str:
    """A mean score beside a shade, darker where it is better."""
    mean = points[place].mean if place in points else None
    if mean is None:
        return f"{NOTHING} "
    means = [point.mean for point in points.values() if point.mean is not None]
    worst, top = min(means), max(means)
    if lower_is_better(found.metric):
        worst, top = top, worst
    share = (mean - worst) / (top - worst) if top != worst else 1.0
    shade = SHADES[round(share * (len(SHADES) - 1))]
    mark = "*" if place == found.best else "+" if place in found.plateau_places else " "
    return f"{shade * 2} {mean:.3f}{mark}"
