"""The command announces the end of a study: by a command, and on a terminal."""

from __future__ import annotations

import shlex
import threading
from pathlib import Path

import pytest
from command import Hiss
from scripted import ScriptedEngine, failed
from terminal_window import TerminalWindow

from hiss.errors import TrainingError

COMMAND = """
import sys
import hiss.tui.cli.training as training
from hiss.tui.terminal import announcement
from scripted import ScriptedEngine
announcement.THRESHOLD = {threshold}
training.run_study = ScriptedEngine().run_study
from hiss.tui.cli.main import main
sys.argv = ["hiss", *{arguments!r}]
main()
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


def telling(told: Path) -> str:
    script = f'echo "$HISS_STATE|$HISS_STUDY" >> {told}'
    return f"sh -c {shlex.quote(script)}"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("run article/baseline", "finished|article/baseline"),
        ("compare article --repeats 2", "finished|article/baseline and 3 more"),
        ("sweep article/input-noise --values 0,0.1 --repeats 2", "finished|article/input-noise"),
    ],
)
def test_a_command_is_told_what_has_finished(
    hiss: Hiss, told: Path, arguments: str, line: str
) -> None:
    done = hiss(*arguments.split(), "--notify", telling(told))
    assert done.code == 0
    assert told.read_text().startswith(line) and told.read_text().count("\n") == 1


def test_the_command_of_the_environment_is_the_usual_one(
    hiss: Hiss, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISS_NOTIFY", telling(told))
    hiss("run", "article/baseline")
    assert told.read_text() == "finished|article/baseline\n"


def test_a_study_that_fails_is_told_as_failed(
    hiss: Hiss, engine: ScriptedEngine, told: Path
) -> None:
    def fail(stop: threading.Event) -> None:
        raise TrainingError("out of luck")

    engine.before = fail
    done = hiss("run", "article/baseline", "--notify", telling(told))
    assert done.code == 3
    assert told.read_text() == "failed|article/baseline\n"


def test_a_command_that_fails_is_one_line_and_not_the_exit_code(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    engine.outcome = failed
    done = hiss("run", "article/baseline", "--notify", "sh -c 'echo noise >&2; exit 7'")
    assert done.code == 3
    assert done.err.count("ended with code 7") == 1
    assert "noise\n" not in done.err


def test_a_misspelt_command_is_refused_before_training(hiss: Hiss, engine: ScriptedEngine) -> None:
    done = hiss("run", "article/baseline", "--notify", "nosuchprogram")
    assert done.code == 2
    assert "no program `nosuchprogram`" in done.err
    assert engine.studies == []


def window(*arguments: str, threshold: float = 0.0, **environment: str) -> TerminalWindow:
    code = COMMAND.format(arguments=arguments, threshold=threshold)
    return TerminalWindow(code, **environment)


def test_a_long_study_rings_and_sets_the_title_on_a_terminal() -> None:
    with window("run", "article/baseline", TERM="xterm-kitty") as terminal:
        assert terminal.ended() == 0
        assert b"\a\x1b]2;hiss: finished article/baseline\x1b\\" in terminal.written
        assert b"\x1b]9;hiss: finished article/baseline\x1b\\" in terminal.written


@pytest.mark.parametrize(
    ("options", "threshold", "term"),
    [
        (["--no-bell"], 0.0, "xterm-kitty"),
        (["--quiet"], 0.0, "xterm-kitty"),
        ([], 600.0, "xterm-kitty"),
        ([], 0.0, "dumb"),
    ],
)
def test_nothing_rings_where_it_should_not(options: list[str], threshold: float, term: str) -> None:
    with window("run", "article/baseline", *options, threshold=threshold, TERM=term) as terminal:
        assert terminal.ended() == 0
        assert b"\a" not in terminal.written and b"\x1b]" not in terminal.written


def test_what_goes_to_a_pipe_is_not_rung_into(hiss: Hiss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiss.tui.terminal.announcement.THRESHOLD", 0.0)
    monkeypatch.setenv("TERM", "xterm-kitty")
    done = hiss("run", "article/baseline")
    assert "\a" not in done.err + done.out and "\x1b" not in done.err + done.out
