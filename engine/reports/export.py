"""Results as JSON, CSV and Markdown, to be read by other programs and put into papers."""

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
from hiss.statistics import summarize
from hiss.studies.baselines import compare_all
from hiss.studies.verdicts import Comparison

SCHEMA = 1
"""Raised when a key of the JSON document changes its meaning or goes."""
SCORES = ("train_accuracy", "test_accuracy", "train_loss", "test_loss")
"""Scores that every replicate carries, null where its task has none; others follow them."""
SUMMARIZED = ("train_accuracy", "test_accuracy", "test_loss")


def document(
    result: Result, curves: bool = False, comparisons: Sequence[Comparison] | None = None
) -> dict[str, Any]:
    """A result as plain dicts and lists; with `curves`, every replicate's metrics by epoch.

    `comparisons` are made of a repeated study unless they are given.
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
        "fingerprint": asdict(result.fingerprint),
        "seconds": result.seconds,
    }


def to_json(
    result: Result, curves: bool = False, comparisons: Sequence[Comparison] | None = None
) -> str:
    """A result as JSON, as `document` has it; what is not a finite number is null."""
    found = _finite(document(result, curves, comparisons))
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def to_csv(result: Result) -> str:
    """A result as CSV, a row for every replicate; what is not there is empty."""
    rows = [
        {"preset": arm.experiment.name, **_replicate(replicate)}
        for arm in result.arms
        for replicate in arm.replicates
    ]
    header = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_finite(rows))
    return text.getvalue()


def to_markdown(result: Result) -> str:
    """A result as a Markdown table, a row for every arm."""
    return markdown(columns([ArmRow.of(arm) for arm in result.arms]))


def markdown(table: Sequence[Column]) -> str:
    """Columns as a Markdown table."""
    cells = [[column.header for column in table]]
    cells.append([":--" if column.text else "--:" for column in table])
    cells += [list(row) for row in zip(*(column.cells for column in table), strict=True)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _arm(arm: Arm, curves: bool) -> dict[str, Any]:
    replicates = [_replicate(replicate) for replicate in arm.replicates]
    if curves:
        for entry in replicates:
            entry["history"] = _history(arm, entry["replicate"])
    return {
        "preset": arm.experiment.name,
        "title": arm.experiment.title,
        **({"engine_note": arm.engine_note} if arm.engine_note else {}),
        "replicates": replicates,
        "summary": _summary(arm),
    }


def _replicate(replicate: Replicate) -> dict[str, Any]:
    names = dict.fromkeys((*SCORES, *replicate.scores))
    reason = {"reason": replicate.reason} if replicate.reason else {}
    return {
        "replicate": replicate.replicate,
        "status": replicate.status,
        "epochs": replicate.epochs,
        **{name: replicate.scores.get(name) for name in names},
        "best_test_accuracy": replicate.best_test_accuracy,
        "best_epoch": replicate.best_epoch,
        "seconds": replicate.seconds,
        **reason,
    }


def _history(arm: Arm, replicate: int) -> dict[str, list[float]]:
    return {name: arm.curves.series(name, replicate).tolist() for name in arm.curves.metrics}


def _summary(arm: Arm) -> dict[str, Any]:
    finished = [one.scores for one in arm.replicates if one.status == "finished"]
    names = dict.fromkeys((*SUMMARIZED, *(name for scores in finished for name in scores)))
    return {"n": len(finished)} | {name: _spread(finished, name) for name in names}


def _spread(scores: list[Mapping[str, float]], name: str) -> dict[str, float | None]:
    summary = summarize(one[name] for one in scores if name in one)
    return {"mean": summary.mean, "sd": summary.sd}


def _finite(value: Any) -> Any:
    """The same value with null for every NaN and infinity in it, which JSON cannot say."""
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
