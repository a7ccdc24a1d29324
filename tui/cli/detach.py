"""Training in the background: a process of its own, which outlives the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from hiss.tui.cli.options import Delivery

if TYPE_CHECKING:
    from hiss.store.records import Record

LOG = "log.txt"
"""Name of the file in a study's folder that takes what its process writes."""
BACKGROUND = "HISS_BACKGROUND"
"""Set in the environment of such a process: it waits for the studies before it."""


def start_in_background(record: Record, delivery: Delivery) -> None:
    """Train a kept study in a process of its own, after those that wait already.

    It belongs to a session of its own: neither the terminal's end nor its signals reach it.

    Raises:
        OSError: The process cannot be started.
    """
    store = record.folder.parents[1]
    command = [sys.executable, "-m", "hiss", "resume", record.id, "--yes", "--quiet"]
    command += ["--store", str(store), "--format", delivery.chosen_format]
    if delivery.output is not None:
        command += ["--output", os.path.abspath(delivery.output)]
    if delivery.force:
        command.append("--force")
    with (record.folder / LOG).open("ab") as log:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, BACKGROUND: "1"},
            start_new_session=True,
        )


def is_background() -> bool:
    """Whether this process trains in the background."""
    return os.environ.get(BACKGROUND) == "1"
