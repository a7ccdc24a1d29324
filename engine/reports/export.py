"""Results as JSON, CSV and Markdown, for other programs and for papers."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hiss.reports.columns import ArmRow, Column, columns
from hiss.results.outcomes import Arm, Replicate, Result
from hiss.results.rows import Rows
from hiss.results.scores import bounds, scores
from hiss.statistics import summarize
from hiss.studies.comparison import compare_all
from hiss.studies.overall import Overall
from hiss.studies.verdicts import Comparison

SCHEMA = 2
"""Version of the JSON documents: raised when a key is renamed, removed or changes its meaning."""
SCORES = ("train_accuracy", "test_accuracy", "train_loss", "test_loss")
"""Scores listed first for every replicate, null where its task has none."""
SUMMARIZED = ("train_accuracy", "test_accuracy", "test_loss")


def document(
    result: Result,
    curves: bool = False,
    comparisons: Sequence[Comparison] | None = None,
    overall: Sequence[Overall] = (),
) -> dict[str, Any]:
    """Return a result as plain dicts and lists.

    Args:
        result: a study's result, complete or not.
        curves: whether to include every replicate's metrics by epoch.
        comparisons: of the study's arms; None computes them if its arms are repeated.
        overall: the verdicts over data sets, if there are several.
    """
    study = result.study
    if comparisons is None and study.repeats > 1:
        comparisons = compare_all(result)
    return {
        "schema": SCHEMA,
        "study": {
            "seed": study.seed,
            "repeats": study.repeats,
            "engine": study.engine,
            "mode": study.mode,
        },
        "arms": [_arm(arm, curves) for arm in result.arms],
        **({} if comparisons is None else {"comparisons": [one.as_json() for one in comparisons]}),
        **({"over_data_sets": [one.as_json() for one in overall]} if overall else {}),
        "fingerprint": asdict(result.fingerprint),
        "seconds": result.seconds,
    }


def to_json(
    result: Result,
    curves: bool = False,
    comparisons: Sequence[Comparison] | None = None,
    overall: Sequence[Overall] = (),
) -> str:
    """Return the `document` of a result as JSON, with null for NaN and infinities."""
    values = finite(document(result, curves, comparisons, overall))
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def to_csv(result: Result) -> str:
    """Return a result as CSV, a row for every replicate."""
    rows = [
        {"preset": arm.experiment.name, **_replicate(replicate, arm.curves.rows)}
        for arm in result.arms
        for replicate in arm.replicates
    ]
    return write_csv(finite(rows))


def to_markdown(result: Result, metric: str | None = None) -> str:
    """Return a result as a Markdown table of the usual scores or one, a row for every arm."""
    return write_markdown(columns([ArmRow.of(arm) for arm in result.arms], metric))


def write_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV: the header has every key in order, and None or a missing key is empty."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_markdown(table: Sequence[Column]) -> str:
    """Return columns as a Markdown table."""
    cells = [[column.header for column in table]]
    cells.append([":--" if column.text else "--:" for column in table])
    cells += [list(row) for row in zip(*(column.cells for column in table), strict=True)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _arm(arm: Arm, curves: bool) -> dict[str, Any]:
    replicates = [_replicate(replicate, arm.curves.rows) for replicate in arm.replicates]
    if curves:
        for entry in replicates:
            entry["history"] = _history(arm, entry["replicate"])
    return {
        "preset": arm.experiment.name,
        "title": arm.experiment.title,
        **({"engine_note": arm.engine_note} if arm.engine_note else {}),
        "replicates": replicates,
        "summary": _summary(arm),
        **({"chance": dict(arm.curves.rows.chance)} if arm.curves.rows else {}),
    }


def _replicate(replicate: Replicate, rows: Rows | None) -> dict[str, Any]:
    names = dict.fromkeys((*SCORES, *replicate.scores))
    reason = {"reason": replicate.reason} if replicate.reason else {}
    followed = rows.curve_test_rows if rows else None
    return {
        "replicate": replicate.replicate,
        "status": replicate.status,
        "epochs": replicate.epochs,
        **{name: replicate.scores.get(name) for name in names},
        "best_test_accuracy": replicate.best_test_accuracy,
        "best_epoch": replicate.best_epoch,
        **({"curve_test_rows": followed} if followed else {}),
        "seconds": replicate.seconds,
        **reason,
    }


def _history(arm: Arm, replicate: int) -> dict[str, list[float]]:
    return {name: arm.curves.series(name, replicate).tolist() for name in arm.curves.metrics}


def _summary(arm: Arm) -> dict[str, Any]:
    finished = [one.scores for one in arm.replicates if one.status == "finished"]
    names = dict.fromkeys((*SUMMARIZED, *(name for one in finished for name in one)))
    return {"n": len(finished)} | {name: _spread(arm, name) for name in names}


def _spread(arm: Arm, name: str) -> dict[str, Any]:
    """Mean, SD, and the interval of the mean, wider where replicates split one table."""
    overlap = arm.curves.rows.test_to_train if arm.curves.rows else 0.0
    summary = summarize(
        scores(arm.replicates, name).values(),
        test_to_train=overlap,
        bounds=bounds(name),
    )
    ci95 = None if summary.ci95 is None else list(summary.ci95)
    return {"mean": summary.mean, "sd": summary.sd, "ci95": ci95}


def finite(value: Any) -> Any:
    """Replace every NaN and infinity in a value by None, as JSON has neither."""
    match value:
        case dict():
            return {key: finite(item) for key, item in value.items()}
        case list():
            return [finite(item) for item in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
