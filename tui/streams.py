"""Keeps TensorFlow's and Python's stray lines off the terminal, in a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from platformdirs import user_log_path

from tui.terminal import open_log


def log_path() -> Path:
    """Return the file that takes what would otherwise litter the terminal."""
    return user_log_path("hiss", appauthor=False) / "command.log"


@contextmanager
def stderr_in_log() -> Iterator[TextIO]:
    """Send all that is written to stderr, also by native code, to the log; yield the real one.

    With `HISS_DEBUG` set, everything stays on stderr.
    """
    if os.environ.get("HISS_DEBUG"):
        yield sys.stderr
        return
    sys.stderr.flush()
    real = os.dup(2)
    log = open_log(log_path())
    os.dup2(log, 2)
    os.close(log)
    try:
        with os.fdopen(os.dup(real), "w", encoding="utf-8", errors="replace") as stream:
            yield stream
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        os.close(real)
