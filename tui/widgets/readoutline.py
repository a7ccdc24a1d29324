"""The line of live numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tui.pace import Pace
from tui.readout import readout
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab


class ReadoutLine(Picture):
    """Says how far the running study is, or what can be started."""

    lab: Lab | None = None
    pace = Pace()

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together."""
        if self.lab is None:
            return []
        line = Text(readout(self.lab, self.pace, width))
        line.truncate(width, overflow="ellipsis")
        return [line]
