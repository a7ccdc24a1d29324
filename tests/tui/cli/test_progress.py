from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console
from scripted import FINGERPRINT, METRICS, arm, experiment

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import ArmEnded, ArmStarted, BackendLoaded, TrainingStarted
from hiss.tui.cli.progress import MAX_BARS, ProgressBars

STUDY = Study(arms=(experiment(epochs=10), experiment("article/other", epochs=10)), repeats=3)


def terminal(shown: io.StringIO) -> Console:
    return Console(file=shown, force_terminal=True, width=100, _environ={"TERM": "xterm"})


def test_an_arm_counts_the_epochs_of_all_its_replicates() -> None:
    shown = io.StringIO()
    curves = Curves(METRICS, 3, 10)
    with ProgressBars(STUDY, terminal(shown)) as bars:
        bars.handle(ArmStarted(1, curves))
        curves.extend(0, np.zeros((4, 4), np.float32))
        curves.extend(2, np.zeros((3, 4), np.float32))
        bars.refresh()
    assert " 7/30" in shown.getvalue()


def test_a_bar_shows_the_phase_of_its_arm() -> None:
    shown = io.StringIO()
    with ProgressBars(STUDY, terminal(shown)) as bars:
        bars.handle(BackendLoaded(FINGERPRINT))
        bars.handle(ArmStarted(0, Curves(METRICS, 3, 10)))
        bars.refresh()
        before = shown.tell()
        bars.handle(TrainingStarted(0))
        bars.refresh()
    assert "loading TensorFlow" in shown.getvalue()
    assert "compiling" in shown.getvalue()[:before]
    assert "compiling" not in shown.getvalue()[before:]


def test_compiling_has_a_clock_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, now = io.StringIO(), [100.0]
    monkeypatch.setattr("hiss.tui.cli.progress.monotonic", lambda: now[0])
    with ProgressBars(STUDY, terminal(shown)) as bars:
        bars.handle(ArmStarted(0, Curves(METRICS, 3, 10)))
        now[0] += 7.5
        bars.refresh()
        assert "compiling 7 s" in shown.getvalue()
        before = shown.tell()
        bars.handle(ArmEnded(0, arm()))
        bars.refresh()
    assert "compiling" not in shown.getvalue()[before:]


def test_nothing_is_drawn_when_quiet_or_where_there_is_no_terminal() -> None:
    quiet, piped, dumb = io.StringIO(), io.StringIO(), io.StringIO()
    cases = (
        (quiet, terminal(quiet), True),
        (piped, Console(file=piped), False),
        (dumb, Console(file=dumb, force_terminal=True, _environ={"TERM": "dumb"}), False),
    )
    for shown, console, is_quiet in cases:
        with ProgressBars(STUDY, console, is_quiet) as bars:
            bars.refresh()
        assert shown.getvalue() == ""


def test_of_many_arms_the_last_begun_are_shown() -> None:
    arms = tuple(experiment(f"article/arm-{number:02}") for number in range(MAX_BARS + 8))
    shown = io.StringIO()
    with ProgressBars(Study(arms=arms), terminal(shown)) as bars:
        before = shown.getvalue()
        for number in range(MAX_BARS + 4):
            bars.handle(ArmStarted(number, Curves(METRICS, 1, 4)))
        start = shown.tell()
        bars.refresh()
        last = shown.getvalue()[start:]
    assert f"arm-{MAX_BARS - 1}" in before and f"arm-{MAX_BARS}" not in before
    assert "arm-03" not in last and "arm-04" in last
    assert f"arm-{MAX_BARS + 3}" in last and f"arm-{MAX_BARS + 4}" not in last
