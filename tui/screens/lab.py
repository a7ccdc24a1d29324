"""The screen on which presets are chosen, trained and looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui import state
from tui.pace import Pace, epochs_done
from tui.roundtrip import FASTEST
from tui.screens.study import StudyScreen
from tui.state import Lab
from tui.themes import look
from tui.widgets.chart import Chart
from tui.widgets.diagram import Diagram
from tui.widgets.keybar import KeyBar
from tui.widgets.presets import PresetList
from tui.widgets.readoutline import ReadoutLine
from tui.widgets.results import Results
from tui.widgets.scatter import Scatter
from tui.widgets.titleline import TitleLine

PANES = ("presets", "data", "curves", "results")
SHARE = 10
"""A drawing is followed by a pause so many times as long, so that training has the rest."""


class LabScreen(StudyScreen, inherit_bindings=False):
    """Shows presets, their data, the curves of all runs, and the results."""

    CSS_PATH = "lab.tcss"
    HORIZONTAL_BREAKPOINTS: ClassVar = [
        (0, "-narrow"), (60, "-normal"), (110, "-wide"), (160, "-broad")
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-low"), (16, "-medium"), (32, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="preset.mark", tooltip="Mark or unmark the preset"),
        Binding("a", "mark_group", "all", id="preset.group",
                tooltip="Mark or unmark the preset's whole group"),
        Binding("l", "toggle_quantity", "loss", id="view.quantity",
                tooltip="Switch between accuracy and loss"),
        *StudyScreen.BINDINGS,
        Binding("exclamation_mark", "show_problems", "broken", False, "!", id="preset.problems",
                tooltip="Show the presets that cannot be read"),
        Binding("tab", "next_pane(1)", "pane", False, id="view.next", tooltip="Go to the next pane"),
        Binding("shift+tab", "next_pane(-1)", "pane", False, id="view.previous",
                tooltip="Go to the pane before"),
        *(Binding(str(place + 1), f"show_pane({place})", name, False, id=f"view.{name}",
                  tooltip=f"Go to the {name}") for place, name in enumerate(PANES)),
    ]  # fmt: skip

    def __init__(self) -> None:
        """Begin with the list of presets and nothing trained."""
        super().__init__()
        self._pane = 0
        self._pace = Pace()
        self._due = 0.0

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
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the state, the theme and, while a study runs, the clock."""
        for name in PANES:
            pane = self.query_one(f"#{name}")
            pane.border_title, pane.can_focus = name.capitalize(), True
        self.add_class(f"-{self.console.glyphs.name}")
        presets, glyphs = self.query_one(PresetList), self.console.glyphs
        presets.mark, presets.spelt = glyphs.mark, glyphs.spelt
        self._ticker = self.set_interval(FASTEST, self._tick, pause=True)
        self.watch(self.app, "lab", self._changed, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())
        self.action_show_pane(0)
        self._changed(Lab(), self.lab)

    def _changed(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states, and nothing else."""
        self._show_presets(old, new)
        if (old.highlighted, old.previews) != (new.highlighted, new.previews):
            self._show_data(new)
        if (old.runs, old.quantity, old.previews) != (new.runs, new.quantity, new.previews):
            self._show_runs(old, new)
        if old.phase != new.phase:
            self._show_phase(new)
        self._show_lines(new)
        self.refresh_bindings()

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
        chart, legend = self.query_one(Chart), self.query_one("#legend", Static)
        chart.lab = new
        chart.redraw()
        self._show_legend(legend, new)
        if old.runs != new.runs:
            self.query_one(Results).show(new)

    def _show_legend(self, line: Static, lab: Lab) -> None:
        chart = self.query_one(Chart)
        line.display = bool(lab.runs)
        pane = self.query_one("#curves")
        if lab.runs and chart.look is not None:
            from tui.curves import key, legend, shown_quantity

            line.update(legend(lab, chart.look))
            pane.border_title = shown_quantity(lab).capitalize()
            pane.border_subtitle = key(lab, chart.look)

    def _show_phase(self, lab: Lab) -> None:
        if lab.running:
            self._pace = Pace()
            self._ticker.resume()
        else:
            self._ticker.pause()
            self.query_one(Chart).redraw()

    def _show_lines(self, lab: Lab) -> None:
        for line in (self.query_one(TitleLine), self.query_one(Diagram)):
            line.lab = lab
            line.redraw()
        self._show_readout(lab)

    def _show_readout(self, lab: Lab) -> None:
        line = self.query_one(ReadoutLine)
        line.lab, line.pace = lab, self._pace
        line.redraw()

    def _dress(self) -> None:
        """Give the pictures the colours of the theme, once there is something to draw."""
        if not self.lab.read:
            return
        dress = look(self.app.current_theme, self.console.glyphs)
        for picture in (self.query_one(Chart), self.query_one(Scatter)):
            picture.look = dress
            picture.redraw()
        self._show_legend(self.query_one("#legend", Static), self.lab)

    def _tick(self) -> None:
        """Draw the epochs that have come, unless the terminal is still busy with the last."""
        if monotonic() < self._due or self.console.round_trip.busy:
            return
        lab, chart = self.lab, self.query_one(Chart)
        if any(run.state == "training" for run in lab.studied):
            self._pace = self._pace.seen(monotonic(), epochs_done(lab))
        chart.pull()
        self._show_readout(lab)
        self.console.ask_terminal()
        self._due = monotonic() + max(self.console.round_trip.interval, SHARE * chart.cost) - 0.05

    def on_resize(self) -> None:
        """Name the panes where only one of them is shown."""
        self._show_tabs()

    def _show_tabs(self) -> None:
        title = self.query_one(TitleLine)
        title.pane = self._pane
        title.panes = PANES if {"-narrow", "-low"} & self.classes else ()
        title.redraw()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember the pane that is worked in."""
        if event.widget.id in PANES:
            self._pane = PANES.index(event.widget.id)
            self._show_tabs()

    @on(PresetList.OptionHighlighted)
    def follow_cursor(self, event: PresetList.OptionHighlighted) -> None:
        """Show the data of the preset below the cursor."""
        if event.option_id:
            self.lab = state.highlighted(self.lab, event.option_id)

    @on(PresetList.Doubled)
    def train_clicked(self) -> None:
        """Train the preset that was clicked twice."""
        if self.lab.experiment is not None and not self.lab.running:
            self.train((self.lab.experiment,))

    def action_mark(self) -> None:
        """Mark or unmark the preset below the cursor."""
        self.lab = state.mark_toggled(self.lab)

    def action_mark_group(self) -> None:
        """Mark or unmark all presets of its group."""
        self.lab = state.group_toggled(self.lab)

    def action_toggle_quantity(self) -> None:
        """Show the other quantity."""
        self.lab = state.quantity_toggled(self.lab)

    def action_show_problems(self) -> None:
        """Say which presets cannot be read, and why."""
        from tui.screens.problem import ProblemScreen

        problems = self.lab.problems
        text = "\n".join(problem.message for problem in problems)
        self.app.push_screen(ProblemScreen(text, problems[0].hint))

    def action_next_pane(self, step: int) -> None:
        """Go to a neighbouring pane."""
        self.action_show_pane((self._pane + step) % len(PANES))

    def action_show_pane(self, place: int) -> None:
        """Go to a pane, which is the only one on a small screen."""
        self._pane = place
        chosen = self.query_one(f"#{PANES[place]}")
        for node in self.query(".pane, .column"):
            node.set_class(node in chosen.ancestors_with_self, "-shown")
        chosen.focus()
        self._show_tabs()

    def commands(self) -> dict[str, Callable[[], None]]:
        """Offer every preset in the command palette."""
        if self.lab.running:
            return {}
        return {
            f"preset: Train {one.name}": partial(self.train, (one,)) for one in self.lab.experiments
        }
