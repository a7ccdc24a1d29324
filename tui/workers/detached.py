"""Training in the background: a process of its own, which outlives the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hiss.errors import EngineError
from hiss.store.owner import living_owner
from hiss.store.records import outcome_of

if TYPE_CHECKING:
    from hiss.store.records import Record

LOG = "log.txt"
"""Name of the file in a study's folder that takes what its process writes."""
BACKGROUND = "HISS_BACKGROUND"
"""Set in the environment of such a process: it waits for the studies before it."""
_SECONDS = 0.05
"""Between two looks at a process that starts."""


def start_in_background(record: Record, arguments: Sequence[str] = ()) -> None:
    """Train a kept study in a process of its own, after those that wait already.

    It belongs to a session of its own: neither the terminal's end nor its signals reach it.

    Args:
        record: The study, which nobody trains now.
        arguments: Further arguments of `hiss resume`.

    Raises:
        OSError: The process cannot be started.
        EngineError: It ends before it has taken the study.
    """
    before = outcome_of(record.folder)
    command = [sys.executable, "-m", "hiss", "resume", record.id, "--yes", "--quiet"]
    command += ["--store", str(record.folder.parents[1]), *arguments]
    with (record.folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, BACKGROUND: "1"},
            start_new_session=True,
        )
    while living_owner(record.folder) is None and outcome_of(record.folder) == before:
        if process.poll():
            message = f"{record.id}: the process that was to train it has ended."
            raise EngineError(message, f"Its words are in {record.folder / LOG}.")
        time.sleep(_SECONDS)


def is_background() -> bool:
    """Whether this process trains in the background."""
    return os.environ.get(BACKGROUND) == "1"
