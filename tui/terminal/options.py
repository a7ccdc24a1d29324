"""What the user asked of the console, and what the terminal that it opens in can do.

Nothing here imports Textual, which reads its environment variables when it is imported.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Glyphs = Literal["auto", "braille", "blocks", "dots", "ascii"]
"""Sets of glyphs, from the finest; `auto` is the finest that the terminal has."""
Colors = Literal["auto", "none", "16", "256", "truecolor"]
"""How many colours to use; `auto` leaves it to Rich."""


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What the user asked of the console on the command line."""

    glyphs: Glyphs = "auto"
    colors: Colors = "auto"
    mouse: bool = True
    """Whether the terminal reports the mouse."""
    device: str | None = None
    """`cpu`, `gpu:0` …; None leaves the choice to the engine."""
    notify: str | None = None
    """The command to run after a long study; None for that of `HISS_NOTIFY`."""
    bell: bool = True
    """Whether a long study ends with the bell, in the window's title and with a message."""
    store: Path | None = None
    """The folder of the kept studies; None for that of `HISS_HOME`, else the platform's."""


def refusal() -> str:
    """Return why the console cannot open here; empty if it can."""
    if os.environ.get("TERM", "") in ("", "dumb"):
        return f"TERM is {os.environ.get('TERM') or 'not set'}: the console needs a real terminal."
    if not os.isatty(0):
        return "Standard input is not a terminal: the console cannot read keys."
    if drawing_descriptor() is None:
        return "Neither standard error nor standard output is a terminal to draw on."
    return ""


def drawing_descriptor() -> int | None:
    """Return the descriptor to draw on: standard error, else standard output, if a terminal."""
    return next((descriptor for descriptor in (2, 1) if os.isatty(descriptor)), None)


def chosen_glyphs(asked: Glyphs) -> Glyphs:
    """Return the user's choice, or the finest glyphs that this terminal has."""
    if asked != "auto":
        return asked
    if "utf" not in encoding_of(sys.__stderr__).lower():
        return "ascii"
    return "dots" if os.environ.get("TERM") == "linux" else "braille"


def encoding_of(stream: object) -> str:
    """Return the encoding of the terminal behind a stream.

    Under `LC_ALL=C` Python writes UTF-8 all the same (PEP 540), which such a terminal may not have.
    """
    python = os.environ.get("PYTHONIOENCODING") or os.environ.get("PYTHONUTF8")
    if os.environ.get("LC_ALL") in ("C", "POSIX") and not python:
        return "ascii"
    return getattr(stream, "encoding", "") or ""


def distrust_colorterm() -> None:
    """Forget a `COLORTERM` that GNU screen has inherited from the terminal around it.

    Screen has 256 colours at most. Inside of tmux, which has a `TERM` of screen's too, it stays.
    """
    term = os.environ.get("TERM", "")
    in_screen = "STY" in os.environ or (term.startswith("screen") and "TMUX" not in os.environ)
    if in_screen and os.environ.pop("COLORTERM", None) is not None:
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def announce_colors(colors: Colors) -> None:
    """Set the environment variables for colours and no animation, before Textual is imported."""
    distrust_colorterm()
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    if colors == "none":
        os.environ["NO_COLOR"] = "1"
    elif colors != "auto":
        names = {"16": "standard", "256": "256", "truecolor": "truecolor"}
        os.environ["TEXTUAL_COLOR_SYSTEM"] = names[colors]
