"""The comparisons of all arms, as a table with a forest plot and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tui.widgets.page import lines_of, window
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from engine.verdicts import Comparison
    from tui.state import Lab

INTERVAL = r"[├─┤┼•]{2,}|•"
HINT = "  Nothing to compare yet: p chooses presets."
COLORS = {
    "better": "success",
    "worse": "error",
    "different": "primary",
    "same": "primary",
    "open": "warning",
    "unknown": "foreground",
}
"""The theme's colour of every verdict."""


class Verdicts(Picture):
    """Draws every comparison in a row; below, as there is room, what each says in words."""

    lab: Lab | None = None

    def drawn(self, width: int, height: int) -> list[Text]:
        """Draw the table about the cursor, and the sentences below it."""
        comparisons = self.lab.comparing.comparisons if self.lab else ()
        if not comparisons or self.lab is None:
            return [Text(""), Text(HINT, style="dim")]
        table = self._table(comparisons, self.lab.comparing.cursor, width, height)
        said = self._sentences(comparisons, width)
        room = height - len(table) - 1
        return [*table, Text(""), *said] if 0 < len(said) <= room else table

    def _table(
        self, comparisons: tuple[Comparison, ...], cursor: int, width: int, height: int
    ) -> list[Text]:
        from tui.verdict_tables import verdict_table

        table = verdict_table(comparisons, width - 2, short=True)
        lines = lines_of(self.app.console, table, width - 2)
        head, rows = lines[:2], lines[2 : 2 + len(comparisons)]
        ruler = lines[2 + len(comparisons) :]
        marked = [
            self._row(row, one, place == cursor, width)
            for place, (row, one) in enumerate(zip(rows, comparisons, strict=False))
        ]
        shown = window(marked, cursor, height - len(head) - len(ruler))
        return [*map(_indented, head), *shown, *map(_indented, ruler)]

    def _row(self, row: Text, one: Comparison, here: bool, width: int) -> Text:
        row.highlight_regex("░+", Style(dim=True))
        row.highlight_regex(INTERVAL, Style(color=self._color(one), bold=True))
        line = Text.assemble("▸ " if here else "  ", row)
        if here:
            line.pad_right(max(0, width - line.cell_len))
            line.stylize_before(Style(bgcolor=self.app.theme_variables["panel"], bold=True))
        return line

    def _sentences(self, comparisons: tuple[Comparison, ...], width: int) -> list[Text]:
        said: list[Text] = []
        for one in filter(begun, comparisons):
            text = Text.assemble(("• ", self._color(one)), one.sentence)
            said += text.wrap(self.app.console, max(1, width))
        return said

    def _color(self, one: Comparison) -> str:
        return self.app.theme_variables[COLORS[one.verdict]]


def begun(one: Comparison) -> bool:
    """Whether any repeat has ended in both arms."""
    return bool(one.n or one.dropped) or not one.interim


def _indented(line: Text) -> Text:
    return Text.assemble("  ", line)
