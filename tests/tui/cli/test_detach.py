"""Studies in processes of their own, beyond the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hiss.store.history import find, listing
from hiss.store.owner import living_owner
from hiss.store.records import state_of

TINY = ("run", "article/baseline", "--repeats", "2", "--epochs", "5")
LONG = ("run", "article/baseline", "--repeats", "30", "--epochs", "200000")


def hiss(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hiss", *arguments, "--store", str(store)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_studies_train_one_after_another_beyond_the_process_that_started_them(
    tmp_path: Path,
) -> None:
    first = hiss(tmp_path, *LONG, "--detach").stdout.strip()
    second = hiss(tmp_path, *TINY, "--detach").stdout.strip()
    folders = {study: find(tmp_path, study).folder for study in (first, second)}
    until(lambda: state_of(folders[first]) == "running")
    assert state_of(folders[second]) == "queued"
    owner = living_owner(folders[first])
    assert owner is not None
    assert os.getsid(owner.pid) == owner.pid  # no terminal's end reaches it

    stopped = hiss(tmp_path, "stop", first)
    assert (stopped.returncode, state_of(folders[first])) == (0, "stopped")
    attached = hiss(tmp_path, "attach", second, "--quiet", "--format", "json")
    assert attached.returncode == 0, attached.stderr
    assert attached.stdout == hiss(tmp_path, "open", second, "--format", "json").stdout
    assert {one.state for one in listing(tmp_path)[0]} == {"stopped", "finished"}


def test_a_killed_study_is_seen_to_be_interrupted(tmp_path: Path) -> None:
    study = hiss(tmp_path, *LONG, "--detach").stdout.strip()
    folder = find(tmp_path, study).folder
    until(lambda: living_owner(folder))
    owner = living_owner(folder)
    assert owner is not None
    os.kill(owner.pid, signal.SIGKILL)
    until(lambda: state_of(folder) == "interrupted")


def until(so: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.1)
