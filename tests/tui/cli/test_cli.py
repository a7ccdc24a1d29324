from __future__ import annotations

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from command import Hiss
from scripted import ScriptedEngine, failed, replicate

from hiss.errors import TrainingError
from hiss.library.presets import load_presets
from hiss.reports.doctor import Finding
from hiss.tui.cli.main import main
from hiss.tui.terminal.captured_output import log_path


def test_help_names_every_verb(hiss: Hiss) -> None:
    outcome = hiss("--help")
    assert outcome.code == 0
    assert all(
        verb in outcome.out for verb in ("list", "show", "run", "compare", "sweep", "doctor")
    )


def test_the_list_has_the_article_with_its_networks(hiss: Hiss) -> None:
    lines = hiss("list").out.splitlines()
    (line,) = [line for line in lines if line.startswith("article/input-noise")]
    assert "x₂ ─ σ.01 ─ Dense 500 relu ─ Dense 1 sigmoid" in line


def test_a_broken_preset_is_reported_and_hides_no_other(hiss: Hiss, home: Path) -> None:
    own = home / "config" / "hiss" / "presets"
    own.mkdir(parents=True)
    (own / "broken.toml").write_text("title = ")
    outcome = hiss("list")
    assert "article/baseline" in outcome.out
    assert "broken.toml" in outcome.err


def test_what_show_prints_is_a_preset_again(hiss: Hiss, tmp_path: Path) -> None:
    path = tmp_path / "again.toml"
    path.write_text(hiss("show", "article/hidden-before").out)
    shown = hiss("show", str(path)).out
    assert shown == path.read_text()
    assert shown.startswith("# x₂ ─ Dense 500 ─ σ.1 ─ relu ─ Dense 1 sigmoid\n")


def test_show_code_prints_a_script(hiss: Hiss) -> None:
    code = hiss("show", "article/hidden-before", "--code", "--seed", "7").out
    compile(code, "script", "exec")
    assert "SEED = 7" in code


def test_a_group_cannot_be_shown_as_one_preset(hiss: Hiss) -> None:
    outcome = hiss("show", "article")
    assert outcome.code == 2
    assert "article/hidden-after" in outcome.err


def test_the_result_stands_alone_on_stdout(hiss: Hiss) -> None:
    outcome = hiss("run", "article", "--format", "json")
    assert outcome.code == 0
    assert outcome.err == ""
    names = [arm["preset"] for arm in json.loads(outcome.out)["arms"]]
    assert names == [
        "article/baseline",
        "article/input-noise",
        "article/hidden-before",
        "article/hidden-after",
    ]


def test_set_and_seed_reach_the_study_and_a_target_counts_once(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    hiss("run", "article/baseline", "article/baseline", "--set", "layers.0.units=7", "--seed", "3")
    assert engine.study is not None
    (arm,) = engine.study.arms
    assert arm.layers[0].arguments["units"] == 7
    assert engine.study.seed == 3


def test_epochs_repeats_engine_mode_and_device_reach_the_study(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    hiss(
        *("run", "article", "--repeats", "2", "--epochs", "5"),
        *("--engine", "reference", "--mode", "task", "--device", "cpu"),
    )
    study = engine.study
    assert study is not None
    assert {arm.training.epochs for arm in study.arms} == {5}
    assert (study.repeats, study.engine, study.mode, study.device) == (
        2,
        "reference",
        "task",
        "cpu",
    )


def test_the_article_repeats_in_article_mode_and_others_on_fresh_rows(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    hiss("run", "article")
    assert engine.study is not None and engine.study.mode == "article"
    hiss("run", "classification/moons")
    assert engine.study.mode == "task"


def test_curves_are_added_to_the_json(hiss: Hiss) -> None:
    outcome = hiss("run", "article/baseline", "--format", "json", "--curves")
    history = json.loads(outcome.out)["arms"][0]["replicates"][0]["history"]
    assert history["val_accuracy"] == [0.5, 0.5, 0.5, 0.5]


def test_csv_has_a_row_for_every_replicate(hiss: Hiss) -> None:
    outcome = hiss("run", "article/baseline", "--repeats", "3", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["replicate"] for row in rows] == ["0", "1", "2"]


def test_the_table_stands_beside_the_published_numbers(hiss: Hiss) -> None:
    line = next(line for line in hiss("run", "article").out.splitlines() if "baseline" in line)
    assert "0.750" in line
    assert "1.000 / 0.757" in line


def test_the_output_file_is_written_and_stdout_left_alone(hiss: Hiss, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("what was there before")
    refused = hiss("run", "article/baseline", "--output", str(path))
    assert refused.code == 2
    assert "result.json exists already.\n      Add --force" in refused.err
    assert path.read_text() == "what was there before"
    outcome = hiss("run", "article/baseline", "--output", str(path), "--force")
    assert (outcome.code, outcome.out) == (0, "")
    assert json.loads(path.read_text())["schema"] == 2
    assert [each.name for each in tmp_path.iterdir()] == ["result.json"]


def test_an_output_that_is_a_link_to_itself_is_refused(hiss: Hiss, tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    for force in ((), ("--force",)):
        outcome = hiss("run", "article/baseline", "--output", str(path), *force)
        assert outcome.code == 2
        assert "loop cannot be written: Too many levels of symbolic links." in outcome.err
    assert path.is_symlink()


def test_a_file_that_another_writes_meanwhile_is_not_replaced(
    hiss: Hiss, engine: ScriptedEngine, tmp_path: Path
) -> None:
    path = tmp_path / "result.json"
    engine.during = lambda stop: path.write_text("by another")
    outcome = hiss("run", "article/baseline", "--output", str(path))
    assert outcome.code == 2
    assert json.loads(outcome.out)["schema"] == 2
    assert path.read_text() == "by another"


def test_an_output_that_is_a_pipe_is_written_to_and_not_replaced(
    hiss: Hiss, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    hiss("run", "article/baseline", "--output", str(pipe))
    assert os.read(reader, 1000).startswith(b"preset,")
    os.close(reader)
    assert pipe.is_fifo()


def test_a_result_that_cannot_be_written_any_more_is_printed(
    hiss: Hiss, engine: ScriptedEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    engine.during = lambda stop: folder.rmdir()
    outcome = hiss("run", "article/baseline", "--output", str(folder / "result.json"))
    assert outcome.code == 2
    assert json.loads(outcome.out)["schema"] == 2
    assert "could not be written" in outcome.err


MISTAKES = {
    "a target that is not there": (["run", "article/basline"], "article/baseline"),
    "a missing file": (["run", "missing.toml"], "missing.toml"),
    "a misspelt key": (["run", "article/baseline", "--set", "training.epoch=3"], "epochs"),
    "a negative sigma": (["run", "article/input-noise", "--set", "layers.0.stddev=-1"], "stddev"),
    "an unknown layer": (
        ["run", "article/baseline", "--set", "layers.0.class_name=Dens"],
        "Dense",
    ),
    "a key that some presets lack": (
        ["run", "article", "--set", "layers.1.stddev=0.2"],
        "layers.1.stddev is not a key.\n"
        "      That is so in article/baseline, article/input-noise.\n"
        "      It fits article/hidden-before, article/hidden-after: name these alone.",
    ),
    "no epochs": (["run", "article", "--epochs", "0"], "--epochs"),
    "no repeats": (["run", "article", "--repeats", "0"], "--repeats"),
    "an unknown engine": (["run", "article", "--engine", "warp"], "reference"),
    "an output in a folder that is not there": (["run", "article", "--output", "no/x"], "no/x"),
    "an output that is a folder": (["run", "article", "--output", "."], "directory"),
    "an output below a file": (["run", "article", "--output", "/dev/null/x"], "/dev/null/x"),
    "an output with a long name": (["run", "article", "--output", "x" * 5000], "name too long"),
    "an output of a user who is not there": (["run", "article", "--output", "~no/x"], "~no/x"),
    "a preset of a user who is not there": (["run", "~nouser/x.toml"], "~nouser/x.toml: No such"),
    "a preset with a name of 5,000 characters": (["run", "x" * 5000 + ".toml"], "name too long"),
    "a number of 5,000 digits": (
        ["run", "article", "--set", "training.epochs=" + "9" * 5000],
        "training.epochs: expected a whole number",
    ),
    "a layer's number of 5,000 digits": (
        ["run", "article", "--set", f"layers.{'9' * 5000}.units=3"],
        "expected a number from 0 to 1",
    ),
    "a value nested a thousand deep": (
        ["run", "article", "--set", "training.epochs=" + "[" * 1000],
        "training.epochs: expected a whole number",
    ),
    "a value that is not UTF-8": (
        ["run", "article", "--set", "title=\udcff"],
        r"--set title=\udcff: expected text without control characters",
    ),
    "an insertion that is not UTF-8": (
        ["run", "article/baseline", "--model", "loop.py:f", "--noise", "\udcff:upon:1"],
        "loop.py: no such file",
    ),
    "a table of a user who is not there": (
        ["run", "--data", "~nouser/x.csv", "--target", "y"],
        "~nouser/x.csv: No such file",
    ),
    "a table with a name of 5,000 characters": (
        ["run", "--data", "x" * 5000 + ".csv", "--target", "y"],
        "name too long",
    ),
    "curves in a table": (["run", "article", "--curves"], "--format json"),
    "an option of the console": (["--device", "cpu", "run", "article"], "--device before run"),
    "no target": (["run"], "add --data FILE --target COLUMN"),
    "an unknown verb": (["walk"], "walk"),
}


@pytest.mark.parametrize(("arguments", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_before_anything_trains(
    hiss: Hiss, engine: ScriptedEngine, arguments: list[str], expected: str
) -> None:
    outcome = hiss(*arguments)
    assert outcome.code == 2
    assert expected in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    assert engine.study is None


def test_every_problem_of_a_file_is_reported_with_its_name(hiss: Hiss, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = hiss("show", "article/input-noise").out
    path.write_text(text.replace("epochs = ", "epoch = ").replace("0.01", "-0.01"))
    outcome = hiss("run", str(path))
    assert outcome.code == 2
    assert "mine.toml" in outcome.err
    assert "`epochs`" in outcome.err
    assert "-0.01" in outcome.err


def test_the_reason_why_the_console_cannot_open_is_printed(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    outcome = hiss("--glyphs", "ascii")
    assert outcome.code == 2
    assert "hiss run article" in outcome.err


def test_a_failed_training_is_reported_and_the_others_are_kept(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    engine.outcome = lambda number: failed(number) if number == 1 else replicate(number)
    outcome = hiss("run", "article/baseline", "--repeats", "3", "--format", "json")
    assert outcome.code == 3
    assert "article/baseline, repeat 1: loss is NaN at epoch 3" in outcome.err
    assert json.loads(outcome.out)["arms"][0]["summary"]["n"] == 2


def test_a_study_that_cannot_be_trained_ends_with_3(hiss: Hiss, engine: ScriptedEngine) -> None:
    def fail(stop: threading.Event) -> None:
        raise TrainingError("The GPU is gone.", "Use --device cpu.")

    engine.before = fail
    outcome = hiss("run", "article")
    assert outcome.code == 3
    assert outcome.err.splitlines() == ["hiss: The GPU is gone.", "      Use --device cpu."]


def test_a_bug_is_a_line_with_its_place_and_a_traceback_in_the_log(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    def fail(stop: threading.Event) -> None:
        raise ZeroDivisionError("by a bug")

    engine.before = fail
    outcome = hiss("run", "article")
    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    assert line.startswith("hiss: unexpected error: ZeroDivisionError: by a bug (test_cli.py:")
    assert line.endswith(f"; the details are in {log_path()}")
    assert "in fail\n" in log_path().read_text()


def test_a_bug_is_printed_whole_where_there_is_no_log(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(stop: threading.Event) -> None:
        raise ZeroDivisionError

    engine.before = fail
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/none")
    outcome = hiss("run", "article")
    assert outcome.code == 1
    assert "Traceback" in outcome.err
    assert outcome.err.splitlines()[-1].startswith("hiss: unexpected error: ZeroDivisionError")


def test_a_bug_in_the_progress_bars_stops_the_training(
    engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()

    def fail(bars: object, event: object) -> None:
        raise ZeroDivisionError

    engine.during = lambda stop: stopped.set() if stop.wait(10) else None
    monkeypatch.setattr("hiss.tui.cli.progress.ProgressBars.handle", fail)
    monkeypatch.setattr(sys, "argv", ["hiss", "run", "article/baseline"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert stopped.wait(10)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_training_and_prints_the_results_so_far(
    hiss: Hiss, engine: ScriptedEngine, signum: signal.Signals
) -> None:
    def interrupt(stop: threading.Event) -> None:
        os.kill(os.getpid(), signum)
        assert stop.wait(10)

    engine.during = interrupt
    engine.outcome = lambda number: replace(replicate(number), status="stopped")
    outcome = hiss("run", "article/baseline", "--format", "json")
    assert outcome.code == 128 + signum
    assert json.loads(outcome.out)["arms"][0]["replicates"][0]["status"] == "stopped"


def test_a_signal_before_there_is_anything_to_keep_ends_at_once(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def interrupt(stop: threading.Event) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        over.wait(10)

    engine.before = interrupt
    monkeypatch.setattr("os._exit", sys.exit)
    outcome = hiss("run", "article")
    over.set()
    assert outcome.code == 130
    assert outcome.out == ""


def test_what_native_code_writes_to_stderr_goes_to_the_log(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    engine.before = lambda stop: os.write(2, b"a line of C++\n") and None
    assert hiss("run", "article").err == ""
    assert "a line of C++" in log_path().read_text()


def test_hiss_debug_leaves_stderr_alone(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISS_DEBUG", "1")
    engine.before = lambda stop: os.write(2, b"a line of C++\n") and None
    assert "a line of C++" in hiss("run", "article").err


def test_a_number_that_is_not_finite_is_null_in_json(hiss: Hiss, engine: ScriptedEngine) -> None:
    engine.outcome = lambda number: replicate(number, test=math.nan)
    text = hiss("run", "article/baseline", "--format", "json").out
    assert "NaN" not in text
    assert json.loads(text)["arms"][0]["replicates"][0]["test_accuracy"] is None


def test_doctor_shows_machine_terminal_and_choices(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"devices": (Finding("device", "cpu", "a GPU before the CPU"),)}
    monkeypatch.setattr("hiss.reports.doctor.examine", lambda device: found)
    assert "a GPU before the CPU" in hiss("doctor").out
    document = json.loads(hiss("doctor", "--format", "json").out)
    assert document["devices"] == {"device": "cpu"}
    assert {"TERM", "colours", "size", "glyphs", "console"} <= document["terminal"].keys()


def test_a_table_in_a_file_has_no_colours_even_from_a_terminal(
    hiss: Hiss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    path = tmp_path / "table.txt"
    hiss("run", "article/baseline", "--output", str(path))
    assert path.read_text().startswith("Preset")
    assert "\x1b" not in path.read_text()


def test_a_character_that_the_terminal_lacks_is_no_error() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "hiss", "list"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Dense 500 relu" in done.stdout


def test_the_list_leaves_out_networks_rather_than_break_lines(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Dense 500 relu" in hiss("list").out
    monkeypatch.setattr("hiss.tui.cli.output._FILE_WIDTH", 80)
    lines = hiss("list").out.splitlines()
    assert "article/baseline                       Overfit baseline" in lines
    named = [line.split()[0] for line in lines[1:] if line]
    assert named == [one.name for one in load_presets().experiments], "no title is broken"


def test_groups_are_listed_from_the_article_to_the_users_own(hiss: Hiss, home: Path) -> None:
    own = home / "config" / "hiss" / "presets"
    own.mkdir(parents=True)
    (own / "copy.toml").write_text(hiss("show", "article/baseline").out)
    names = (line.split("/")[0] for line in hiss("list").out.splitlines()[1:] if line)
    order = "article extensions patterns regression classification noise controls mine"
    assert list(dict.fromkeys(names)) == order.split()


WITHOUT_SELU = ("noise/alpha-dropout", "--set", "layers.0.activation=relu")


@pytest.mark.parametrize("verb", ["run", "compare", "sweep"])
def test_advice_is_printed_once_and_not_with_quiet(
    hiss: Hiss, engine: ScriptedEngine, verb: str
) -> None:
    expected = "preserves mean and variance only after selu"
    assert hiss(verb, *WITHOUT_SELU, "--repeats", "2").err.count(expected) == 1
    assert expected not in hiss(verb, *WITHOUT_SELU, "--repeats", "2", "--quiet").err


def test_a_preset_is_shown_with_advice(hiss: Hiss, tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    text = hiss("show", "noise/alpha-dropout").out
    path.write_text(text.replace('activation = "selu"', 'activation = "relu"'))
    assert "it is after relu" in hiss("show", str(path)).err
