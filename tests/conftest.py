from __future__ import annotations

import gc
import os
import signal
import sys
from itertools import chain, zip_longest
from pathlib import Path

import pytest
from command import Hiss, Outcome
from scripted import ScriptedEngine

for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "HISS_DEBUG", "HISS_HOME"):
    os.environ.pop(name, None)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has background jobs ignore it

# Python looks through all that TensorFlow and Textual keep whenever a screen has been drawn.
gc.set_threshold(50_000, 20, 50)

TRAINS = ("training", "network", "scripts", "studies")
"""Rooms whose tests fill all cores."""
DRAWS = ("screens", "console", "cli")
"""Rooms whose tests wait much of their time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have processes begin with the longest files, one that trains beside one that draws."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    rooms = [
        [each for path, each in files.items() if path.parent.name in names]
        for names in (TRAINS, DRAWS)
    ]
    first = [each for pair in zip_longest(*rooms, fillvalue=[]) for each in pair]
    longest = {id(item) for each in first for item in each}
    others = [item for item in items if id(item) not in longest]
    items[:] = [*chain.from_iterable(first), *others]


def pytest_collection_finish() -> None:
    """Leave what was imported for the tests out of every later garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, so that no test sees or changes the user's own files."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    return folder


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    scripted = ScriptedEngine()
    monkeypatch.setattr("hiss.tui.cli.training.run_study", scripted.run_study)
    return scripted


@pytest.fixture
def hiss(
    engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Hiss:
    """Run a command line in this process."""
    from hiss.tui.cli.main import main

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["hiss", *arguments])
        with pytest.raises(SystemExit) as ending:
            main()
        return Outcome(int(ending.value.code or 0), *capfd.readouterr())

    return run
