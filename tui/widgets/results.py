"""The table of results."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

if TYPE_CHECKING:
    from tui.state import Lab, Run

PATIENCE = 1.0
"""Seconds between two drawings of the table: it is sent to the terminal as a whole."""


class Results(VerticalScroll):
    """Shows every run as a row, at most once a second."""

    lab: Lab | None = None
    _drawn = 0.0
    _waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Hold the table."""
        yield Static(id="table")

    def show(self, lab: Lab) -> None:
        """Show a state now, or when the last drawing is old enough."""
        self.lab = lab
        if self._waiting is not None:
            return
        wait = self._drawn + PATIENCE - monotonic()
        if wait <= 0:
            self.draw()
        else:
            self._waiting = self.set_timer(wait, self.draw)

    def draw(self) -> None:
        """Draw the table now."""
        self._drawn, self._waiting = monotonic(), None
        if self.lab is None or not self.lab.runs:
            self.query_one("#table", Static).update("")
            return
        from tui.tables import ArmRow, results_table

        rows = [ArmRow(run.experiment, run.replicates, _state(run)) for run in self.lab.runs]
        self.query_one("#table", Static).update(results_table(rows, self._width))

    @property
    def _width(self) -> int:
        return max(10, self.content_size.width - self.styles.scrollbar_size_vertical)

    def on_resize(self) -> None:
        """Fit the columns into the new width."""
        self.draw()


def _state(run: Run) -> str:
    if run.state != "ended":
        return run.state
    from engine.columns import outcome

    return outcome(run.replicates) if run.replicates else "stopped"
