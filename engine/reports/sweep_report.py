"""The table of a sweep as columns of text, a row for every point."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hiss.reports.columns import NOTHING, Column
from hiss.reports.export import SCHEMA, markdown
from hiss.reports.sweep_sentences import sentences
from hiss.results.scores import SPELT
from hiss.studies.plateau import Point, point_json
from hiss.studies.search import Place
from hiss.studies.sweep import Cell, Confirmation, Sweep


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


def to_json(found: Sweep) -> str:
    """A sweep as JSON; what it cannot say is null."""
    return json.dumps(document(found), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def document(found: Sweep) -> dict[str, Any]:
    """A sweep as plain dicts and lists."""
    return {
        "schema": SCHEMA,
        "sweep": _search(found),
        "points": [_point(found, cell) for cell in found.cells],
        "best": None if found.best is None else _place(found.best),
        "plateau": _plateau(found),
        "confirmation": found.confirmation and _confirmation(found, found.confirmation),
        "sentences": list(sentences(found)),
        "fingerprint": asdict(found.fingerprint),
        "seconds": found.seconds,
    }


def to_csv(found: Sweep) -> str:
    """A sweep as CSV, a row for every point; what is not there is empty."""
    rows = [_flat(_point(found, cell)) for cell in found.cells]
    text = io.StringIO()
    header = dict.fromkeys(key for row in rows for key in row)
    writer = csv.DictWriter(text, list(header), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_markdown(found: Sweep) -> str:
    """A sweep as a Markdown table, a row for every point, and what it says in words."""
    return f"{markdown(sweep_columns(found))}\n{'  '.join(sentences(found))}\n"


def _search(found: Sweep) -> dict[str, Any]:
    search = found.search
    first, *second = (axis.site for axis in search.axes)
    others = {"site2": second[0].name, "strength2": second[0].strength} if second else {}
    return {
        "preset": search.experiment.name,
        "site": first.name,
        "strength": first.strength,
        **others,
        "mode": search.base.mode,
        "repeats": search.base.repeats,
        "seed": search.base.seed,
        "engine": search.base.engine,
        "metric": found.metric,
        "interim": found.interim,
    }


def _point(found: Sweep, cell: Cell) -> dict[str, Any]:
    shown = point_json({metric: cell.point(metric) for metric in found.metrics})
    return shown | ({"failed": cell.failed} if cell.failed else {})


def _place(place: Place) -> dict[str, float]:
    return dict(zip(("stddev", "stddev2"), place, strict=False))


def _plateau(found: Sweep) -> dict[str, Any] | None:
    """The ends of the plateau, or its points where there are two sites."""
    if len(found.search.axes) == 2:
        cells = [_place(place) for place in sorted(found.plateau_places)]
        return {"points": cells} if cells else None
    return found.plateau.as_json() if found.plateau else None


def _confirmation(found: Sweep, fresh: Confirmation) -> dict[str, Any]:
    return {
        "seed": fresh.seed,
        "points": [_point(found, cell) for cell in fresh.cells],
        **fresh.comparison.as_json(),
    }


def _flat(point: dict[str, Any]) -> dict[str, Any]:
    """A point with its scores as columns: `test_accuracy_mean`, `test_accuracy_sd` and so on."""
    flat: dict[str, Any] = {}
    for name, value in point.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": number for part, number in value.items()}
        else:
            flat[name] = value
    return flat
