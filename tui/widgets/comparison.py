"""The comparisons of all arms, as a table with a forest plot and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from hiss.tui.state.model import Run
from hiss.tui.widgets.picture import Picture, lines_of, window

if TYPE_CHECKING:
    from hiss.studies.verdicts import Comparison
    from hiss.tui.state.model import Lab
    from hiss.tui.style.themes import PictureStyle

INTERVAL = r"[├─┤┼•]{2,}|•"
EMPTY_HINT = "  Nothing to compare yet: p chooses presets."
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
            return [Text(""), Text(EMPTY_HINT, style="dim")]
        table = self._table(comparisons, self.lab.comparing.cursor, width, height)
        said = self._sentences(comparisons, width)
        room = height - len(table) - 1
        return [*table, Text(""), *said] if 0 < len(said) <= room else table

    def _table(
        self, comparisons: tuple[Comparison, ...], cursor: int, width: int, height: int
    ) -> list[Text]:
        from hiss.tui.tables.comparison import verdict_table

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


WAITING = "Nothing can be said before a repeat of both arms has ended."
LEAST_STRIPS = 3
"""Lines that every repeat of an arm and its baseline takes at least."""
GAP = "   "


HINT = (
    "",
    "  What each arm changes stands here once it is trained.",
    "",
    "  enter  train all arms as often as declared",
    "  p      choose other presets",
    "  b      choose what they are compared with",
    "  n      declare more or fewer repeats",
)


class ArmDetail(Picture):
    """Says all that is known of the comparison below the cursor."""

    lab: Lab | None = None
    look: PictureStyle | None = None

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the sentence over the statistics over every repeat."""
        current = self.lab.comparing.current if self.lab else None
        if current is None or self.lab is None or self.look is None:
            return []
        if not self.lab.comparing.runs:
            return [Text(line, style="dim") for line in HINT[:height]]
        sentence = current.sentence if begun(current) else WAITING
        said = list(Text(sentence).wrap(self.app.console, max(1, width)))
        numbers = _flowed(_statistics(current), width)
        least = len(said) + len(numbers) + LEAST_STRIPS
        gap = [Text("")] if height >= least + 2 else []
        text = [*said, *gap, *numbers, *gap]
        room = height - len(text)
        return [*text, *self._repeats(current, width, room)] if room >= LEAST_STRIPS else text

    def _repeats(self, current: Comparison, width: int, height: int) -> list[Text]:
        from hiss.tui.charts.dot_plot import dot_plot, dot_rows

        assert self.lab is not None and self.look is not None
        rows = dot_rows(pair(self.lab, current), self.look, current.metric)
        return dot_plot(rows, self.look, width, height)


def pair(lab: Lab, current: Comparison) -> tuple[Run, ...]:
    """The runs of the baseline and of the arm, as far as they have begun."""
    runs = {run.name: run for run in lab.comparing.runs}
    return tuple(runs[name] for name in (current.baseline, current.arm) if name in runs)


def _statistics(current: Comparison) -> list[Text]:
    """Every statistic by its name."""
    from hiss.reports.comparison_report import verdict_columns

    named = [(one.header, one.cells[0]) for one in verdict_columns((current,))]
    shown = [("against", current.baseline), *(pair for pair in named if pair[0] != "Arm")]
    return [Text.assemble((name, "dim"), " ", value) for name, value in shown]


def _flowed(parts: list[Text], width: int) -> list[Text]:
    """Parts side by side on as many lines as they take, none of them broken."""
    lines = [Text()]
    for part in parts:
        if lines[-1].cell_len and lines[-1].cell_len + len(GAP) + part.cell_len > width:
            lines.append(Text())
        lines[-1].append_text(Text.assemble(GAP if lines[-1].cell_len else "", part))
    return lines
