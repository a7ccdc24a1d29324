"""The user's own table and model, from the command line to the study."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from command import Hiss
from scripted import ScriptedEngine, arm, replicate, result

from hiss.experiment.spec import Experiment, Study
from hiss.store.session import Session
from hiss.training.model_summary import Adopted
from hiss.tui.cli.options import Delivery
from hiss.tui.cli.training import TrainedStudy

IRIS = str(files("sklearn.datasets") / "data" / "iris.csv")
TABLE = ("--data", IRIS, "--target", "target")


def test_a_table_is_trained_on_with_noise_and_without(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("run", *TABLE, "--epochs", "4", "--format", "json")
    assert outcome.code == 0
    assert [arm["preset"] for arm in json.loads(outcome.out)["arms"]] == [
        "data/iris-baseline",
        "data/iris",
    ]
    assert "iris.csv: 150 rows, 4 features → target (3 classes); 120 rows train" in outcome.err
    assert "counts and class names" in outcome.err
    assert engine.studies[0].mode == "task"


def test_why_columns_have_other_names_is_printed_with_the_mistake(hiss: Hiss) -> None:
    outcome = hiss("show", "--data", IRIS, "--target", "species")
    assert outcome.code == 2
    assert "columns are called x1 … x4 and target" in outcome.err
    assert "there is no column `species`. Known: target, x1" in outcome.err


def test_the_changes_to_a_preset_on_a_table_are_printed(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("compare", "patterns/mlp", *TABLE, "--repeats", "2")
    assert outcome.code == 0
    assert "patterns/mlp on iris.csv" in outcome.err
    assert "Dense 3 softmax; loss sparse_categorical_crossentropy" in outcome.err
    names = [arm.name for arm in engine.studies[0].arms]
    assert names == ["patterns/mlp-baseline", "patterns/mlp"]
    assert {arm.data.name for arm in engine.studies[0].arms} == {"table"}


def test_a_note_about_a_table_is_printed_once(hiss: Hiss) -> None:
    outcome = hiss("compare", "article", *TABLE, "--repeats", "2")
    assert outcome.code == 0
    assert outcome.err.count("counts and class names") == 1


def test_a_sweep_takes_the_network_with_noise(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("sweep", *TABLE, "--stddev", "0,1", "--repeats", "2", "--no-confirm")
    assert outcome.code == 0
    layers = [arm.layers[1].arguments for arm in engine.studies[0].arms]
    assert layers == [{"stddev": 0.0}, {"stddev": 1.0}]


def test_a_strength_is_set_where_there_is_noise(hiss: Hiss, engine: ScriptedEngine) -> None:
    assert hiss("run", *TABLE, "--set", "layers.1.stddev=0.2", "--epochs", "9").code == 0
    plain, noisy = engine.studies[0].arms
    assert noisy.layers[1].arguments == {"stddev": 0.2}
    assert [plain.training.epochs, noisy.training.epochs] == [9, 9]


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


@pytest.fixture
def adopting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take models over without TensorFlow."""

    def adopt(arms: Sequence[Experiment]) -> Adopted:
        return Adopted(tuple(arms), ("net.py:build: compiled with sgd: taken over",))

    monkeypatch.setattr("hiss.training.model_summary.adopt_model", adopt)


def test_a_model_is_trained_without_its_noise_and_with_it(
    hiss: Hiss, engine: ScriptedEngine, tmp_path: Path, adopting: None
) -> None:
    file = tmp_path / "net.py"
    file.touch()
    noise = ("--noise", "dense:after:0.1", "--noise", "dense:before:0.2:Dropout")
    strength = ("--set", "model.noise.0.strength=0.5")
    target = ("article/baseline", "--model", f"{file}:build")
    outcome = hiss("compare", *target, *noise, *strength, "--weights", "keep")
    assert outcome.code == 0
    assert outcome.err.count("net.py:build: compiled with sgd: taken over") == 1
    plain, noisy = engine.studies[0].arms
    assert (plain.name, noisy.name, noisy.study.partner) == ("net/plain", "net/noise", "net/plain")
    assert engine.studies[0].mode == "article"
    assert plain.model is not None
    assert plain.model.noise == ()
    assert noisy.model is not None
    assert [site.strength for site in noisy.model.noise] == [0.5, 0.2]
    assert (plain.model.weights, noisy.model.weights) == ("keep", "keep")
    assert (plain.data.name, plain.training.epochs) == ("make_circles", 4000)


def test_a_saved_model_is_named_by_its_file(
    hiss: Hiss, engine: ScriptedEngine, tmp_path: Path, adopting: None
) -> None:
    file = tmp_path / "net.keras"
    file.touch()
    assert hiss("run", "article/baseline", "--model", str(file)).code == 0
    (arm,) = engine.studies[0].arms
    assert (arm.name, arm.title) == ("net/plain", "net.keras, as it is")
    assert arm.model is not None
    assert arm.model.file == file


def test_the_engine_that_trained_a_model_is_printed(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(study: Study, delivery: Delivery, session: Session) -> TrainedStudy:
        arms = replace(arm(replicate()), engine_note="trained by stock fit: X")
        return TrainedStudy(result(arms), signum=0, abandoned=False)

    monkeypatch.setattr("hiss.tui.cli.training.train", trained)
    outcome = hiss("run", "article/baseline", "--format", "json")
    assert "article/baseline: trained by stock fit: X" in outcome.err
    assert json.loads(outcome.out)["arms"][0]["engine_note"] == "trained by stock fit: X"


def test_ctrl_c_while_a_table_is_read_ends_at_once(
    hiss: Hiss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new.csv").write_text("a,b\n1,2\n")

    def read_lines(path: Path, most: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(30)

    monkeypatch.setattr("hiss.data.tables.files.read_lines", read_lines)
    began = time.monotonic()
    outcome = hiss("run", "--data", str(tmp_path / "new.csv"), "--target", "b")
    assert time.monotonic() - began < 2
    assert outcome.code == 130
    assert outcome.out == ""
    assert outcome.err == "hiss: interrupted\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("run", "--data", IRIS), "--target with the column to predict, one of `x1`"),
        (("run", "--data", IRIS, "--target", "targte"), "Did you mean `target`?"),
        (("run", "--target", "y"), "--target goes with --data FILE"),
        (("run", "article", "--drop", "y"), "--drop goes with --data FILE"),
        (("run", "--data", "none.csv", "--target", "y"), "none.csv: No such file"),
        (("run", *TABLE, "--train-size", "150"), "expected to split 150 rows in two"),
        (
            ("run", *TABLE, "--train-size", "-1"),
            "at least 1, or a fraction between 0 and 1",
        ),
        (("run", *TABLE, "--task", "regresion"), "--task"),
        (("show",), "There is nothing to train"),
        (("run", "article/baseline", "--noise", "a:after:1"), "--noise goes with --model"),
        (("run", "article/baseline", "--model", "net.py"), "expected FILE.py:NAME or FILE.keras"),
        (("run", "article/baseline", "--weights", "keep"), "--weights goes with --model"),
        (("run", "article/baseline", "--model", "no.py:f"), "no.py: no such file"),
        (
            ("run", "article", "--model", "no.py:f"),
            "--model: expected one preset",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_reported(
    hiss: Hiss, arguments: tuple[str, ...], expected: str
) -> None:
    outcome = hiss(*arguments)
    assert outcome.code == 2
    assert expected in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(("ending", "code"), [("sys.exit(3)", 3), ("sys.exit(0)", 0)])
def test_a_thread_that_a_model_leaves_does_not_keep_the_command_alive(
    ending: str, code: int
) -> None:
    lines = (
        "import sys, threading",
        "from hiss import __main__",
        "threading.Thread(target=threading.Event().wait).start()",
        "print('result', end='')",
        "from hiss.tui.cli import main",
        f"main.main = lambda: {ending}",
        "sys.argv = ['hiss', 'list']",
        "__main__.main()",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (code, "result")
