"""The line that says what the next study of a screen is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab


class PlanLine(Picture):
    """Says what would be trained, in so many cells as there are."""

    lab: Lab | None = None

    def __init__(self, planned: Callable[[Lab], str]) -> None:
        """Take what puts the line into words."""
        super().__init__()
        self._planned = planned

    def show(self, lab: Lab) -> None:
        """Show the plan of a state."""
        self.lab = lab
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together."""
        line = Text(f" {self._planned(self.lab)}" if self.lab and self.lab.read else "")
        line.truncate(width, overflow="ellipsis")
        return [line]
