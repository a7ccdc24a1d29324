"""The input in which a table's keys are typed, as in a preset."""

from __future__ import annotations

from textual import on
from textual.message import Message
from textual.widgets import Input

from hiss.errors import EngineError
from hiss.tui.state.choices import Choice
from hiss.tui.state.table_options import with_typed, written


class TableOptions(Input):
    """Takes the keys of a preset's `[data]` for a table."""

    class Typed(Message):
        """Keys have been typed: the choice that they make, or the reason why they will not do."""

        def __init__(self, found: Choice | EngineError) -> None:
            """Carry the choice."""
            super().__init__()
            self.found = found

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(select_on_focus=False, compact=True, id="options")
        self._choice: Choice | None = None
        self.display = False

    def ask(self, choice: Choice) -> None:
        """Show the keys that are set, to be changed."""
        self._choice, self.value, self.display = choice, written(choice), True
        self.display = True
        self.cursor_position = len(self.value)
        self.focus()

    def on_blur(self) -> None:
        """Hide again."""
        self.display = False

    @on(Input.Submitted)
    def check(self, event: Input.Submitted) -> None:
        """Post the choice that the keys make."""
        event.stop()
        if self._choice is not None:
            try:
                self.post_message(self.Typed(with_typed(self._choice, event.value)))
            except EngineError as error:
                self.post_message(self.Typed(error))
