"""The dialog that asks for one line of text: a name, a path, a number, strengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from hiss.tui.widgets.keybar import KeyBar

T = TypeVar("T")


class InputDialog(ModalScreen[T | None], Generic[T]):
    """Asks for a value, with a live hint; returns None when cancelled."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "go on", priority=True, id="dialog.submit",
                tooltip="Accept what is typed"),
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(
        self,
        question: str,
        text: str,
        parse: Callable[[str], tuple[T, str]],
        *,
        suggester: Suggester | None = None,
        select: bool = False,
    ) -> None:
        """Ask a question.

        Args:
            question: The title of the dialog.
            text: The text to start with.
            parse: Returns the value of a text and a hint on it, or raises an `EngineError` whose
                message is shown in place of the hint.
            suggester: Completes the text while it is typed.
            select: Whether the first letter typed replaces the text.
        """
        super().__init__()
        self._question, self._text, self._parse = question, text, parse
        self._suggester, self._select = suggester, select

    def compose(self) -> ComposeResult:
        """Lay out the question, the input and the hint."""
        with Vertical(classes="dialog"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(
                self._text, suggester=self._suggester, select_on_focus=self._select, compact=True
            )
            yield Static(classes="hint", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        """Show the hint on the text to start with."""
        self._value()

    @on(Input.Changed)
    def show_hint(self) -> None:
        """Show the hint on what is typed, or what is wrong with it."""
        if self.is_current:  # a change may arrive once the dialog has been closed
            self._value()

    def action_submit(self) -> None:
        """Return the value, if there is nothing wrong with it."""
        if self.is_current and (value := self._value()) is not None:
            self.dismiss(value)

    def _value(self) -> T | None:
        from hiss.errors import EngineError

        line = self.query_one(".hint", Static)
        try:
            value, hint = self._parse(self.query_one(Input).value.strip())
        except EngineError as error:
            value, hint = None, f"{error.message} {error.hint}".strip()
        line.update(hint)
        line.set_class(value is None, "-problem")
        return value


def whole_number(bounds: tuple[int, int], text: str) -> tuple[int, str]:
    """Return the whole number of a text, and the bounds as a hint.

    Raises:
        EngineError: The text is no whole number, or one out of bounds.
    """
    from hiss.errors import EngineError

    least, most = bounds
    if text.isdecimal() and least <= int(text) <= most:
        return int(text), f"{least:,} to {most:,}"
    received = f", received {text}" if text else ""
    raise EngineError(f"Expected a whole number from {least:,} to {most:,}{received}.")
