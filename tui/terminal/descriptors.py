"""Standard descriptors that are closed, and results that cannot be written."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

_NAMES = ("stdin", "stdout", "stderr")


def occupy_closed_descriptors() -> None:
    """Open what can be neither read nor written in place of closed standard descriptors.

    Otherwise the next file that is opened takes the place, such as a log that of stdout. Writing
    to them fails, so that a lost result is noticed.
    """
    for descriptor, name in enumerate(_NAMES):
        try:
            os.fstat(descriptor)
        except OSError:
            flags = os.O_WRONLY if name == "stdin" else os.O_RDONLY
            opened = os.open(os.devnull, flags)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            os.set_inheritable(descriptor, True)
        if getattr(sys, name) is None and name != "stdin":
            stream = open(descriptor, "w", errors="replace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def discard_output(descriptor: int) -> None:
    """Send what is buffered for a descriptor nowhere: the interpreter writes it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def keep_text(text: str) -> Path:
    """Write a text that could not be written elsewhere to a file of hiss's own; return its path.

    Raises:
        OSError: That cannot be written either.
    """
    from platformdirs import user_state_path

    folder = user_state_path("hiss", appauthor=False) / "unwritten"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now():%Y-%m-%d-%H%M%S}-{os.getpid()}.txt"
    path.write_text(text, encoding="utf-8")
    return path
