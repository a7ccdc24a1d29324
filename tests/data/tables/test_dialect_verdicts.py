"""From a file to its verdict: the same rows in six dialects are compared to the same JSON."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from test_dialects import DIALECTS, TABLES, table, write

from hiss.data.tables.proposal import propose
from hiss.data.tables.selection import TableSelection
from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.templates import experiments_for, table_data
from hiss.reports.export import document, finite
from hiss.studies.comparison import compare_all
from hiss.studies.runner import run_study

REPEATS = 6
"""The fewest pairs that get a verdict."""


def verdict(path: Path) -> tuple[str, str]:
    """The scores and comparisons of a table's pair as JSON, and the verdict in words."""
    found = propose(TableSelection(path=path))
    constant = tuple(column.name for column in found.columns if column.distinct == 1)
    selection = TableSelection(path=path, target=found.target, drop=constant)
    pair = experiments_for(table_data(selection))
    arms = tuple(override(arm, ["training.epochs=25"]) for arm in pair)
    study = Study(arms=arms, repeats=REPEATS, mode="task", device="cpu")
    result = run_study(study, lambda event: None, threading.Event())
    comparisons = compare_all(result)
    whole = finite(document(result, comparisons=comparisons))
    for replicate in (each for arm in whole["arms"] for each in arm["replicates"]):
        replicate.pop("seconds")
    told = {"arms": [arm["replicates"] for arm in whole["arms"]], "found": whole["comparisons"]}
    return json.dumps(told, sort_keys=True), comparisons[0].verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_same_verdict_in_every_dialect(tmp_path: Path, name: str) -> None:
    names, rows = table(name)
    first: tuple[str, str] | None = None
    for dialect in DIALECTS:
        found = verdict(write(tmp_path / "table.csv", dialect, names, rows))
        first = first or found
        assert found == first, dialect
    assert first is not None and first[1] != "none"
    print(f"{name}: {first[1]}")
