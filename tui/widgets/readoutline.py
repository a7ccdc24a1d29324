"""The line of live numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from tui.pace import Pace
from tui.readout import marked, readout
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab


class ReadoutLine(Picture):
    """Says how far the running study is, or what can be started."""

    lab: Lab | None = None
    pace = Pace()

    def __init__(self, idle: Callable[[Lab, int], str] = marked) -> None:
        """Take what to say, in so many cells, while nothing runs."""
        super().__init__()
        self._idle = idle

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together."""
        if self.lab is None:
            return []
        if self.lab.running:
            line = Text(readout(self.lab, self.pace, width))
        else:
            line = Text(self._idle(self.lab, width))
        line.truncate(width, overflow="ellipsis")
        return [line]
