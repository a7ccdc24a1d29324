"""The console as a process in a terminal: how it is opened, and all the ways in which it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from terminal_window import TerminalWindow

CONSOLE = """
import os, signal, sys, threading
from stage import ScriptedEngine
from hiss.tui.console.launch import open_console

{before}
class Engine(ScriptedEngine):
    def run_study(self, *arguments):
        {act}
        return super().run_study(*arguments)

engine = Engine({script})
code = open_console(engine=engine)
print("stopped:", engine.stopped)
sys.exit(code)
"""
FOLDER = Path(__file__).parents[1] / "screens" / "snapshots"
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l")


def console(act: str = "pass", before: str = "", script: str = "half=100") -> TerminalWindow:
    return TerminalWindow(CONSOLE.format(act=act, before=before, script=script))


def training(window: TerminalWindow) -> TerminalWindow:
    window.wait_for("30 train")
    window.press("\r")
    window.wait_for("epoch 100/4,000")
    return window


def test_the_parts_that_are_sent_add_up_to_the_whole_picture() -> None:
    with console(script="chunk=400, seconds_per_chunk=0.03") as window:
        window.wait_for("30 train")
        window.press("a\r")
        window.wait_for("hidden-after   1.000")
        window.wait_for("finished: 4 arms")
        seen = "".join(line.rstrip() + "\n" for line in window.screen.splitlines())
        assert seen == (FOLDER / "article-80x24.txt").read_text()


def test_q_quits_and_restores_the_terminal() -> None:
    with console() as window:
        window.wait_for("30 train")
        window.press("q")
        assert window.ended() == 0
        assert all(sequence in window.written for sequence in RESTORED)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_stops_training_and_restores_the_terminal(number: signal.Signals) -> None:
    with console() as window:
        training(window).process.send_signal(number)
        assert window.ended() == 128 + number
        assert all(sequence in window.written for sequence in RESTORED)
        assert b"stopped: [True]" in window.written


def test_ctrl_c_stops_training_and_restores_the_terminal() -> None:
    with console() as window:
        training(window).press("\x03")
        assert window.ended() == 130
        assert all(sequence in window.written for sequence in RESTORED)
        assert b"stopped: [True]" in window.written


@pytest.mark.parametrize("before", ["", "signal.signal(signal.SIGHUP, signal.SIG_IGN)"])
def test_a_closed_terminal_ends_the_console(before: str) -> None:
    with console(before=before) as window:
        training(window).close()
        assert window.ended() == 129


def test_stray_output_reaches_the_log_and_not_the_screen(home: Path) -> None:
    act = 'os.write(2, b"native noise\\n"); os.write(1, b"more noise\\n"); print("python noise")'
    with console(act) as window:
        training(window)
        assert b"noise\n" not in window.written
        assert b"python noise" not in window.written
        window.press("g")
        window.wait_for("native noise")
        window.wait_for("more noise")
        window.wait_for("python noise")


def test_a_bug_is_shown_once_the_terminal_is_restored() -> None:
    with console("raise ZeroDivisionError('by a bug')") as window:
        window.wait_for("30 train")
        window.press("\r")
        assert window.ended() == 1
        _, _, after = window.written.partition(b"\x1b[?1049l")
        assert b"unexpected error: ZeroDivisionError: by a bug" in after


def test_a_bug_of_the_console_itself_is_a_line_without_a_picture_of_all_variables() -> None:
    broken = "from hiss.tui.console import app; app.HissApp.action_interrupt = lambda app: 1 / 0"
    with console(before=broken) as window:
        window.wait_for("30 train")
        window.press("\x03")
        assert window.ended() == 1
        _, _, after = window.written.partition(b"\x1b[?1049l")
        assert b"unexpected error: ZeroDivisionError: division by zero" in after
        assert b"console.log" in after
        assert b"locals" not in window.written


def test_an_engine_thread_that_never_ends_is_left_behind() -> None:
    with console("threading.Event().wait()") as window:
        window.wait_for("30 train")
        window.press("\r")
        window.wait_for("queued")
        window.press("\x03")
        assert window.ended() == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_one_signal_is_enough_while_a_network_is_compiled(number: signal.Signals) -> None:
    with console("lock = threading.Lock(); lock.acquire(); lock.acquire()") as window:
        window.wait_for("30 train")
        window.press("\r")
        window.wait_for("queued")
        window.process.send_signal(number)
        assert window.ended() == 128 + number
        assert all(sequence in window.written for sequence in RESTORED)


@pytest.mark.parametrize("keys", ["qq", "\x03"])
def test_a_background_job_that_never_ends_is_left_behind(keys: str) -> None:
    before = "from hiss.tui.screens import take\ntake.written = lambda *_: threading.Event().wait()"
    with console(before=before) as window:
        window.wait_for("30 train")
        window.press("y")
        window.wait_for("writing")
        window.press(keys)
        assert window.ended() == (0 if keys == "qq" else 130)
        assert all(sequence in window.written for sequence in RESTORED)


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_the_console_is_refused_without_a_terminal(term: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hiss"],
        env={**os.environ, "TERM": term},
        cwd=Path(__file__).parents[3],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "terminal" in done.stderr
    assert "hiss --help" in done.stderr
