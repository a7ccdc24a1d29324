"""A whole number, asked for."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.validation import Integer
from textual.widgets import Input, Static

from tui.widgets.keybar import KeyBar


class NumberScreen(ModalScreen[int | None]):
    """Asks for a whole number; gives None when the user thinks better of it."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
    ]

    def __init__(self, question: str, value: int, least: int, most: int) -> None:
        """Ask for a number from `least` to `most`, suggesting `value`."""
        super().__init__()
        self._question, self._value, self._least, self._most = question, value, least, most

    def compose(self) -> ComposeResult:
        """Lay out the question above the field."""
        bounds = Integer(self._least, self._most)
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(str(self._value), type="integer", validators=[bounds], compact=True)
            yield Static(f"{self._least:,} to {self._most:,}, then enter", classes="hint")
            yield KeyBar()

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Go back with the number if it is one that will do."""
        if event.validation_result is None or event.validation_result.is_valid:
            self.dismiss(int(event.value))
