"""What a sweep has found, in sentences and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tui import sweeping
from tui.widgets.page import lines_of, window
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.findings import Findings
    from tui.state import Lab


class SweepFound(Picture):
    """Says what does best; below, as there is room, the numbers of every point."""

    lab: Lab | None = None

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the sentences over the table, the point below the cursor in it."""
        found = self.lab.sweeping.findings if self.lab else None
        if found is None or self.lab is None:
            return [Text("Nothing has been found yet.", style="dim")]
        said = [
            line
            for sentence in found.sentences
            for line in Text(sentence).wrap(self.app.console, max(1, width))
        ]
        room = height - len(said) - 1
        return [*said, Text(""), *self._table(self.lab, found, width, room)] if room > 3 else said

    def _table(self, lab: Lab, found: Findings, width: int, height: int) -> list[Text]:
        from tui.tables import drawn_table, fitting

        table = drawn_table(fitting(found.columns, width))
        lines = lines_of(self.app.console, table, width)
        places = [cell.place for cell in found.found.cells]
        cursor = sweeping.place(lab)
        at = places.index(cursor) if cursor in places else 0
        rows = lines[2:]
        if cursor in places:
            paper = Style(bgcolor=self.app.theme_variables["panel"], bold=True)
            rows[at].stylize_before(paper)
        return [*lines[:2], *window(rows, at, height - 2)]
