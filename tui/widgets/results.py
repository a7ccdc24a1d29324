"""The table of results, and the scores of every repeat as a dot plot."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from hiss.tui.state import settings

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab, Run
    from hiss.tui.style.themes import PictureStyle

MADE_WITH = "Made with"
"""Header of the column that tells runs of different settings apart."""
INTERVAL = 1.0
"""Seconds between two drawings of the table: it is sent to the terminal as a whole."""


class Results(VerticalScroll):
    """Shows every run as a row, at most once a second."""

    lab: Lab | None = None
    look: PictureStyle | None = None
    _drawn = 0.0
    _waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Hold the table in a place that scrolls."""
        yield Static(id="table")

    def show(self, lab: Lab, now: bool = False) -> None:
        """Show a state: at once if `now`, else when the last drawing is a second old."""
        self.lab = lab
        wait = 0.0 if now else self._drawn + INTERVAL - monotonic()
        if wait <= 0:
            self.draw()
        elif self._waiting is None:
            self._waiting = self.set_timer(wait, self.draw)

    def draw(self) -> None:
        """Draw the table, and below it the dot plot where there is room."""
        if self._waiting is not None:
            self._waiting.stop()
        self._drawn, self._waiting = monotonic(), None
        self.query_one("#table", Static).update(Group(*self._parts()))

    def _parts(self) -> list[RenderableType]:
        if self.lab is None or not self.lab.runs:
            return []
        runs, height = self.lab.runs, self.content_size.height
        repeated = any(run.repeats > 1 for run in runs)
        if self.lab.view.strips:
            return [self._dot_plot(height)]
        room = height - len(runs) - 3
        return [self._table(), *([Text(), self._dot_plot(room)] if repeated and room > 3 else [])]

    def _table(self) -> RenderableType:
        assert self.lab is not None
        from hiss.reports.columns import Column
        from hiss.tui.tables.results import ArmRow, results_table

        rows = [
            ArmRow(
                run.experiment,
                run.replicates,
                _state(run),
                run.curves.rows if run.curves else None,
            )
            for run in self.lab.runs
        ]
        made = settings.differences(self.lab.runs)
        further = [Column(MADE_WITH, made, 0, text=True)] if made else []
        return results_table(rows, self._width, short=True, further=further)

    def _dot_plot(self, height: int) -> Text:
        assert self.lab is not None and self.look is not None
        from hiss.tui.charts.dot_plot import dot_plot, dot_rows

        rows = dot_rows(self.lab.runs, self.look)
        return Text("\n").join(dot_plot(rows, self.look, self._width, height))

    @property
    def _width(self) -> int:
        return max(10, self.content_size.width - self.styles.scrollbar_size_vertical)

    def on_resize(self) -> None:
        """Fit the columns into the new width."""
        self.draw()


def _state(run: Run) -> str:
    if run.state != "ended":
        return run.state
    from hiss.reports.columns import outcome

    return outcome(run.replicates) if run.replicates else "stopped"
