"""A mistake that the user can mend."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.keybar import KeyBar


class ProblemScreen(ModalScreen[None]):
    """Says what is wrong and what to do about it."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,q", "dismiss", "back", id="dialog.back", tooltip="Go back"),
    ]

    def __init__(self, message: str, hint: str) -> None:
        """Take what is wrong, and what to do."""
        super().__init__()
        self._message, self._hint = message, hint

    def compose(self) -> ComposeResult:
        """Lay out the message, the hint and the way back."""
        with Vertical(classes="dialog -problem"):
            yield Static(self._message, classes="title", markup=False)
            yield Static(self._hint, markup=False)
            yield KeyBar()
