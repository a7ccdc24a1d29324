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
from hiss.tui.cli.interruption import TrainedStudy
from hiss.tui.cli.options import Delivery

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


CLINIC = """\
patient,sex,lab,ill
{}
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """Twenty patients with four visits each; a value is missing in every tenth."""
    lines = [
        f"{n // 4},{'fm'[n % 2]},{n * n % 17 if n % 10 else ''},{n % 3 % 2}" for n in range(80)
    ]
    path = tmp_path / "clinic.csv"
    path.write_text(CLINIC.format("\n".join(lines)), encoding="utf-8")
    return path


def test_how_a_table_is_prepared_and_split_is_asked_for_and_said(
    hiss: Hiss, engine: ScriptedEngine, clinic: Path
) -> None:
    table = ("--data", str(clinic), "--target", "ill", "--one-hot", "sex")
    outcome = hiss("compare", *table, "--missing", "median", "--group", "patient", "--repeats", "3")
    assert outcome.code == 0
    assert "clinic.csv: `patient` names 20 groups: no split divides one." in outcome.err
    assert "clinic.csv: 8 values in 1 column are missing: filled by the median" in outcome.err
    assert "80 rows, 3 features" in outcome.err
    (data,) = {arm.data.model_dump_json() for arm in engine.studies[0].arms}
    assert (engine.studies[0].mode, engine.studies[0].repeats) == ("task", 3)
    assert '"missing":"median"' in data and '"shuffle":false' in data
    refused = hiss("run", *table, "--group", "patient")
    assert refused.code == 2
    assert "--missing median is proposed: drop-rows leaves out 8 of 80 rows" in refused.err


def test_folds_choose_task_mode_and_the_number_of_repeats(
    hiss: Hiss, engine: ScriptedEngine, clinic: Path
) -> None:
    table = ("--data", str(clinic), "--target", "ill", "--drop", "lab", "--one-hot", "sex")
    for command in (("compare", *table), ("run", "classification/wine"), ("sweep", *table)):
        outcome = hiss(*command, "--cv", "2x3", *(("--no-confirm",) if "sweep" in command else ()))
        assert outcome.code == 0
        assert (engine.study.mode, engine.study.repeats) == ("task", 6)
        assert {arm.data.cv for arm in engine.study.arms} == {"2x3"}
    assert hiss("compare", *table, "--cv", "2x3", "--repeats", "4").code == 0
    assert engine.study.repeats == 4
    for more, message in {
        ("--repeats", "7"): "expected at most 6 repeats, one for each fold of 2x3; received 7",
        ("--mode", "article"): "expected task mode, in which each repeat is a fold of 2x3",
        ("--train-size", "9"): "train_size: cv divides the rows itself",
        ("--split", "ordered"): "cv divides the rows itself; leave split = ordered out",
    }.items():
        refused = hiss("compare", *table, "--cv", "2x3", *more)
        assert refused.code == 2
        assert message in " ".join(refused.err.split())


def test_rows_in_order_or_with_test_rows_of_their_own_are_in_article_mode(
    hiss: Hiss, engine: ScriptedEngine, clinic: Path
) -> None:
    table = ("--data", str(clinic), "--target", "ill", "--drop", "lab", "--one-hot", "sex")
    for more in (("--split", "ordered"), ("--test-data", str(clinic))):
        assert hiss("run", *table, *more).code == 0
        assert engine.study.mode == "article"
    assert str(clinic.resolve()) == engine.study.arms[0].data.arguments["test_path"]


def test_a_preset_is_split_otherwise(hiss: Hiss, engine: ScriptedEngine) -> None:
    assert hiss("compare", "classification/wine", "--split", "random", "--repeats", "2").code == 0
    assert {arm.data.split for arm in engine.study.arms} == {"random"}
    assert "--group goes with --data FILE" in hiss("run", "article", "--group", "a").err


def test_the_options_of_a_table_reach_it(hiss: Hiss, engine: ScriptedEngine) -> None:
    options = ("--features", 'x1,"x2"', "--task", "regression", "--train-size", "30")
    assert hiss("run", *TABLE, *options).code == 0
    data = engine.studies[0].arms[0].data
    assert data.train_size == 30
    assert data.arguments["features"] == ["x1", "x2"]
    assert data.arguments["predict"] == "regression"


def test_a_table_is_read_as_stated(hiss: Hiss, tmp_path: Path) -> None:
    table = tmp_path / "two-ways.csv"
    table.write_text("a;y\n" + "1,234;0\n2,500;1\n3,125;1\n" * 9)
    asked = hiss("show", "--data", str(table), "--target", "y")
    assert asked.code == 2
    assert "1,234 may be 1234 or 1.234" in asked.err
    assert "--thousands , if it is 1234; --decimal , if it is 1.234" in asked.err
    read = hiss("show", "--data", str(table), "--target", "2", "--decimal", ",")
    assert read.code == 0
    assert "two-ways.csv: read as: semicolons, decimal commas" in read.err
    assert 'decimal = ","' in read.out
    assert 'target = "y"' in read.out
    assert hiss("show", "--data", str(table), "--target", "y", "--no-header").code == 2
    wrong = hiss("show", "--data", str(table), "--target", "y", "--decimal", ";")
    assert "decimal: expected `.` or `,`, received ';'" in wrong.err


def test_traps_are_printed_with_what_to_do(hiss: Hiss, tmp_path: Path) -> None:
    table = tmp_path / "ill.csv"
    table.write_text("patient,a,y\n" + "\n".join(f"{n},{n * n % 31},{n % 3}" for n in range(60)))
    outcome = hiss("show", "--data", str(table), "--target", "y")
    assert "ill.csv: `patient` counts the rows: it may only number or name" in outcome.err
    assert "Leave it out: --drop patient." in outcome.err
    assert "patient" not in hiss("show", "--data", str(table), "--target", "y", "--drop",
                                 "patient").err  # fmt: skip


def test_the_traps_of_a_presets_table_are_printed(hiss: Hiss, tmp_path: Path) -> None:
    rows = [f"{n},{n % 7},{n // 30}" for n in range(60)]
    (tmp_path / "ill.csv").write_text("\n".join(["n,a,y", *rows]))
    preset = tmp_path / "mine.toml"
    shown = hiss("show", "--data", str(tmp_path / "ill.csv"), "--target", "y")
    preset.write_text(shown.out, encoding="utf-8")
    assert "ill.csv: `n` counts the rows" in hiss("run", str(preset)).err


def test_a_column_can_weigh_the_rows(hiss: Hiss, engine: ScriptedEngine) -> None:
    assert hiss("run", *TABLE, "--weight", "x2").code == 0
    data = engine.studies[0].arms[0].data
    assert data.arguments["weight"] == "x2"


@pytest.mark.parametrize(
    ("given", "weights"),
    [("balanced", "balanced"), ("lower=2, upper = .5", {"lower": 2.0, "upper": 0.5})],
)
def test_classes_are_weighed_in_every_arm(
    given: str, weights: object, hiss: Hiss, engine: ScriptedEngine
) -> None:
    assert hiss("compare", "classification/moons", "--class-weight", given).code == 0
    assert [arm.training.class_weight for arm in engine.studies[0].arms] == [weights] * 2


def test_a_misspelt_class_is_refused_before_anything_trains(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    refused = hiss("compare", "classification/moons", "--class-weight", "lowr=2")
    assert (refused.code, engine.studies) == (2, [])
    assert "there is no class `lowr`. Did you mean `lower`?" in refused.err


def test_features_are_reconstructed_without_a_target(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("run", "--data", IRIS, "--task", "reconstruct")
    assert outcome.code == 0
    plain, noisy = engine.studies[0].arms
    assert [layer.class_name for layer in noisy.layers] == [
        *("GaussianNoise", "Dense", "Activation", "Dense"),
    ]
    assert noisy.layers[-1].arguments["units"] == 5 and plain.training.loss == "mean_squared_error"
    assert "target" not in plain.data.arguments
    assert "5 features → themselves" in outcome.err


def test_the_target_of_a_reconstruction_is_left_out(hiss: Hiss, engine: ScriptedEngine) -> None:
    assert hiss("run", *TABLE, "--task", "reconstruct").code == 0
    assert engine.studies[0].arms[0].layers[-1].arguments["units"] == 4


def test_a_preset_is_adapted_to_a_reconstruction(hiss: Hiss, engine: ScriptedEngine) -> None:
    assert hiss("run", "patterns/mlp", *TABLE, "--task", "reconstruct").code == 0
    (adapted,) = engine.studies[0].arms
    assert adapted.layers[-1].arguments == {"units": 4}
    assert adapted.training.loss == "mean_squared_error"


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
    outcome = hiss("compare", *target, *noise, *strength, "--model-weights", "keep")
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

    def read_text(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(30)

    monkeypatch.setattr("hiss.data.tables.files.read_text", read_text)
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
        (("run", "--data", IRIS, "--target", "x1,target"), "--target x1 --drop target."),
        (("run", "article", "--drop", "y"), "--drop goes with --data FILE"),
        (("run", "article", "--no-header"), "--header goes with --data FILE"),
        (("run", "article", "--na-values", "-9"), "--na-values goes with --data FILE"),
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
        (
            ("run", "article/baseline", "--model-weights", "keep"),
            "--model-weights goes with --model",
        ),
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
