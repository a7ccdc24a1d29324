"""The board of the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from hiss.tui.state.settings import titled
from hiss.tui.widgets.charts import Chart, Scatter
from hiss.tui.widgets.lines import Diagram, Legend, TitleLine
from hiss.tui.widgets.live_board import LiveBoard
from hiss.tui.widgets.presets import PresetList
from hiss.tui.widgets.readout import ReadoutLine
from hiss.tui.widgets.results import Results

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab


class LabBoard(LiveBoard):
    """Shows the presets, their data, their curves and their results."""

    PANES: ClassVar = ("presets", "data", "curves", "results")

    def compose(self) -> ComposeResult:
        """Lay out the panes between the lines at the top and at the bottom."""
        yield TitleLine("lab")
        yield Diagram()
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="column"):
                yield PresetList(id="presets", classes="pane")
                with Vertical(id="data", classes="pane"):
                    yield Scatter()
            with Vertical(id="right", classes="column"):
                with Vertical(id="curves", classes="pane"):
                    yield Legend(id="legend")
                    yield Chart()
                yield Results(id="results", classes="pane")
        yield ReadoutLine()

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states."""
        self._show_presets(old, new)
        if (old.highlighted, old.previews) != (new.highlighted, new.previews):
            self._show_data(new)
        if _drawn(old) != _drawn(new):
            self._show_runs(old, new)
        line = self.query_one(Diagram)
        line.lab = new
        line.redraw()

    def urgent(self, lab: Lab) -> object:
        """Return what the user has set, and what there is to choose from."""
        chosen = (lab.highlighted, lab.marked, lab.repeats, lab.seed, lab.mode, lab.view)
        return chosen, lab.experiments, lab.problems, lab.previews, lab.backend, len(lab.runs)

    def draw_new_epochs(self) -> float:
        """Draw the epochs trained since the last drawing, and return the seconds it took."""
        chart = self.query_one(Chart)
        chart.draw_new_epochs()
        return chart.cost

    def apply_theme(self) -> None:
        """Draw the pictures in the colours of the theme."""
        self.query_one(PresetList).mark = self.console.glyphs.mark
        for picture in (self.query_one(Chart), self.query_one(Scatter)):
            picture.look = self.look
            picture.redraw()
        results = self.query_one(Results)
        results.look = self.look
        results.draw()
        self._show_legend(self.console.lab)

    def _show_presets(self, old: Lab, new: Lab) -> None:
        presets = self.query_one(PresetList)
        if old.experiments is not new.experiments or old.problems != new.problems:
            presets.show(new)
        elif (old.marked, old.drafts) != (new.marked, new.drafts):
            presets.show_marks(new)
        presets.go_to(new.highlighted)

    def _show_data(self, lab: Lab) -> None:
        scatter, preview = self.query_one(Scatter), lab.previews.get(lab.highlighted)
        error = lab.broken.get(lab.highlighted)
        if scatter.preview is not preview or scatter.error is not error:
            scatter.preview, scatter.error = preview, error
            scatter.redraw()

    def _show_runs(self, old: Lab, new: Lab) -> None:
        """Show the runs; while a study runs, its events wait for the next tick."""
        chart = self.query_one(Chart)
        chart.show(new, new.runs)
        if not (old.running and new.running) or old.view != new.view:
            chart.draw_new_epochs()
        if _legend(old) != _legend(new):
            self._show_legend(new)
        if old.runs != new.runs or old.view.strips != new.view.strips:
            self.query_one(Results).show(new, now=old.view != new.view)

    def _show_legend(self, lab: Lab) -> None:
        pane = self.query_one("#curves")
        if not lab.runs:
            self.query_one(Legend).show_text(Text())
            pane.border_title, pane.border_subtitle = lab.view.quantity.capitalize(), ""
            return
        from hiss.tui.charts.curves import key, legend, shown_quantity

        self.query_one(Legend).show_text(legend(lab.runs, self.look))
        quantity = shown_quantity(lab, lab.runs).capitalize()
        pane.border_title = Text(titled(f"{quantity}{_followed(lab)}", lab.runs))
        pane.border_subtitle = key(lab.view, lab.runs, self.look)


def _followed(lab: Lab) -> str:
    """Say how many test rows the curves follow where they are not all."""
    rows = {run.curves.rows.curve_test_rows for run in lab.runs if run.curves and run.curves.rows}
    return "".join(f" on {count:,} test rows" for count in rows if count)


def _drawn(lab: Lab) -> tuple[object, ...]:
    """Return what the chart of curves and the results depend on."""
    return lab.runs, lab.previews, lab.view


def _legend(lab: Lab) -> tuple[object, ...]:
    """Return what the legend and the titles of the chart depend on."""
    runs = [(run.name, run.setting, run.curves is None, run.failed) for run in lab.runs]
    return runs, lab.view
