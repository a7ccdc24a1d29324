"""Tables of results and sweeps by a metric of the user's choice."""

from __future__ import annotations

import math

import pytest
from scored_studies import BASELINE, FINGERPRINT, HIDDEN, replicate

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.reports.columns import ArmRow, columns
from hiss.reports.sweep_report import sweep_columns
from hiss.reports.sweep_sentences import sentences
from hiss.results.rows import Rows
from hiss.studies.search import Grid
from hiss.studies.sweep import Cell, Sweep

AUCS = (0.9, math.nan, 0.7)
REPLICATES = tuple(
    replicate(n, test_accuracy=0.8, train_roc_auc=1.0, test_roc_auc=auc)
    for n, auc in enumerate(AUCS)
)
ROWS = Rows(chance={"test_accuracy": 0.6, "test_roc_auc": 0.5})


def cells(metric: str | None, *replicates: object) -> dict[str, str]:
    row = ArmRow(BASELINE, tuple(replicates), "finished", ROWS)  # type: ignore[arg-type]
    return {column.header: column.cells[0] for column in columns([row], metric)}


def test_a_metric_stands_beside_its_chance_and_counts_the_repeats_that_have_it() -> None:
    found = cells("AUC", *REPLICATES)
    assert found["n"] == "2/3"
    assert found["Test ROC-AUC ± SD"] == "0.800 ± 0.141"
    assert found["Train ROC-AUC ± SD"] == "1.000 ± 0.000"
    assert found["Chance"] == "0.500"
    assert "Test ± SD" not in found


def test_a_single_training_has_no_spread() -> None:
    found = cells("roc_auc", REPLICATES[0])
    assert (found["Test ROC-AUC"], found["Train ROC-AUC"]) == ("0.900", "1.000")


def test_the_usual_scores_are_shown_where_none_is_named() -> None:
    found = cells(None, *REPLICATES)
    assert (found["n"], found["Chance"]) == ("3", "0.600")
    assert "Test ± SD" in found


def test_intervals_stay_within_the_bounds_of_their_metric() -> None:
    row = ArmRow(BASELINE, tuple(replicate(n, test_mcc=m) for n, m in enumerate((-1, -0.9, 1))), "")
    low, high = row.summary("test_mcc").ci95 or (math.nan, math.nan)
    assert -1 <= low < -0.3 < high <= 1


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(EngineError, match="recall is not measured here"):
        cells("recall", *REPLICATES)


def test_a_sweep_says_how_many_trainings_have_no_such_score() -> None:
    search = Grid(strengths=(0.0, 0.1)).search(Study(arms=(HIDDEN,), repeats=3))
    made = tuple(Cell(place, REPLICATES, ROWS) for place in search.places)
    sweep = Sweep(search, made, FINGERPRINT, 0.0, chosen="roc_auc")
    assert sweep.metrics == ("test_roc_auc", "test_loss", "train_roc_auc")
    table = {column.header: column.cells for column in sweep_columns(sweep)}
    assert table["n"] == ("2/3", "2/3")
    assert table["Test ROC-AUC ± SD"][0] == "0.800 ± 0.141"
    assert sentences(sweep)[0].endswith("determine no test ROC-AUC, and that are not averaged: 2.")
    assert "chance is 0.500" in sentences(sweep)[1]
