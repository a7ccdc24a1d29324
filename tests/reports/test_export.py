from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest
from scripted import arm, experiment, failed, regression, replicate, result

from hiss.reports.export import to_csv, to_json, to_markdown
from hiss.results.rows import Rows

REPLICATE = [
    "replicate",
    "status",
    "epochs",
    "train_accuracy",
    "test_accuracy",
    "train_loss",
    "test_loss",
    "best_test_accuracy",
    "best_epoch",
    "seconds",
]


def as_json(*arms: Any, curves: bool = False) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(to_json(result(*arms), curves), parse_constant=refuse)


def test_the_document_has_the_agreed_keys() -> None:
    document = as_json(arm(replicate()))
    assert list(document) == ["schema", "study", "arms", "fingerprint", "seconds"]
    assert document["schema"] == 2
    assert document["study"] == {"seed": 1, "repeats": 1, "engine": "fused", "mode": "article"}
    (one,) = document["arms"]
    assert list(one) == ["preset", "title", "replicates", "summary"]
    assert list(one["replicates"][0]) == REPLICATE
    assert list(one["summary"]) == [
        "n",
        "train_accuracy",
        "test_accuracy",
        "test_loss",
        "train_loss",
    ]
    assert list(document["fingerprint"]) == [
        *("hiss", "python", "tensorflow", "keras", "cpu", "device")
    ]


def test_the_summary_is_mean_and_sample_sd_of_what_finished() -> None:
    (one,) = as_json(arm(replicate(0, 0.7), failed(1), replicate(2, 0.8)))["arms"]
    assert one["summary"]["n"] == 2
    assert one["summary"]["test_accuracy"]["mean"] == pytest.approx(0.75)
    assert one["summary"]["test_accuracy"]["sd"] == pytest.approx(0.1 / math.sqrt(2))


def test_one_training_has_no_spread() -> None:
    (one,) = as_json(arm(replicate(0, 0.7)))["arms"]
    assert one["summary"]["test_accuracy"] == {"mean": 0.7, "sd": None, "ci95": None}


def test_a_failed_training_has_null_scores_and_a_reason() -> None:
    (one,) = as_json(arm(failed()))["arms"]
    (entry,) = one["replicates"]
    assert entry["status"] == "failed"
    assert entry["reason"] == "loss is NaN at epoch 3"
    assert entry["test_accuracy"] is None and entry["best_test_accuracy"] is None
    assert one["summary"] == {
        "n": 0,
        **{
            name: {"mean": None, "sd": None, "ci95": None}
            for name in (*REPLICATE[3:5], "test_loss")
        },
    }


def test_the_document_has_the_interval_of_the_mean_and_the_score_by_chance() -> None:
    made = arm(replicate(0, 0.70), replicate(1, 0.75), replicate(2, 0.80))
    made.curves.rows = Rows(test_to_train=0.25, chance={"test_accuracy": 0.6})
    (one,) = as_json(made)["arms"]
    assert one["chance"] == {"test_accuracy": 0.6}
    low, high = one["summary"]["test_accuracy"]["ci95"]
    se = 0.05 * math.sqrt(1 / 3 + 0.25)
    half = 4.302653 * se / (0.75 * 0.25)
    logit = math.log(3)
    assert low == pytest.approx(1 / (1 + math.exp(half - logit)))
    assert high == pytest.approx(1 / (1 + math.exp(-half - logit)))
    loss = one["summary"]["test_loss"]
    assert loss["ci95"] is None, "all losses are equal"


def test_every_score_of_another_task_is_written() -> None:
    (one,) = as_json(arm(regression()))["arms"]
    assert one["replicates"][0]["test_rmse"] == 0.25
    assert one["replicates"][0]["test_accuracy"] is None
    assert one["summary"]["test_r2"]["mean"] == 0.5


def test_the_history_has_every_epoch_and_null_where_it_is_not_finite() -> None:
    made = arm(replicate())
    made.curves.values[0, 0, 2] = math.inf
    (one,) = as_json(made, curves=True)["arms"]
    assert one["replicates"][0]["history"]["loss"] == [0.5, 0.5, None, 0.5]


def test_csv_leaves_empty_what_is_not_there() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(result(arm(replicate(), failed(1)))))))
    assert [row["test_accuracy"] for row in rows] == ["0.75", ""]
    assert [row["best_test_accuracy"] for row in rows] == ["0.85", ""]
    assert rows[1]["reason"] == "loss is NaN at epoch 3"


def test_markdown_is_a_table_with_as_many_cells_in_every_row() -> None:
    arms = (arm(replicate()), arm(replicate(), of=experiment("article/other")))
    lines = to_markdown(result(*arms)).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith("| article/baseline | 1.000 | 0.750 |")
