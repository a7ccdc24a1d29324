from __future__ import annotations

import json
import os
import signal
import threading

import numpy as np
import pytest
from command import Hiss
from scripted import ScriptedEngine, failed, replicate

from hiss.experiment.spec import Experiment
from hiss.results.outcomes import Replicate

LIFTS = {"article/baseline": 0.0, "article/input-noise": 0.001, "article/hidden-before": 0.034}


def scored(of: Experiment, number: int) -> Replicate:
    """Scores that lie LIFTS apart, give or take half a point."""
    draw = np.random.default_rng(number)
    own = np.random.default_rng([number, len(of.name)]).normal(0, 0.005)
    return replicate(number, 0.77 + draw.normal(0, 0.01) + LIFTS.get(of.name, 0.05) + own)


@pytest.fixture(autouse=True)
def arms_differ(engine: ScriptedEngine) -> None:
    engine.outcome_of = scored


def test_the_article_gets_its_verdict_in_words(hiss: Hiss) -> None:
    outcome = hiss("compare", "article")
    assert outcome.code == 0
    assert "Hidden noise before the activation lifts test accuracy by 3." in outcome.out
    assert "n = 30): better, P(gain > 1 point) > 0.99." in outcome.out
    assert "Article mode: 30 repeats with other weights and noise, the same rows" in outcome.out


def test_the_table_has_every_statistic_and_a_forest_plot(hiss: Hiss) -> None:
    out = hiss("compare", "article").out
    header = next(line for line in out.splitlines() if line.startswith("Arm"))
    named = ("Difference", "95 % CI", "d_z", "P(improve)", "p perm.", "p Wilcoxon", "p Holm")
    assert all(name in header for name in (*named, "worse / same / better", "← worse"))
    (line,) = [
        one for one in out.splitlines() if one.startswith("article/hidden-before") and "+" in one
    ]
    assert all(glyph in line for glyph in "░│├•┤")


def test_a_metric_is_named_as_scikit_learn_or_keras_does(hiss: Hiss) -> None:
    unknown = hiss("compare", "article", "--metric", "recall")
    assert unknown.code == 2
    assert "metric: recall is not measured here" in unknown.err
    assert "test_balanced_accuracy" in unknown.err and "test_roc_auc" in unknown.err
    assert "test accuracy" in hiss("compare", "article", "--metric", "BinaryAccuracy").out


def test_the_scores_above_a_comparison_are_those_that_are_compared(hiss: Hiss) -> None:
    for how in ((), ("--format", "markdown")):
        first = hiss("compare", "article", "--metric", "test_loss", *how).out.splitlines()[0]
        assert "Test loss ± SD" in first


def test_a_run_shows_the_metric_that_is_asked_for(hiss: Hiss) -> None:
    header = hiss("run", "article", "--repeats", "3", "--metric", "loss").out.splitlines()[0]
    assert "Test loss ± SD" in header and "Train loss ± SD" in header
    assert "Published" not in header


def test_a_kept_study_without_a_metric_says_so(hiss: Hiss) -> None:
    hiss("compare", "article", "--repeats", "3")
    last = json.loads(hiss("history", "--json").out)["studies"][0]["id"]
    assert "Test loss" in hiss("open", last, "--metric", "test_loss").out
    missing = hiss("open", last, "--metric", "roc_auc")
    assert missing.code == 2
    assert "roc_auc was not measured yet when this was trained" in missing.err


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_forest_plot_fits_and_a_narrow_table_leaves_out_columns(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr("hiss.tui.cli.output._FILE_WIDTH", width)
    lines = hiss("compare", "article").out.split("Test accuracy against")[1].splitlines()
    table = [line for line in lines if line.startswith(("Arm", "article/"))][:4]
    assert max(map(len, table)) <= width
    assert all("+" in line or "−" in line for line in table[1:]), "the difference always stays"
    assert ("•" in table[1]) == (width >= 80)


def test_the_json_has_the_arms_of_run_and_the_comparisons(hiss: Hiss) -> None:
    compared = json.loads(hiss("compare", "article", "--format", "json").out)
    ran = json.loads(hiss("run", "article", "--repeats", "30", "--format", "json").out)
    assert compared["arms"] == ran["arms"]
    assert compared["comparisons"] == ran["comparisons"]
    assert [one["verdict"] for one in compared["comparisons"]] == ["same", "better", "better"]


def test_one_run_has_nothing_to_compare(hiss: Hiss) -> None:
    assert "comparisons" not in json.loads(hiss("run", "article", "--format", "json").out)


def test_baseline_and_metric_are_as_asked(hiss: Hiss) -> None:
    arguments = ("--baseline", "hidden-after", "--metric", "test_loss", "--format", "json")
    found = json.loads(hiss("compare", "article", *arguments).out)["comparisons"]
    assert {one["baseline"] for one in found} == {"article/hidden-after"}
    assert {one["metric"] for one in found} == {"test_loss"}


def test_a_preset_of_the_extensions_brings_its_partner(hiss: Hiss, engine: ScriptedEngine) -> None:
    hiss("compare", "extensions/input-and-hidden")
    assert engine.study is not None
    names = [arm.name for arm in engine.study.arms]
    assert names == ["article/baseline", "extensions/input-and-hidden"]
    assert (engine.study.repeats, engine.study.mode) == (30, "article")


def test_task_mode_prints_the_bayes_accuracy(hiss: Hiss) -> None:
    out = hiss("compare", "article", "--mode", "task", "--repeats", "6").out
    assert "Task mode: 6 repeats with other training rows, weights and noise; seed 1." in out
    assert "Bayes accuracy 0.841." in out


def test_a_single_repeat_has_no_verdict(hiss: Hiss) -> None:
    outcome = hiss("compare", "article", "--repeats", "1")
    assert outcome.code == 0
    assert "cannot say, a single pair has no spread" in outcome.out
    assert "nan" not in outcome.out.lower()


def test_failed_trainings_are_dropped_and_reported(hiss: Hiss, engine: ScriptedEngine) -> None:
    engine.outcome_of = lambda of, n: failed(n) if n == 3 and "hidden" in of.name else scored(of, n)
    outcome = hiss("compare", "article")
    assert outcome.code == 3
    assert "n = 29, 1 dropped)" in outcome.out
    assert "article/hidden-after, repeat 3: loss is NaN" in outcome.err


def test_a_signal_prints_an_interim_comparison(hiss: Hiss, engine: ScriptedEngine) -> None:
    def interrupt(stop: threading.Event) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(10)

    engine.during = interrupt
    outcome = hiss("compare", "article", "--baseline", "hidden-after")
    assert outcome.code == 130
    assert outcome.out.count("Interim, 0 of 30:") == 3


def test_markdown_and_csv_are_written_by_the_files_name(hiss: Hiss, tmp_path: object) -> None:
    for name, expected in (("x.md", "| Arm | n |"), ("x.csv", "arm,baseline,metric,n,")):
        path = f"{tmp_path}/{name}"
        assert hiss("compare", "article", "--output", path).out == ""
        with open(path, encoding="utf-8") as file:
            assert expected in file.read()


MISTAKES = {
    "an unknown baseline": (["article", "--baseline", "article/basline"], "article/baseline"),
    "an unknown metric": (["article", "--metric", "test_acuracy"], "test_accuracy"),
    "another task's metric": (["article", "--metric", "test_rmse"], "not measured here"),
    "nothing to compare with": (["article/baseline"], "nothing to compare"),
    "no repeats": (["article", "--repeats", "0"], "--repeats"),
}


@pytest.mark.parametrize(("arguments", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_before_anything_trains(
    hiss: Hiss, engine: ScriptedEngine, arguments: list[str], expected: str
) -> None:
    outcome = hiss("compare", *arguments)
    assert (outcome.code, outcome.out, engine.study) == (2, "", None)
    assert expected in outcome.err


def test_a_lower_loss_is_marked_as_the_better_side(hiss: Hiss) -> None:
    out = hiss("compare", "article", "--metric", "test_loss").out
    assert "← better" in out and "worse →" in out


def test_sentences_are_broken_between_words_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from hiss.tui.cli.output import wrap_lines

    monkeypatch.setenv("COLUMNS", "40")
    line = "Noise on the input changes test accuracy by +0.3 points: not settled."
    lines = wrap_lines([line], terminal=True).splitlines()
    assert len(lines) == 2 and max(map(len, lines)) <= 40
    assert wrap_lines([line], terminal=False) == f"{line}\n"
