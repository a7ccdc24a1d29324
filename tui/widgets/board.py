"""The panes and lines of the lab, which together show one state."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui.pace import Pace, epochs_done
from tui.roundtrip import FASTEST
from tui.state import Lab
from tui.themes import look
from tui.widgets.chart import Chart
from tui.widgets.diagram import Diagram
from tui.widgets.presets import PresetList
from tui.widgets.readoutline import ReadoutLine
from tui.widgets.results import Results
from tui.widgets.scatter import Scatter
from tui.widgets.titleline import TitleLine

if TYPE_CHECKING:
    from tui.app import HissApp
    from tui.pictures import Look

PANES = ("presets", "data", "curves", "results")
SHARE = 10
"""A drawing is followed by a pause so many times as long, so that training has the rest."""


class Board(Vertical):
    """Shows what differs between two states, and while a study runs the epochs that come."""

    _pace = Pace()
    _due = 0.0

    @property
    def console(self) -> HissApp:
        """The console whose state is shown."""
        return cast("HissApp", self.app)

    def compose(self) -> ComposeResult:
        """Lay out the panes between the lines at the top and at the bottom."""
        yield TitleLine()
        yield Diagram()
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="column"):
                yield PresetList(id="presets", classes="pane")
                with Vertical(id="data", classes="pane"):
                    yield Scatter()
            with Vertical(id="right", classes="column"):
                with Vertical(id="curves", classes="pane"):
                    yield Static(id="legend")
                    yield Chart()
                yield Results(id="results", classes="pane")
        yield ReadoutLine()

    def on_mount(self) -> None:
        """Follow the state, the theme and, while a study runs, the clock."""
        for name in PANES:
            pane = self.query_one(f"#{name}")
            pane.border_title, pane.can_focus = name.capitalize(), True
        self.query_one(PresetList).mark = self.console.glyphs.mark
        self._ticker = self.set_interval(FASTEST, self._tick, pause=True)
        self.watch(self.app, "lab", self._changed, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())
        self._changed(Lab(), self.console.lab)

    def show_tabs(self, panes: tuple[str, ...], place: int) -> None:
        """Name the panes in the title, where only one of them is shown."""
        title = self.query_one(TitleLine)
        title.panes, title.pane = panes, place
        title.redraw()

    def _changed(self, old: Lab, new: Lab) -> None:
        self._show_presets(old, new)
        if (old.highlighted, old.previews) != (new.highlighted, new.previews):
            self._show_data(new)
        if _drawn(old) != _drawn(new):
            self._show_runs(old, new)
        if old.running != new.running:
            self._show_running(new)
        self._show_lines(new)

    def _show_presets(self, old: Lab, new: Lab) -> None:
        presets = self.query_one(PresetList)
        if old.experiments is not new.experiments or old.problems != new.problems:
            self._dress()
            presets.show(new)
        elif old.marked != new.marked:
            presets.show_marks(new)

    def _show_data(self, lab: Lab) -> None:
        scatter = self.query_one(Scatter)
        if scatter.preview is not (preview := lab.previews.get(lab.highlighted)):
            scatter.preview = preview
            scatter.redraw()

    def _show_runs(self, old: Lab, new: Lab) -> None:
        """Show the runs; while a study runs, its events wait for the next tick of the clock."""
        chart = self.query_one(Chart)
        chart.lab, chart.outdated = new, True
        if not (old.running and new.running) or _view(old) != _view(new):
            chart.pull()
        if _legend(old) != _legend(new):
            self._show_legend(new)
        if old.runs != new.runs:
            self.query_one(Results).show(new)

    def _show_legend(self, lab: Lab) -> None:
        line, pane, dress = self.query_one("#legend"), self.query_one("#curves"), self._look
        line.display = bool(lab.runs)
        if lab.runs and isinstance(line, Static):
            from tui.curves import key, legend, shown_quantity

            line.update(legend(lab, dress))
            pane.border_title = shown_quantity(lab).capitalize()
            pane.border_subtitle = key(lab, dress)

    def _show_running(self, lab: Lab) -> None:
        if lab.running:
            self._pace = Pace()
            self._ticker.resume()
        else:
            self._ticker.pause()
            self.query_one(Chart).pull()

    def _show_lines(self, lab: Lab) -> None:
        for line in (self.query_one(TitleLine), self.query_one(Diagram)):
            line.lab = lab
            line.redraw()
        self._show_readout(lab)

    def _show_readout(self, lab: Lab) -> None:
        line = self.query_one(ReadoutLine)
        line.lab, line.pace = lab, self._pace
        line.redraw()

    @property
    def _look(self) -> Look:
        return look(self.app.current_theme, self.console.glyphs)

    def _dress(self) -> None:
        """Give the pictures the colours of the theme."""
        for picture in (self.query_one(Chart), self.query_one(Scatter)):
            picture.look = self._look
            picture.redraw()
        self._show_legend(self.console.lab)

    def _tick(self) -> None:
        """Draw the epochs that have come, unless the terminal is still busy with the last."""
        if monotonic() < self._due or self.console.round_trip.busy:
            return
        lab, chart = self.console.lab, self.query_one(Chart)
        if any(run.state == "training" for run in lab.studied):
            self._pace = self._pace.seen(monotonic(), epochs_done(lab))
        chart.pull()
        self._show_readout(lab)
        self._ask_terminal()
        pause = max(self.console.round_trip.interval, SHARE * chart.cost)
        self._due = monotonic() + pause - FASTEST / 4

    def _ask_terminal(self) -> None:
        driver = self.app._driver
        if driver is not None and not self.app.is_headless:
            self.console.round_trip.ask(driver.write)


def _drawn(lab: Lab) -> tuple[object, ...]:
    """What the chart of curves depends on."""
    return lab.runs, lab.previews, _view(lab)


def _view(lab: Lab) -> tuple[object, ...]:
    """How the user wants to see the curves."""
    return lab.quantity, lab.smooth


def _legend(lab: Lab) -> tuple[object, ...]:
    """What the legend and the titles of the chart depend on."""
    return [(run.name, run.repeats, run.curves is None) for run in lab.runs], _view(lab)
