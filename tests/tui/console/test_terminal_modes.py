"""The console and its terminal: answers, pastes, suspension, colours, and an abrupt end."""

from __future__ import annotations

import signal
import termios
import time

import pytest
from terminal_window import TerminalWindow
from test_process import CONSOLE, RESTORED, training

ANSWERS = (
    "\x1b[?64;1;2;6;9;15;22c\x1b[>41;354;0c\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\"
    "\x1bP>|XTerm(388) and a long, long name of it\x1b\\\x1bP1+r436f=323536\x1b\\\x1b[0n"
)


def console(act: str = "pass", script: str = "half=100", **environment: str) -> TerminalWindow:
    code = CONSOLE.format(act=act, before="", script=script)
    return TerminalWindow(code, **environment)


def settled(window: TerminalWindow) -> str:
    """Read until nothing has been drawn for half a second."""
    while window.drawn_within(0.5):
        pass
    return window.screen


def echoes(window: TerminalWindow) -> bool:
    return bool(window.attributes()[3] & termios.ECHO)


def test_what_a_terminal_answers_is_not_typed() -> None:
    with console() as window:
        window.wait_for("30 train")
        before = settled(window)
        window.press(ANSWERS)
        window.press(ANSWERS[:9])
        window.press(ANSWERS[9:])
        assert settled(window) == before
        window.press("q")
        assert window.ended() == 0


def test_a_paste_where_no_field_is_focused_is_dropped() -> None:
    with console() as window:
        window.wait_for("30 train")
        before = settled(window)
        window.press("\x1b[200~" + "quite a lot of text\n" * 1000 + "\x1b[201~")
        assert settled(window) == before
        window.press("?")
        window.wait_for("Train the marked")


def test_a_flood_of_characters_is_a_paste_too() -> None:
    with console() as window:
        window.wait_for("30 train")
        began = time.monotonic()
        window.press("jk" * 10_000)
        settled(window)
        window.press("?")
        window.wait_for("Train the marked")
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("how", ["SIGSTOP", "ctrl+z"])
def test_a_stopped_console_goes_on_and_restores_the_terminal(how: str) -> None:
    with console() as window:
        window.wait_for("30 train")
        assert echoes(window) is False
        if how == "SIGSTOP":
            window.process.send_signal(signal.SIGSTOP)
        else:
            window.press("\x1a")
        window.wait_until_stopped()
        assert echoes(window) is (how == "ctrl+z")
        window.process.send_signal(signal.SIGCONT)
        settled(window)
        window.press("?")
        window.wait_for("Train the marked")
        window.press("\x1bq")
        window.process.send_signal(signal.SIGTERM)
        assert window.ended() == 128 + signal.SIGTERM
        assert echoes(window) is True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_the_terminal_is_restored_after_an_abrupt_end(number: signal.Signals) -> None:
    with console() as window:
        training(window).process.send_signal(number)
        assert window.ended() == -number
        assert echoes(window) is True
        assert all(sequence in window.written for sequence in RESTORED)
        assert b"hiss: ended without a result" in window.written


def test_the_last_words_of_native_code_are_shown() -> None:
    last_words = 'os.write(2, b"F0000 flags.cc:234] Unknown flag\\x1b[2J\\n"); os._exit(1)'
    with console(act=last_words) as window:
        window.wait_for("30 train")
        window.press("\r")
        assert window.ended() == 1
        assert "Unknown flag\N{REPLACEMENT CHARACTER}[2J" in window.written.decode()
        assert echoes(window) is True


def test_no_color_is_obeyed() -> None:
    with console(NO_COLOR="1") as window:
        training(window)
        window.press("w")
        settled(window)
        assert not [code for code in window.colors() if code not in ("7", "1", "0", "2", "3", "4")]


def test_gnu_screen_gets_256_colours_although_colorterm_says_more() -> None:
    with console(COLORTERM="truecolor", TERM="screen-256color", STY="1.pts-0") as window:
        window.wait_for("30 train")
        assert b"38;2;" not in window.written and b"48;2;" not in window.written
        assert b"38;5;" in window.written


def test_the_c_locale_draws_in_ascii() -> None:
    with console(LC_ALL="C", script="chunk=400") as window:
        window.wait_for("30 train")
        window.press("\r")
        window.wait_for("finished")
        assert window.written.isascii()
