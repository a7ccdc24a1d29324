"""The table of a sweep as columns of text, a row for every point."""

from __future__ import annotations

from collections.abc import Callable

from engine.columns import NOTHING, Column
from engine.scores import SPELT
from engine.sweep import Point
from engine.sweeping import Cell, Sweep


def sweep_columns(found: Sweep) -> tuple[Column, ...]:
    """All columns of a sweep, in reading order."""
    metric, loss, train = found.metrics
    return (
        *_strengths(found),
        _column(found, "n", lambda cell: _counted(cell, metric), 0),
        _column(found, header("Test", metric), lambda cell: _spread(cell.point(metric)), 0),
        _column(found, "SE", lambda cell: _number(cell.point(metric).se, 4), 3),
        _column(found, "Test loss ± SD", lambda cell: _spread(cell.point(loss)), 2),
        _column(found, header("Train", train), lambda cell: _spread(cell.point(train)), 4),
        Column("", tuple(_mark(found, cell) for cell in found.cells), 1, text=True),
    )


def header(rows: str, metric: str, spread: str = "SD") -> str:
    """`Test ± SD` for accuracies, `Test RMSE ± SD` for other metrics."""
    last = metric.rpartition("_")[2]
    return f"{rows} ± {spread}" if last == "accuracy" else f"{rows} {SPELT[last]} ± {spread}"


def _strengths(found: Sweep) -> list[Column]:
    return [
        Column(symbol, tuple(f"{cell.place[site]:.12g}" for cell in found.cells), 0)
        for site, symbol in enumerate(found.search.symbols)
    ]


def _column(found: Sweep, name: str, shown: Callable[[Cell], str], rank: int) -> Column:
    return Column(name, tuple(map(shown, found.cells)), rank)


def _counted(cell: Cell, metric: str) -> str:
    """How many replicates are averaged, and of how many where some failed."""
    n = cell.point(metric).n
    return f"{n}/{n + cell.failed}" if cell.failed else str(n)


def _spread(point: Point) -> str:
    mean, sd = _number(point.mean), _number(point.sd)
    return mean if point.sd is None else f"{mean} ± {sd}"


def _number(value: float | None, decimals: int = 3) -> str:
    return NOTHING if value is None else f"{value:.{decimals}f}"


def _mark(found: Sweep, cell: Cell) -> str:
    if cell.place == found.best:
        return "best"
    return "plateau" if cell.place in found.plateau_places else ""
