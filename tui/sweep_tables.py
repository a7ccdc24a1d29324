"""Sweeps as rich tables: points with a plot beside them, or a heat map of two sites."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from engine.columns import NOTHING, Column
from engine.scores import lower_is_better
from engine.search import Place
from engine.sweep import Point
from engine.sweep_columns import header, sweep_columns
from engine.sweeping import Sweep
from tui.intervals import Axis, draw, ruler
from tui.tables import drawn_table, fitting, total_width
from tui.verdict_tables import plotted_table

SHADES = " ░▒▓█"


def sweep_table(found: Sweep, width: int) -> Table:
    """A sweep as a heat map where it has two sites, else as a table, in `width` cells."""
    columns = sweep_columns(found)
    if not found.cells:
        return drawn_table(columns)
    if len(found.search.axes) == 2:
        squares = heat_map(found)
        return drawn_table(squares if total_width(squares) <= width else fitting(columns, width))
    padded = tuple(Column(c.header, (*c.cells, ""), c.rank, c.text) for c in columns)
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
    points = {(p.stddev, p.stddev2 or 0.0): p for p in found.points}
    first, second = ([*axis.strengths] for axis in found.search.axes)
    rows, columns = found.search.symbols
    names = Column(f"{rows} \\ {columns}", tuple(f"{one:.12g}" for one in first), 0)
    means = [point.mean for point in points.values() if point.mean is not None]
    return (
        names,
        *(
            Column(
                f"{other:.12g}",
                tuple(
                    _square(found, (one, other), points.get((one, other)), means) for one in first
                ),
                0,
            )
            for other in second
        ),
    )


def _ends(point: Point) -> tuple[float, float] | None:
    if point.mean is None:
        return None
    return point.mean - (point.se or 0.0), point.mean + (point.se or 0.0)


def _square(found: Sweep, place: Place, point: Point | None, means: Sequence[float]) -> str:
    if point is None or point.mean is None:
        return f"{NOTHING} "
    low, high = min(means), max(means)
    share = (point.mean - low) / (high - low) if high > low else 1.0
    if lower_is_better(found.metric) and high > low:
        share = 1.0 - share
    shade = SHADES[round(share * (len(SHADES) - 1))]
    mark = "*" if place == found.best else "+" if place in found.plateau_places else " "
    return f"{shade * 2} {point.mean:.3f}{mark}"
