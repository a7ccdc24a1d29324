"""The terminal below the console: whether it will do, and how its descriptors are kept clean."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

Glyphs = Literal["auto", "braille", "blocks", "dots", "ascii"]
Colors = Literal["auto", "none", "16", "256", "truecolor"]

LOG_LIMIT = 1_000_000
"""Bytes above which the log of earlier sessions is dropped."""


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What the user asked of the console on the command line."""

    glyphs: Glyphs = "auto"
    colors: Colors = "auto"
    mouse: bool = True
    device: str | None = None
    """`cpu`, `gpu:0` …; None leaves the choice to the engine."""


def refusal() -> str:
    """Say why the console cannot open here; empty when it can."""
    if os.environ.get("TERM", "") in ("", "dumb"):
        return f"TERM is {os.environ.get('TERM') or 'not set'}: the console needs a real terminal."
    if not os.isatty(0):
        return "Standard input is not a terminal: the console cannot read keys."
    if drawing_descriptor() is None:
        return "Neither standard error nor standard output is a terminal to draw on."
    return ""


def drawing_descriptor() -> int | None:
    """Find the descriptor that the console draws on: standard error, else standard output."""
    return next((descriptor for descriptor in (2, 1) if os.isatty(descriptor)), None)


def chosen_glyphs(asked: Glyphs) -> Glyphs:
    """Choose the finest glyphs that this terminal has, unless the user chose."""
    if asked != "auto":
        return asked
    if "utf" not in (getattr(sys.__stderr__, "encoding", "") or "").lower():
        return "ascii"
    return "dots" if os.environ.get("TERM") == "linux" else "braille"


def announce_colors(colors: Colors) -> None:
    """Tell Textual, before it is imported, how many colours to use and not to animate."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    if colors == "none":
        os.environ["NO_COLOR"] = "1"
    elif colors != "auto":
        names = {"16": "standard", "256": "256", "truecolor": "truecolor"}
        os.environ["TEXTUAL_COLOR_SYSTEM"] = names[colors]


def open_log(path: Path) -> int:
    """Open the log for appending and return its descriptor; the null device if it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.exists() and path.stat().st_size > LOG_LIMIT
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0)
        return os.open(path, flags, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


@contextmanager
def captured(log: int) -> Iterator[None]:
    """Send all that is written to descriptors 1 and 2 to the log, but for what Textual draws.

    TensorFlow's C++ code writes to descriptor 2, where Textual draws; so Textual is given a
    duplicate, as `sys.__stderr__` (its output) and `sys.__stdout__` (where it asks for the size).
    """
    descriptor = drawing_descriptor()
    assert descriptor is not None, "captured() needs a terminal to draw on"
    before = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    kept = (os.dup(1), os.dup(2))
    with _as_file(os.dup(descriptor)) as screen:
        os.dup2(log, 1)
        os.dup2(log, 2)
        _install(screen, screen, screen, screen)
        try:
            yield
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            _install(*before)


def _as_file(descriptor: int) -> TextIO:
    encoding = getattr(sys.__stderr__, "encoding", None)
    return open(descriptor, "w", encoding=encoding, errors="replace")


def _install(*streams: TextIO | None) -> None:
    names = ("stdout", "stderr", "__stdout__", "__stderr__")
    for name, stream in zip(names, streams, strict=True):
        setattr(sys, name, stream)
