"""Output that cannot be written, and ends that hiss cannot announce itself."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HISS = f'"{sys.executable}" -m hiss'


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("where", [">&-", ">/dev/full"])
def test_what_stdout_does_not_take_is_kept_in_a_file(where: str, home: Path) -> None:
    done = shell(f"{HISS} list {where}")
    assert done.returncode == 1
    (kept,) = (home / "state" / "hiss" / "unwritten").iterdir()
    assert "article/baseline" in kept.read_text()
    assert "cannot be written to standard output" in done.stderr
    assert str(kept) in done.stderr.replace("\n", "")


def test_a_closed_stderr_loses_nothing(home: Path) -> None:
    done = shell(f"{HISS} list 2>&-")
    assert done.returncode == 0
    assert "article/baseline" in done.stdout
    done = shell(f"{HISS} list >&- 2>&-")
    assert done.returncode == 1
    assert len(list((home / "state" / "hiss" / "unwritten").iterdir())) == 1


def test_a_closed_stdin_is_no_problem() -> None:
    assert shell(f"{HISS} list <&-").returncode == 0


ABRUPT_END = """
import ctypes, os, sys
from hiss.__main__ import main
import hiss.tui.cli.list as verb
from hiss.tui.terminal.captured_output import stderr_in_log

def load_presets():
    with stderr_in_log():
        {act}

import hiss.library.presets
hiss.library.presets.load_presets = load_presets
sys.argv = ["hiss", "list"]
main()
"""


def ended_by(act: str) -> subprocess.CompletedProcess[str]:
    """Run a verb that executes a line of Python while stderr goes to the log."""
    return shell(f"exec {sys.executable} -c {shlex.quote(ABRUPT_END.format(act=act))}")


def test_the_last_fatal_line_of_the_log_is_printed() -> None:
    lines = r"I0000 some.cc:1] all is well\nF0000 flags.cc:2] Unknown flag: --x\n"
    done = ended_by(f'os.write(2, b"{lines}"); os.kill(os.getpid(), 9)')
    assert done.returncode == -9
    assert "hiss: ended without a result:\n" in done.stderr
    assert "Unknown flag: --x" in done.stderr
    assert "all is well" not in done.stderr
    assert "command.log" in done.stderr


def test_a_fault_in_native_code_writes_the_stacks_to_the_log(home: Path) -> None:
    done = ended_by("ctypes.string_at(0)")
    assert done.returncode == -signal.SIGSEGV
    (log,) = home.glob("**/command.log")
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert f"The log is {log}" in done.stderr
    assert "in load_presets" in log.read_text()
    assert "in load_presets" not in done.stderr


def test_an_exit_without_a_word_is_reported_with_its_place() -> None:
    done = ended_by("os._exit(3)")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "hiss: ended without a result: <string>, line 9, called os._exit(3).\n      The log is "
    )


def test_a_forked_process_exits_as_it_wants() -> None:
    act = "child = os.fork() or os._exit(3); print(os.waitstatus_to_exitcode(os.wait()[1])); 1/0"
    done = ended_by(act)
    assert done.returncode == 1
    assert done.stdout == "3\n"
    assert "ZeroDivisionError" in done.stderr
    assert "ended without" not in done.stderr
