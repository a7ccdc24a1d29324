"""Sweeps as JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from engine.export import SCHEMA, markdown
from engine.search import Place
from engine.sweep import point_json
from engine.sweep_columns import sweep_columns
from engine.sweep_sentences import sentences
from engine.sweeping import Cell, Confirmation, Sweep


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
