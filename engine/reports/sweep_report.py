"""Sweeps as columns of text, JSON, CSV and Markdown, a row for every point."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from hiss.reports.columns import NOTHING, Column
from hiss.reports.export import SCHEMA, write_csv, write_markdown
from hiss.reports.sweep_sentences import sentences
from hiss.results.metrics import metric_of
from hiss.studies.plateau import Point
from hiss.studies.search import Place
from hiss.studies.sweep import Cell, Confirmation, Sweep


def sweep_columns(sweep: Sweep) -> tuple[Column, ...]:
    """Return the columns of a sweep, in reading order."""
    metric, loss, train = sweep.metrics
    return (
        *_strengths(sweep),
        _column(sweep, "n", lambda cell: _counted(cell, metric), 0),
        _column(sweep, header("Test", metric), lambda cell: _spread(cell.point(metric)), 0),
        _column(sweep, "SE", lambda cell: _number(cell.point(metric).se, 4), 3),
        *([] if metric == loss else [_loss(sweep, loss)]),
        _column(sweep, header("Train", train), lambda cell: _spread(cell.point(train)), 4),
        Column("", tuple(_mark(sweep, cell) for cell in sweep.cells), 1, text=True),
    )


def header(rows: str, metric: str, spread: str = "SD") -> str:
    """Return the header of a score: `Test ± SD` for accuracies, else as `Test RMSE ± SD`."""
    words = metric_of(metric).words
    return f"{rows} ± {spread}" if words == "accuracy" else f"{rows} {words} ± {spread}"


def to_json(sweep: Sweep) -> str:
    """Return the `document` of a sweep as JSON."""
    return json.dumps(document(sweep), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_csv(sweep: Sweep) -> str:
    """Return a sweep as CSV, a row for every point."""
    return write_csv([_flat(_point(sweep, cell)) for cell in sweep.cells])


def to_markdown(sweep: Sweep) -> str:
    """Return a sweep as a Markdown table, a row for every point, and its sentences."""
    return f"{write_markdown(sweep_columns(sweep))}\n{'  '.join(sentences(sweep))}\n"


def document(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep as plain dicts and lists."""
    return {
        "schema": SCHEMA,
        "sweep": _search(sweep),
        "points": [_point(sweep, cell) for cell in sweep.cells],
        "best": None if sweep.best is None else _place(sweep.best),
        "plateau": _plateau(sweep),
        "confirmation": sweep.confirmation and _confirmation(sweep, sweep.confirmation),
        "sentences": list(sentences(sweep)),
        "fingerprint": asdict(sweep.fingerprint),
        "seconds": sweep.seconds,
    }


def _loss(sweep: Sweep, loss: str) -> Column:
    return _column(sweep, "Test loss ± SD", lambda cell: _spread(cell.point(loss)), 2)


def _strengths(sweep: Sweep) -> list[Column]:
    return [
        Column(symbol, tuple(f"{cell.place[site]:.12g}" for cell in sweep.cells), 0)
        for site, symbol in enumerate(sweep.search.symbols)
    ]


def _column(sweep: Sweep, name: str, shown: Callable[[Cell], str], rank: int) -> Column:
    return Column(name, tuple(map(shown, sweep.cells)), rank)


def _counted(cell: Cell, metric: str) -> str:
    """Replicates averaged, and of how many where some failed or have no score: `28/30`."""
    n, missing = cell.point(metric).n, cell.failed + cell.undefined(metric)
    return f"{n}/{n + missing}" if missing else str(n)


def _spread(point: Point) -> str:
    mean, sd = _number(point.mean), _number(point.sd)
    return mean if point.sd is None else f"{mean} ± {sd}"


def _number(value: float | None, decimals: int = 3) -> str:
    return NOTHING if value is None else f"{value:.{decimals}f}"


def _mark(sweep: Sweep, cell: Cell) -> str:
    if cell.place == sweep.best:
        return "best"
    return "plateau" if cell.place in sweep.plateau_places else ""


def _search(sweep: Sweep) -> dict[str, Any]:
    search = sweep.search
    first, *second = (axis.site for axis in search.axes)
    others = {"site2": second[0].name, "argument2": second[0].argument} if second else {}
    return {
        "preset": search.experiment.name,
        "site": first.name,
        "argument": first.argument,
        **others,
        "mode": search.base.mode,
        "repeats": search.base.repeats,
        "seed": search.base.seed,
        "engine": search.base.engine,
        "metric": sweep.metric,
        "chance": sweep.chance,
        "interim": sweep.interim,
    }


def _point(sweep: Sweep, cell: Cell) -> dict[str, Any]:
    points = {metric: cell.point(metric) for metric in sweep.metrics}
    spreads = {
        metric: {"mean": point.mean, "sd": point.sd, "se": point.se}
        for metric, point in points.items()
    }
    failed = {"failed": cell.failed} if cell.failed else {}
    return {**_place(cell.place), "n": points[sweep.metric].n, **spreads, **failed}


def _place(place: Place) -> dict[str, float]:
    return dict(zip(("strength", "strength2"), place, strict=False))


def _plateau(sweep: Sweep) -> dict[str, Any] | None:
    """The ends of the plateau, or its points where there are two sites."""
    if len(sweep.search.axes) == 2:
        cells = [_place(place) for place in sorted(sweep.plateau_places)]
        return {"points": cells} if cells else None
    return sweep.plateau.as_json() if sweep.plateau else None


def _confirmation(sweep: Sweep, fresh: Confirmation) -> dict[str, Any]:
    return {
        "seed": fresh.seed,
        "points": [_point(sweep, cell) for cell in fresh.cells],
        **fresh.comparison.as_json(),
    }


def _flat(point: Mapping[str, Any]) -> dict[str, Any]:
    """A point with its scores as columns: `test_accuracy_mean`, `test_accuracy_sd` and so on."""
    flat: dict[str, Any] = {}
    for name, value in point.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": number for part, number in value.items()}
        else:
            flat[name] = value
    return flat
