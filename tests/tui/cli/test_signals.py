"""A signal while the training thread cannot be stopped, as while XLA compiles."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Hiss
from scripted import ScriptedEngine

from hiss.tui.cli.training import STOPPING


@pytest.fixture
def compiling(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A signal comes at the second arm of a study, which does not look at the stop flag."""
    over, begun = threading.Event(), []

    def interrupt(stop: threading.Event) -> None:
        begun.append(True)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            over.wait(30)

    engine.during = interrupt
    monkeypatch.setattr("os._exit", sys.exit)
    monkeypatch.setattr("hiss.tui.cli.interruption.STOP_PERIOD", 0.2)
    yield over
    over.set()


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_one_signal_keeps_the_arms_that_have_ended(
    hiss: Hiss, compiling: threading.Event, quiet: tuple[str, ...]
) -> None:
    outcome = hiss("run", "article", "--repeats", "3", "--format", "json", *quiet)
    assert outcome.code == 128 + signal.SIGTERM
    assert STOPPING in outcome.err
    (arm,) = json.loads(outcome.out)["arms"]
    assert len(arm["replicates"]) == 3


def test_a_comparison_keeps_them_too(hiss: Hiss, compiling: threading.Event) -> None:
    outcome = hiss("compare", "article", "--repeats", "3")
    assert outcome.code == 128 + signal.SIGTERM
    assert "article/baseline" in outcome.out


def test_a_sweep_keeps_the_points_that_have_ended(hiss: Hiss, compiling: threading.Event) -> None:
    outcome = hiss("sweep", "article/hidden-before", "--values", "0,0.1", "--format", "json")
    assert outcome.code == 128 + signal.SIGTERM
    assert [point["strength"] for point in json.loads(outcome.out)["points"]] == [0]


def test_a_result_that_cannot_be_written_is_printed_before_the_end(
    hiss: Hiss, engine: ScriptedEngine, compiling: threading.Event, tmp_path: Path
) -> None:
    folder, first = tmp_path / "gone", engine.during
    folder.mkdir()

    def interrupt(stop: threading.Event) -> None:
        if folder.exists():
            folder.rmdir()
        first(stop)

    engine.during = interrupt
    outcome = hiss("run", "article", "--output", str(folder / "result.json"))
    assert outcome.code == 128 + signal.SIGTERM
    assert len(json.loads(outcome.out)["arms"]) == 1
    assert "could not be written" in outcome.err


def test_a_second_signal_does_not_wait(
    hiss: Hiss, engine: ScriptedEngine, compiling: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiss.tui.cli.interruption.STOP_PERIOD", 30)
    first, timers = engine.during, list[threading.Timer]()

    def twice(stop: threading.Event) -> None:
        if engine.studies and not timers:
            timers.append(threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)))
            timers[0].start()
        first(stop)

    engine.during = twice
    outcome = hiss("run", "article", "--format", "json")
    assert outcome.code == 128 + signal.SIGTERM
    assert len(json.loads(outcome.out)["arms"]) == 1
