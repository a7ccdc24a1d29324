"""A grid of noise strengths, asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.widgets.keybar import KeyBar


class StrengthsScreen(ModalScreen[str | None]):
    """Asks for noise strengths; gives None when the user thinks better of it."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
    ]

    def __init__(self, question: str, value: str, check: Callable[[str], object]) -> None:
        """Ask for strengths, suggesting some; `check` raises an EngineError for what is none."""
        super().__init__()
        self._question, self._value, self._check = question, value, check

    def compose(self) -> ComposeResult:
        """Lay out the question above the field."""
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(self._value, compact=True)
            yield Static("Numbers with commas between them, then enter", classes="hint")
            yield KeyBar()

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Go back with the strengths, or say what is wrong with them."""
        from engine.errors import EngineError

        try:
            self._check(event.value)
        except EngineError as error:
            self.query_one(".hint", Static).update(error.message)
        else:
            self.dismiss(event.value)
