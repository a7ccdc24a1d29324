"""Training in the background: a process of its own, which outlives the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.store.records import Record

LOG = "log.txt"
"""Name of the file in a study's folder that takes what its process writes."""
BACKGROUND = "HISS_BACKGROUND"
"""Set in the environment of such a process: it waits for the studies before it."""


def start_in_background(record: Record, arguments: Sequence[str] = ()) -> None:
    """Train a kept study in a process of its own, after those that wait already.

    It belongs to a session of its own: neither the terminal's end nor its signals reach it.

    Args:
        record: The study, which nobody trains now.
        arguments: Further arguments of `hiss resume`.

    Raises:
        OSError: The process cannot be started.
    """
    command = [sys.executable, "-m", "hiss", "resume", record.id, "--yes", "--quiet"]
    command += ["--store", str(record.folder.parents[1]), *arguments]
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
