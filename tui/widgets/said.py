"""A few lines of text whose height follows from them."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static


class Said(Static):
    """Shows a text; only another one makes the screen be laid out anew."""

    _said: Text | None = None

    def say(self, text: Text) -> None:
        """Show a text; an empty one takes no room."""
        if text != self._said:
            self._said = text
            self.display = bool(text)
            self.update(text)
