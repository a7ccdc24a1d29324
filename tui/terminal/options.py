"""The terminal that the console opens in: whether it will do, its glyphs and its colours."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Literal

Glyphs = Literal["auto", "braille", "blocks", "dots", "ascii"]
Colors = Literal["auto", "none", "16", "256", "truecolor"]


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
