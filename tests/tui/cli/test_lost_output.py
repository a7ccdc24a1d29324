"""Output that cannot be written, and ends that hiss cannot announce itself."""

from __future__ import annotations

import os
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


NATIVE_END = """
import os, sys
from hiss.__main__ import main
import hiss.tui.cli.list as verb
from hiss.tui.terminal.captured_output import stderr_in_log

def load_presets():
    with stderr_in_log():
        os.write(2, b"I0000 some.cc:1] all is well\\nF0000 flags.cc:2] Unknown flag: --x\\n")
        os._exit(1)

import hiss.library.presets
hiss.library.presets.load_presets = load_presets
sys.argv = ["hiss", "list"]
main()
"""


def test_the_last_fatal_line_of_the_log_is_printed() -> None:
    done = shell(f"exec {sys.executable} -c '{NATIVE_END}'")
    assert done.returncode == 1
    assert "hiss: ended without a result:" in done.stderr
    assert "Unknown flag: --x" in done.stderr
    assert "all is well" not in done.stderr
    assert "command.log" in done.stderr
