"""The registry of screens that keys switch between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from hiss.tui.screens.lab import LabScreen
from hiss.tui.state import comparing, sweeping

if TYPE_CHECKING:
    from hiss.tui.screens.compare import CompareScreen
    from hiss.tui.screens.history import HistoryScreen
    from hiss.tui.screens.sweep import SweepScreen
    from hiss.tui.state.model import Lab


def _compare() -> CompareScreen:
    from hiss.tui.screens.compare import CompareScreen

    return CompareScreen()


def _sweep() -> SweepScreen:
    from hiss.tui.screens.sweep import SweepScreen

    return SweepScreen()


def _history() -> HistoryScreen:
    from hiss.tui.screens.history import HistoryScreen

    return HistoryScreen()


MODES: dict[str, str | Callable[[], Screen[Any]]] = {
    "lab": LabScreen,
    "compare": _compare,
    "sweep": _sweep,
    "history": _history,
}
"""Makes the screen of each name; only the first is imported before it is shown."""


def entered(lab: Lab, name: str) -> Lab:
    """Return the state on entering a screen, which takes the marked or highlighted presets."""
    match name:
        case "compare":
            return comparing.entered(lab)
        case "sweep":
            return sweeping.entered(lab)
        case _:
            return lab
