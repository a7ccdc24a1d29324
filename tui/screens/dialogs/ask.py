"""A name, or a path, asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.validation import Integer
from textual.widgets import Input, Static

from hiss.tui.widgets.keybar import KeyBar

Check = Callable[[str], str]
"""Says what a name would do; raises an `EngineError` when it will not do."""


class NameScreen(ModalScreen[str | None]):
    """Asks for a name and says what it would do; gives None when the user thinks better of it."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "go on", priority=True, id="dialog.submit",
                tooltip="Take this name"),
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(
        self, question: str, value: str, check: Check, suggester: Suggester | None = None
    ) -> None:
        """Ask a question, suggesting `value`."""
        super().__init__()
        self._question, self._value, self._check = question, value, check
        self._suggester = suggester

    def compose(self) -> ComposeResult:
        """Lay out the question above the field."""
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(self._value, suggester=self._suggester, select_on_focus=False, compact=True)
            yield Static(classes="hint", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Say what the suggested name would do."""
        self._said(self._value)

    @on(Input.Changed)
    def follow(self, event: Input.Changed) -> None:
        """Say what the name typed so far would do."""
        self._said(event.value)

    def action_submit(self) -> None:
        """Go back with the name if it will do."""
        name = self.query_one(Input).value.strip()
        if self._said(name):
            self.dismiss(name)

    def _said(self, name: str) -> bool:
        from hiss.errors import EngineError

        line = self.query_one(".hint", Static)
        try:
            line.update(self._check(name.strip()))
        except EngineError as error:
            line.update(f"{error.message} {error.hint}")
            line.add_class("-problem")
            return False
        line.remove_class("-problem")
        return True


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
        from hiss.errors import EngineError

        try:
            self._check(event.value)
        except EngineError as error:
            self.query_one(".hint", Static).update(error.message)
        else:
            self.dismiss(event.value)
