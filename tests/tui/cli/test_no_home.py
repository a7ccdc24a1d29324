from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import os, pwd, sys

def nobody(uid):
    raise KeyError(uid)

pwd.getpwuid = nobody
from hiss.__main__ import main
main()
"""


def hiss(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run hiss as a user without HOME whom the system does not know, as in a container."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "HOME" and not name.startswith("XDG_")
    }
    kept["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, sys.path))
    command = [sys.executable, "-c", CODE, *arguments]
    return subprocess.run(
        command, cwd=folder, env=kept, capture_output=True, text=True, timeout=120
    )


NOT_KEPT = "hiss: not kept: there is no home folder; --store DIR names another\n"


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        (("list",), ""),
        pytest.param(("doctor",), "", marks=pytest.mark.slow),
        pytest.param(
            ("run", "article/baseline", "--epochs", "2", "--format", "csv"),
            NOT_KEPT,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_without_a_home_everything_works_and_hiss_leaves_nothing(
    tmp_path: Path, arguments: tuple[str, ...], notes: str
) -> None:
    done = hiss(tmp_path, *arguments)
    assert (done.returncode, done.stderr) == (0, notes)
    assert done.stdout
    assert [path for path in tmp_path.rglob("*") if ".keras" not in path.parts[-2:]] in (
        [],
        [tmp_path / "~"],  # Keras keeps its settings there
    )
