"""The screens that one goes to and fro between, and what each takes along."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from hiss.tui.screens.lab import LabScreen
from hiss.tui.state import comparing, sweeping

if TYPE_CHECKING:
    from hiss.tui.screens.compare import CompareScreen
    from hiss.tui.screens.sweep import SweepScreen
    from hiss.tui.state.model import Lab


def _compare() -> CompareScreen:
    from hiss.tui.screens.compare import CompareScreen

    return CompareScreen()


def _sweep() -> SweepScreen:
    from hiss.tui.screens.sweep import SweepScreen

    return SweepScreen()


MODES: dict[str, str | Callable[[], Screen[Any]]] = {
    "lab": LabScreen,
    "compare": _compare,
    "sweep": _sweep,
}
"""What makes the screen of each name; the first picture does not wait for the others."""


def entered(lab: Lab, name: str) -> Lab:
    """Take what is marked or highlighted to a screen."""
    match name:
        case "compare":
            return comparing.entered(lab)
        case "sweep":
            return sweeping.entered(lab)
        case _:
            return lab
