from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from command import Hiss
from scripted import ScriptedEngine, failed, replicate

from hiss.experiment.spec import Experiment
from hiss.results.outcomes import Replicate

GRID = ("--stddev", "0,0.03,0.1,0.3", "--repeats", "6")
TARGET = ("sweep", "article/hidden-before", *GRID)


def strengths(of: Experiment) -> list[float]:
    return [one.arguments["stddev"] for one in of.layers if "stddev" in one.arguments]


def scored(of: Experiment, number: int) -> Replicate:
    """Scores that are best where the strengths sum up to 0.1."""
    spread = np.random.default_rng(number).normal(0, 0.005)
    own = np.random.default_rng([number, len(of.name)]).normal(0, 0.001)
    return replicate(number, 0.8 - abs(sum(strengths(of)) - 0.1) / 4 + spread + own)


@pytest.fixture(autouse=True)
def arms_differ(engine: ScriptedEngine) -> None:
    engine.outcome_of = scored


def test_a_sweep_prints_best_plateau_and_confirmation(hiss: Hiss) -> None:
    outcome = hiss(*TARGET)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "article/hidden-before: σ at layers.1"
    (best,) = [line for line in lines if line.endswith("best")]
    assert best.split()[:2] == ["0.1", "6"] and "•" in best
    assert "Best is σ = 0.1, with a test accuracy of 0.80" in outcome.out
    assert "On 6 fresh repeats (other weights and noise, the same rows): σ = 0.1" in outcome.out
    assert "better, P" in outcome.out


def test_points_are_judged_by_the_metric_that_is_asked_for(hiss: Hiss) -> None:
    outcome = hiss(*TARGET, "--metric", "train_accuracy", "--format", "json")
    assert json.loads(outcome.out)["sweep"]["metric"] == "train_accuracy"
    assert hiss(*TARGET, "--metric", "recall").code == 2


def test_the_search_and_its_confirmation_are_two_studies(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    hiss(*TARGET)
    search, fresh = engine.studies
    assert [strengths(arm) for arm in search.arms] == [[0.0], [0.03], [0.1], [0.3]]
    assert [strengths(arm) for arm in fresh.arms] == [[0.0], [0.1]]
    assert search.seed != fresh.seed


def test_no_confirm_leaves_it_at_the_search(hiss: Hiss, engine: ScriptedEngine) -> None:
    document = json.loads(hiss(*TARGET, "--no-confirm", "--format", "json").out)
    assert document["confirmation"] is None
    assert len(engine.studies) == 1


def test_refine_adds_points_around_the_plateau(hiss: Hiss, engine: ScriptedEngine) -> None:
    document = json.loads(hiss(*TARGET, "--refine", "--format", "json").out)
    assert [point["strength"] for point in document["points"]] == [0, 0.03, 0.055, 0.1, 0.17, 0.3]
    assert [len(study.arms) for study in engine.studies] == [4, 2, 2]


def test_a_preset_with_a_grid_of_its_own_needs_no_options(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    assert hiss("sweep", "extensions/stddev-grid").code == 0
    search = engine.studies[0]
    assert [strengths(arm)[0] for arm in search.arms] == [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1]
    assert (search.repeats, search.mode) == (30, "article")


def test_noise_is_put_at_the_input_where_there_is_none(hiss: Hiss, engine: ScriptedEngine) -> None:
    document = json.loads(hiss(*TARGET, "--site", "input", "--format", "json").out)
    assert document["sweep"]["site"] == "input"
    assert [strengths(arm) for arm in engine.studies[0].arms][1] == [0.03, 0.1]


def test_two_sites_are_shown_as_a_heat_map(hiss: Hiss, engine: ScriptedEngine) -> None:
    target = ("sweep", "extensions/input-and-hidden", "--repeats", "6")
    grids = ("--site", "input", "--stddev", "0,0.01", "--site2", "hidden", "--stddev2", "0,0.1,1")
    out = hiss(*target, *grids).out
    lines = out.splitlines()
    assert lines[0].startswith("extensions/input-and-hidden: σ at input, σ₂ at layers.2; * is best")
    assert lines[2].split() == ["σ", "\\", "σ₂", "0", "0.1", "1"]
    assert "██ 0.80" in lines[4] and "   0.5" in lines[4]
    assert "".join(lines[4:]).count("*") == 1
    assert len(engine.studies[0].arms) == 6


def test_a_wide_square_becomes_a_list(hiss: Hiss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiss.tui.cli.output._FILE_WIDTH", 40)
    target = ("sweep", "extensions/input-and-hidden", "--repeats", "6")
    out = hiss(*target, "--site", "input", "--stddev2", "0,0.01,0.1,0.3,1").out
    assert "σ₂" in out and "\\" not in out


def test_the_second_site_is_the_one_that_is_left(hiss: Hiss) -> None:
    document = json.loads(hiss(*TARGET, "--stddev2", "0,0.01", "--format", "json").out)
    assert (document["sweep"]["site"], document["sweep"]["site2"]) == ("layers.1", "input")
    assert document["points"][1]["strength2"] == 0.01


def test_a_regression_is_judged_by_its_rmse(hiss: Hiss, engine: ScriptedEngine) -> None:
    def scored_by_error(of: Experiment, number: int) -> Replicate:
        error = 0.3 + abs(sum(strengths(of)) - 0.1) + number / 1000
        scores = {"train_rmse": 0.1, "test_rmse": error, "test_loss": error**2}
        return Replicate(number, "finished", 4, scores, float("nan"), 0, 0.5)

    engine.outcome_of = scored_by_error
    outcome = hiss("sweep", "regression/sine", *GRID)
    assert "Test RMSE ± SD" in outcome.out and "Test RMSE ± SE" in outcome.out
    assert "Best is σ = 0.1, with a test RMSE of 0.30" in outcome.out


def test_a_signal_keeps_the_finished_points(hiss: Hiss, engine: ScriptedEngine) -> None:
    begun: list[bool] = []

    def interrupt(stop: threading.Event) -> None:
        begun.append(True)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.wait(10)

    engine.during = interrupt
    outcome = hiss(*TARGET, "--format", "json")
    assert outcome.code == 130
    document = json.loads(outcome.out)
    assert [point["strength"] for point in document["points"]] == [0, 0.03]
    assert document["sweep"]["interim"] is True
    assert document["confirmation"] is None
    assert len(engine.studies) == 1


def test_a_signal_before_the_confirmation_has_anything_keeps_the_search(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def interrupt(stop: threading.Event) -> None:
        if len(engine.studies) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(10)

    engine.before = interrupt
    monkeypatch.setattr("os._exit", sys.exit)
    outcome = hiss(*TARGET, "--format", "json")
    over.set()
    assert outcome.code == 130
    document = json.loads(outcome.out)
    assert len(document["points"]) == 4
    assert (document["best"], document["confirmation"]) == ({"strength": 0.1}, None)


def test_an_interrupted_sweep_ends_although_its_output_cannot_be_written(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    over, folder = threading.Event(), tmp_path / "gone"
    folder.mkdir()

    def interrupt(stop: threading.Event) -> None:
        if len(engine.studies) == 2:
            folder.rmdir()
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(10)

    engine.before = interrupt
    monkeypatch.setattr("os._exit", sys.exit)
    outcome = hiss(*TARGET, "--output", str(folder / "sweep.json"))
    over.set()
    assert outcome.code == 130
    assert len(json.loads(outcome.out)["points"]) == 4
    assert "could not be written" in outcome.err


def test_failed_trainings_are_counted_and_reported(hiss: Hiss, engine: ScriptedEngine) -> None:
    engine.outcome_of = lambda of, n: failed(n) if strengths(of) == [0.3] else scored(of, n)
    outcome = hiss(*TARGET)
    assert outcome.code == 3
    assert "0/6" in outcome.out
    assert "article/hidden-before σ=0.3, repeat 0: loss is NaN" in outcome.err


MISTAKES = {
    "a negative strength": (["--stddev", "-0.1,0"], "expected numbers from 0 to 1, received -0.1"),
    "a strength above one": (["--stddev", "0,1.5"], "received 1.5"),
    "no number": (["--stddev", "0,much"], "received much"),
    "an empty grid": (["--stddev", ""], "received nothing"),
    "an empty second grid": (["--stddev2", ","], "--values2: expected numbers, received nothing"),
    "an unknown site": (["--site", "inptu"], "Did you mean `input`?"),
    "a layer without strength": (["--site", "0"], "is a Dense"),
    "the same site twice": (["--site", "1", "--site2", "hidden"], "two different sites"),
    "two sites refined": (["--stddev2", "0,1", "--refine"], "--refine goes with one site"),
    "no repeats": (["--repeats", "0"], "--repeats"),
    "an output that is a folder": (["--output", "."], "directory"),
}


@pytest.mark.parametrize(("arguments", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_before_anything_trains(
    hiss: Hiss, engine: ScriptedEngine, arguments: list[str], expected: str
) -> None:
    outcome = hiss("sweep", "article/hidden-before", *arguments)
    assert (outcome.code, outcome.out, engine.study) == (2, "", None)
    assert expected in outcome.err


def test_a_strength_beyond_the_layers_is_swept_by_its_key(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    options = ("--values", "0,0.3,2", "--repeats", "6", "--format", "json")
    document = json.loads(hiss("sweep", "noise/gradients", *options).out)
    assert document["sweep"]["site"] == "training.optimizer.eta"
    assert document["sweep"]["argument"] == "eta"
    etas = [arm.training.optimizer.arguments["eta"] for arm in engine.studies[0].arms]  # type: ignore[union-attr]
    assert etas == [point["strength"] for point in document["points"]] == [0, 0.3, 2]


def test_a_penalty_is_swept_like_a_noise(hiss: Hiss, engine: ScriptedEngine) -> None:
    def penalised(of: Experiment, number: int) -> Replicate:
        penalty = of.layers[0].arguments["kernel_regularizer"]["config"]["l2"]
        return replicate(number, 0.8 - penalty + number / 1000)

    engine.outcome_of = penalised
    out = hiss("sweep", "controls/l2", "--repeats", "6").out
    assert out.startswith("controls/l2: l2 at layers.0.kernel_regularizer.config.l2")
    assert "Best is no penalty" in out and "l2 from 0 to 0.0001 does as well" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["noise/dropout", "--values", "0,1"],
            "--values: expected numbers of at least 0 and below",
        ),
        (["article/baseline", "--site", "training.optimizer.etta"], "is not a noise of"),
        (["article/baseline", "--site", "eta"], "noise/gradients has training.optimizer.eta"),
        (["regression/sine", "--site", "data.label_noise"], "expected classes to flip"),
    ],
)
def test_what_a_site_cannot_take_is_named(
    hiss: Hiss, engine: ScriptedEngine, arguments: list[str], expected: str
) -> None:
    outcome = hiss("sweep", *arguments)
    assert (outcome.code, outcome.out, engine.study) == (2, "", None)
    assert expected in outcome.err


def test_a_group_cannot_be_swept(hiss: Hiss) -> None:
    outcome = hiss("sweep", "article")
    assert outcome.code == 2
    assert "expected one preset, received article/baseline, " in outcome.err
