from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hiss.tui.terminal.captured_output import LOG_LIMIT, open_log
from hiss.tui.terminal.options import announce_colors, chosen_glyphs, refusal


@pytest.fixture
def tty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(os, "isatty", lambda descriptor: True)


def test_a_terminal_will_do(tty: None) -> None:
    assert refusal() == ""


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_is_refused(tty: None, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    assert "TERM" in refusal()


def test_keys_from_a_pipe_are_refused(tty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor != 0)
    assert "Standard input" in refusal()


def test_one_of_the_two_outputs_has_to_be_a_terminal(
    tty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor in (0, 1))
    assert refusal() == ""
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 0)
    assert "Neither" in refusal()


def test_glyphs_are_as_fine_as_the_terminal_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        encoding = "utf-8"

    monkeypatch.setattr(sys, "__stderr__", Stream)
    monkeypatch.setenv("TERM", "xterm")
    assert chosen_glyphs("auto") == "braille"
    assert chosen_glyphs("blocks") == "blocks"
    monkeypatch.setenv("TERM", "linux")
    assert chosen_glyphs("auto") == "dots"
    monkeypatch.setattr(Stream, "encoding", "iso-8859-1")
    assert chosen_glyphs("auto") == "ascii"


def test_colours_are_announced_in_the_words_of_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS"):
        monkeypatch.setenv(name, "before")
        monkeypatch.delenv(name)
    announce_colors("16")
    assert os.environ["TEXTUAL_COLOR_SYSTEM"] == "standard"
    assert os.environ["TEXTUAL_ANIMATIONS"] == "none"
    announce_colors("none")
    assert os.environ["NO_COLOR"] == "1"


def test_the_log_grows_until_it_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "console.log"
    for _ in range(2):
        log = open_log(path)
        os.write(log, b"line\n")
        os.close(log)
    assert path.read_text() == "line\nline\n"
    path.write_bytes(b"x" * (LOG_LIMIT + 1))
    os.close(open_log(path))
    assert path.read_text() == ""


def test_a_log_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = open_log(tmp_path / "file" / "console.log")
    assert os.write(log, b"gone") == 4
    os.close(log)
