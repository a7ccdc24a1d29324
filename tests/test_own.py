"""What the user brings along, from the command line to the study."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from command import Hiss
from scripted import ScriptedEngine

IRIS = str(files("sklearn.datasets") / "data" / "iris.csv")
TABLE = ("--data", IRIS, "--target", "target")


def test_a_table_is_trained_on_with_noise_and_without(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("run", *TABLE, "--epochs", "4", "--format", "json")
    assert outcome.code == 0
    assert [arm["preset"] for arm in json.loads(outcome.out)["arms"]] == [
        "iris/plain",
        "iris/noise",
    ]
    assert "iris.csv: 150 rows, 4 features → target (3 classes); 120 rows train" in outcome.err
    assert "counts and class names" in outcome.err
    assert engine.studies[0].mode == "task"


def test_a_preset_on_a_table_says_what_was_changed(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("compare", "patterns/mlp", *TABLE, "--repeats", "2")
    assert outcome.code == 0
    assert "patterns/mlp on iris.csv" in outcome.err
    assert "Dense 3 softmax; loss sparse_categorical_crossentropy" in outcome.err
    names = [arm.name for arm in engine.studies[0].arms]
    assert names == ["patterns/mlp-baseline", "patterns/mlp"]
    assert {arm.data.name for arm in engine.studies[0].arms} == {"table"}


def test_a_sweep_takes_the_network_with_noise(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("sweep", *TABLE, "--stddev", "0,1", "--repeats", "2", "--no-confirm")
    assert outcome.code == 0
    layers = [arm.layers[1].arguments for arm in engine.studies[0].arms]
    assert layers == [{"stddev": 0.0}, {"stddev": 1.0}]


def test_the_options_of_a_table_reach_it(hiss: Hiss, engine: ScriptedEngine) -> None:
    options = ("--features", 'x1,"x2"', "--task", "regression", "--train-size", "30")
    assert hiss("run", *TABLE, *options).code == 0
    data = engine.studies[0].arms[0].data
    assert data.train_size == 30
    assert data.arguments["features"] == ["x1", "x2"]
    assert data.arguments["predict"] == "regression"


def test_a_tables_preset_can_be_printed_and_run(hiss: Hiss, tmp_path: Path) -> None:
    preset = tmp_path / "mine.toml"
    preset.write_text(hiss("show", *TABLE).out, encoding="utf-8")
    assert hiss("run", str(preset)).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--data", IRIS), "--target with the column to predict, one of `x1`"),
        (("run", "--data", IRIS, "--target", "targte"), "Did you mean `target`?"),
        (("run", "--target", "y"), "--target goes with --data FILE"),
        (("run", "article", "--drop", "y"), "--drop goes with --data FILE"),
        (("run", "--data", "none.csv", "--target", "y"), "none.csv: No such file"),
        (("run", *TABLE, "--train-size", "150"), "expected to split 150 rows in two"),
        (("run", *TABLE, "--train-size", "-1"), "a count of at least 1 or a fraction"),
        (("run", *TABLE, "--task", "regresion"), "--task"),
        (("show",), "There is nothing to train"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    hiss: Hiss, arguments: tuple[str, ...], said: str
) -> None:
    outcome = hiss(*arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
