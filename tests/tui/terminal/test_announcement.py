from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.tui.terminal.announcement import (
    Announcement,
    check_command,
    message_sequence,
    run_command,
    title_sequence,
)

ENDED = Announcement("finished", "article/baseline and 3 more", 61.25)
OSC_9 = "\x1b]9;hiss: done\x1b\\"
OSC_777 = "\x1b]777;notify;hiss;done\x1b\\"


@pytest.mark.parametrize(
    ("environment", "sequence"),
    [
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, OSC_9),
        ({"TERM": "xterm-ghostty"}, OSC_9),
        ({"TERM": "xterm-kitty"}, OSC_9),
        ({"TERM": "foot"}, OSC_9),
        ({"TERM": "foot-direct"}, OSC_9),
        ({"TERM": "rxvt-unicode-256color"}, OSC_777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, OSC_777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4500"}, ""),
        ({"TERM": "xterm-256color", "VTE_VERSION": "²"}, ""),
        ({"TERM": "xterm-256color", "VTE_VERSION": "9" * 9000}, OSC_777),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, ""),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, ""),
        ({"TERM": "linux"}, ""),
        ({}, ""),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "/tmp/tmux,1,0"}, ""),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux,1,0"}, ""),
        ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app", "STY": "1.pts"}, ""),
    ],
)
def test_a_message_goes_to_the_terminals_that_show_it(
    environment: dict[str, str], sequence: str
) -> None:
    assert message_sequence("hiss: done", environment) == sequence


@pytest.mark.parametrize("term", ["", "dumb", "linux", "linux-16color", "vt100", "eterm-color"])
def test_a_terminal_without_a_title_gets_none(term: str) -> None:
    assert title_sequence("hiss", {"TERM": term}) == ""


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "tmux-256color", "screen", "foot"])
def test_a_terminal_with_a_title_gets_one(term: str) -> None:
    assert title_sequence("hiss", {"TERM": term}) == "\x1b]2;hiss\x1b\\"


def test_foreign_text_reaches_no_terminal() -> None:
    hostile = Announcement("finished", "a\x1b\\\x1b]52;c;AAAA\x07\nb\x9c" + "x" * 1000, 60.0)
    sequences = hostile.sequences({"TERM": "xterm-kitty"})
    assert sequences.count("\x1b") == 4 and "\x07" not in sequences and "\n" not in sequences
    assert "\x9c" not in sequences
    assert len(sequences) < 500


def test_a_separator_in_a_name_does_not_end_the_message() -> None:
    sequence = message_sequence("hiss: finished a;b", {"TERM": "rxvt-unicode"})
    assert sequence == "\x1b]777;notify;hiss;finished a,b\x1b\\"


def test_a_short_study_is_not_long_and_a_stopped_one_does_not_ring() -> None:
    assert not Announcement("finished", "a", 9.9).is_long
    assert Announcement("finished", "a", 10.0).is_long
    rings = {state: Announcement(state, "a", 60.0).rings for state in ("finished", "failed")}
    assert all(rings.values())
    assert not Announcement("stopped", "a", 60.0).rings


@pytest.fixture
def log(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def written(log: int) -> str:
    return os.pread(log, 10_000, 0).decode()


def test_a_command_learns_how_the_study_ended(log: int) -> None:
    command = "sh -c 'echo $HISS_STATE, $HISS_STUDY, $HISS_SECONDS; echo \"$0\"' 'a b'"
    assert run_command(command, ENDED, log, 60.0) == ""
    assert written(log) == "finished, article/baseline and 3 more, 61.2\na b\n"


def test_a_command_is_no_shell(log: int) -> None:
    run_command("echo $HOME; date > x", ENDED, log, 60.0)
    assert written(log) == "$HOME; date > x\n"


def test_the_usual_command_is_that_of_the_environment(
    log: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISS_NOTIFY", "echo usual")
    run_command("echo mine", ENDED, log, 60.0)
    run_command("", ENDED, log, 60.0)
    run_command(None, ENDED, log, 60.0)
    assert written(log) == "mine\nusual\n"


def test_without_a_command_nothing_is_run(log: int) -> None:
    assert run_command(None, ENDED, log, 60.0) == ""


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("false", "--notify false: ended with code 1"),
        ("nosuchprogram x", "--notify nosuchprogram x: No such file or directory"),
        ("'", "--notify ': No closing quotation"),
    ],
)
def test_a_failure_is_a_line(log: int, command: str, why: str) -> None:
    assert run_command(command, ENDED, log, 60.0) == why


def test_a_command_that_takes_long_is_not_waited_for(log: int) -> None:
    began = time.monotonic()
    assert run_command("sleep 5", ENDED, log, 0.01) == ""
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("command", ["'", "nosuchprogram", " "])
def test_a_command_that_cannot_be_run_is_refused_before_training(command: str) -> None:
    with pytest.raises(EngineError, match="--notify"):
        check_command(command)


@pytest.mark.parametrize("command", [None, "", "echo 'a b'"])
def test_a_command_that_can_be_run_is_not_refused(command: str | None) -> None:
    check_command(command)
