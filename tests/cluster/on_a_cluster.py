"""Studies of a few small tables, trained by the command in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from hiss.store.progress import Progress, progress_of

EPOCHS = 20_000
"""A task takes seconds, so that it can be hit in its middle."""
SECONDS = 240


def tables(folder: Path, count: int) -> list[str]:
    """Write tables, and return the options that name them."""
    draw, options = np.random.default_rng(1), []
    for name in "abcdef"[:count]:
        rows = draw.normal(size=(40, 2)).round(3)
        lines = [f"{x},{y},{'yes' if x + y * y > 0.5 else 'no'}" for x, y in rows]
        (folder / f"{name}.csv").write_text("\n".join(["u,v,kind", *lines]))
        options += ["--data", str(folder / f"{name}.csv")]
    return [*options, "--target", "kind"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hiss", *arguments]


def compare(folder: Path, *arguments: str, epochs: int = EPOCHS, count: int = 2) -> list[str]:
    """Return the command that compares on so many tables."""
    how = ("--repeats", "4", "--epochs", str(epochs), "--quiet", "--format", "json")
    return command("compare", *tables(folder, count), *how, *arguments)


def run(line: list[str]) -> str:
    """Return what a command prints."""
    done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(line: list[str]) -> subprocess.Popen[str]:
    """Start a command in a session of its own."""
    return subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def numbers(text: str) -> str:
    """Return a study's JSON without the times, which alone may differ."""
    document = json.loads(text)
    del document["seconds"]
    for arm in document["arms"]:
        for replicate in arm["replicates"]:
            del replicate["seconds"]
    return json.dumps(document, sort_keys=True)


def folder_of(store: Path) -> Path | None:
    """Return the folder of the store's only study, once it is there."""
    return next(iter(store.glob("studies/*")), None)


def wait_for(
    process: subprocess.Popen[str], store: Path, so: Callable[[Progress], bool]
) -> Progress:
    """Wait until a study that a process trains is so far."""
    for _ in _ticks():
        assert process.poll() is None, process.communicate()
        folder = folder_of(store)
        progress = progress_of(folder) if folder else None
        if progress is not None and so(progress):
            return progress
    raise AssertionError("it was never so far")


def wait_for_a_block(process: subprocess.Popen[str], store: Path) -> None:
    """Wait until the first block of a study that a process trains is kept."""
    for _ in _ticks(0.02):
        assert process.poll() is None, process.communicate()
        if any(store.glob("studies/*/blocks/*.block")):
            return
    raise AssertionError("no block was kept")


def running(progress: Progress) -> int:
    return sum(each.running for each in progress.hosts)


def children(parents: set[int], name: str) -> list[int]:
    """Return the processes of a name that some processes have started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError, IndexError):
            continue
        if parent in parents and name in line:
            found.append(int(folder.name))
    return found


def _ticks(pause: float = 0.2) -> Iterator[None]:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(pause)


def clean_environment(home: Path) -> None:
    """Have child processes use a home of the module's own."""
    os.environ["HOME"] = str(home)
