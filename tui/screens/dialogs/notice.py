"""The dialogs that ask for confirmation and that show a problem."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from hiss.tui.widgets.keybar import KeyBar

Leaving = Literal["stop", "keep"]
"""What becomes of a training when the console closes."""


class ConfirmDialog(ModalScreen[bool]):
    """Asks for confirmation; returns whether the user confirms."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "yes", id="answer.yes", tooltip="Confirm"),
        Binding("n,escape,q", "answer(False)", "no", id="answer.no", tooltip="Change nothing"),
    ]

    def __init__(self, statement: str, action: str) -> None:
        """Take what is at stake, and the action to confirm, as in `delete mine/a`."""
        super().__init__()
        self._statement, self._question = statement, f"{action[:1].upper()}{action[1:]}?"

    def compose(self) -> ComposeResult:
        """Lay out the statement, the question and the keys."""
        with Vertical(classes="dialog"):
            yield Static(self._statement, classes="title", markup=False)
            yield Static(self._question, markup=False)
            yield KeyBar()

    def action_answer(self, sure: bool) -> None:
        """Return the answer."""
        self.dismiss(sure)


class LeaveDialog(ModalScreen[Leaving | None]):
    """Asks what is to become of what trains when the console closes."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "dismiss('stop')", "stop and quit", id="answer.yes",
                tooltip="Stop it, drop what waits and quit; `hiss resume` goes on with it"),
        Binding("k", "dismiss('keep')", "keep training", id="answer.keep",
                tooltip="Quit; it goes on in the background, and what waits follows"),
        Binding("n,escape,q", "dismiss", "stay", id="answer.no", tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(self, statement: str) -> None:
        """Take what is at stake."""
        super().__init__()
        self._statement = statement

    def compose(self) -> ComposeResult:
        """Lay out the statement, the question and the keys."""
        with Vertical(classes="dialog"):
            yield Static(self._statement, classes="title", markup=False)
            yield Static("Stop it and quit, or keep it training without the console?", markup=False)
            yield KeyBar()


class ProblemDialog(ModalScreen[None]):
    """Shows what is wrong and what to do about it."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,q", "dismiss", "back", id="dialog.back", tooltip="Go back"),
    ]

    def __init__(self, message: str, hint: str, study: str = "") -> None:
        """Take what is wrong, what to do, and the title of the study that it ends, if any."""
        super().__init__()
        self._message, self._hint, self._study = message, hint, study

    def compose(self) -> ComposeResult:
        """Lay out the message, the hint and the keys."""
        with Vertical(classes="dialog -problem") as dialog:
            dialog.border_title = Text(self._study)
            yield Static(self._message, classes="title", markup=False)
            yield Static(self._hint, markup=False)
            yield KeyBar()
