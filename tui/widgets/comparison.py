"""The comparisons: all of them in a table with a forest plot, and one of them in detail."""

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

EMPTY_HINT = "  Nothing to compare yet: p chooses presets."
HINT = (
    "",
    "  Each arm's effect appears here once it is trained.",
    "",
    "  enter  train all arms with the declared repeats",
    "  p      choose other presets",
    "  b      choose the baseline",
    "  n      declare more or fewer repeats",
)
WAITING = "No statistics before a repeat of both arms has ended."

COLORS = {
    "better": "success",
    "worse": "error",
    "different": "primary",
    "same": "primary",
    "open": "warning",
    "unknown": "foreground",
}
"""The theme's colour of every verdict."""
INTERVAL = r"[├─┤┼•]{2,}|•"
"""Matches a confidence interval in a row of the forest plot."""
DOT_PLOT_HEIGHT = 3
"""Lines that the dot plot of an arm and its baseline needs at least."""
GAP = "   "


class Verdicts(Picture):
    """Draws a row for every comparison; below, where there is room, a sentence for each."""

    lab: Lab | None = None

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the rows about the cursor, and the sentences below them."""
        comparisons = self.lab.comparing.comparisons if self.lab else ()
        if not comparisons or self.lab is None:
            return [Text(""), Text(EMPTY_HINT, style="dim")]
        table = self._table(comparisons, self.lab.comparing.cursor, width, height)
        sentences = self._sentences(comparisons, width)
        room = height - len(table) - 1
        return [*table, Text(""), *sentences] if 0 < len(sentences) <= room else table

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
        lines: list[Text] = []
        for one in filter(_has_scores, comparisons):
            text = Text.assemble(("• ", self._color(one)), one.sentence)
            lines += text.wrap(self.app.console, max(1, width))
        return lines

    def _color(self, one: Comparison) -> str:
        return self.app.theme_variables[COLORS[one.verdict]]


class ArmDetail(Picture):
    """Shows the comparison at the cursor: a sentence, the statistics and every repeat."""

    lab: Lab | None = None
    look: PictureStyle | None = None

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the sentence above the statistics, and these above the dot plot."""
        current = self.lab.comparing.current if self.lab else None
        if current is None or self.lab is None or self.look is None:
            return []
        if not self.lab.comparing.runs:
            return [Text(line, style="dim") for line in HINT[:height]]
        sentence = current.sentence if _has_scores(current) else WAITING
        words = list(Text(sentence).wrap(self.app.console, max(1, width)))
        numbers = _side_by_side(_statistics(current), width)
        needed = len(words) + len(numbers) + DOT_PLOT_HEIGHT
        gap = [Text("")] if height >= needed + 2 else []
        text = [*words, *gap, *numbers, *gap]
        room = height - len(text)
        return [*text, *self._dot_plot(current, width, room)] if room >= DOT_PLOT_HEIGHT else text

    def _dot_plot(self, current: Comparison, width: int, height: int) -> list[Text]:
        from hiss.tui.charts.dot_plot import dot_plot, dot_rows

        assert self.lab is not None and self.look is not None
        rows = dot_rows(compared_runs(self.lab, current), self.look, current.metric)
        return dot_plot(rows, self.look, width, height)


def compared_runs(lab: Lab, current: Comparison) -> tuple[Run, ...]:
    """Return the runs of the baseline and of the arm that have begun."""
    runs = {run.name: run for run in lab.comparing.runs}
    return tuple(runs[name] for name in (current.baseline, current.arm) if name in runs)


def _has_scores(one: Comparison) -> bool:
    """Return whether any repeat has ended in both arms."""
    return bool(one.n or one.dropped) or not one.interim


def _statistics(current: Comparison) -> list[Text]:
    """Return every statistic after its name."""
    from hiss.reports.comparison_report import verdict_columns

    named = [(one.header, one.cells[0]) for one in verdict_columns((current,))]
    shown = [("against", current.baseline), *(pair for pair in named if pair[0] != "Arm")]
    return [Text.assemble((name, "dim"), " ", value) for name, value in shown]


def _side_by_side(parts: list[Text], width: int) -> list[Text]:
    """Return lines of unbroken parts, as many side by side as fit."""
    lines = [Text()]
    for part in parts:
        if lines[-1].cell_len and lines[-1].cell_len + len(GAP) + part.cell_len > width:
            lines.append(Text())
        lines[-1].append_text(Text.assemble(GAP if lines[-1].cell_len else "", part))
    return lines


def _indented(line: Text) -> Text:
    return Text.assemble("  ", line)
