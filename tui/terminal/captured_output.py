"""Stray output, also that of native code, sent to a log instead of the terminal.

TensorFlow's C++ code writes to descriptor 2, whatever Python's `sys.stderr` is; so it is the
descriptors that are turned. `captured` does it for the console, `stderr_in_log` for the command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from platformdirs import user_log_path

from hiss.files import in_home
from hiss.tui.terminal.options import drawing_descriptor

LOG_LIMIT = 1_000_000
"""Bytes above which the log of earlier sessions is dropped."""


@contextmanager
def captured(log: int) -> Iterator[None]:
    """Send all that is written to descriptors 1 and 2 to a log, except what Textual draws.

    Textual, which draws on descriptor 2 otherwise, finds a duplicate as `sys.__stderr__` (its
    output) and `sys.__stdout__` (where it asks for the size).

    Args:
        log: The descriptor of the log.
    """
    descriptor = drawing_descriptor()
    assert descriptor is not None, "captured() needs a terminal to draw on"
    streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    originals = (os.dup(1), os.dup(2))
    with _as_file(os.dup(descriptor)) as screen:
        os.dup2(log, 1)
        os.dup2(log, 2)
        _install(screen, screen, screen, screen)
        try:
            yield
        finally:
            os.dup2(originals[0], 1)
            os.dup2(originals[1], 2)
            _install(*streams)


@contextmanager
def stderr_in_log() -> Iterator[TextIO]:
    """Send all that is written to stderr to the command's log; yield the real stderr.

    With `HISS_DEBUG` set, everything stays on stderr.
    """
    if os.environ.get("HISS_DEBUG"):
        yield sys.stderr
        return
    sys.stderr.flush()
    encoding, errors = sys.stderr.encoding or "utf-8", sys.stderr.errors or "replace"
    original = os.dup(2)
    log = open_log(log_path())
    os.dup2(log, 2)
    os.close(log)
    try:
        with os.fdopen(os.dup(original), "w", encoding=encoding, errors=errors) as stream:
            yield stream
    finally:
        sys.stderr.flush()
        os.dup2(original, 2)
        os.close(original)


def log_path() -> Path:
    """Return the file that `stderr_in_log` writes to."""
    return in_home(lambda: user_log_path("hiss", appauthor=False)) / "command.log"


def open_log(path: Path) -> int:
    """Open a log for appending and return its descriptor; the null device if it cannot be."""
    try:
        if not path.is_absolute():  # there is no home
            return os.open(os.devnull, os.O_WRONLY)
        path.parent.mkdir(parents=True, exist_ok=True)
        full = path.exists() and path.stat().st_size > LOG_LIMIT
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if full else 0)
        return os.open(path, flags, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def _as_file(descriptor: int) -> TextIO:
    encoding = getattr(sys.__stderr__, "encoding", None)
    return open(descriptor, "w", encoding=encoding, errors="replace")


def _install(*streams: TextIO | None) -> None:
    names = ("stdout", "stderr", "__stdout__", "__stderr__")
    for name, stream in zip(names, streams, strict=True):
        setattr(sys, name, stream)
