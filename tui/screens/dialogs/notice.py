"""A question that is answered with yes or no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from hiss.tui.widgets.keybar import KeyBar


class ConfirmScreen(ModalScreen[bool]):
    """Says what is at stake, and goes on only after a yes."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "yes", id="answer.yes", tooltip="Say yes"),
        Binding("n,escape", "answer(False)", "no", id="answer.no", tooltip="Say no"),
    ]

    def __init__(self, statement: str, deed: str) -> None:
        """Say how things stand, and what a yes will do."""
        super().__init__()
        self._statement, self._deed = statement, deed

    def compose(self) -> ComposeResult:
        """Lay out the question above its keys."""
        with Vertical(classes="dialog"):
            yield Static(self._statement, classes="title", markup=False)
            yield Static(f"{self._deed[:1].upper()}{self._deed[1:]}?", markup=False)
            yield KeyBar()

    def action_answer(self, sure: bool) -> None:
        """Go back with the answer."""
        self.dismiss(sure)


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
