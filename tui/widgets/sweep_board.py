"""The board of the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from hiss.tui.state import sweeping
from hiss.tui.state.settings import titled
from hiss.tui.widgets.charts import Chart
from hiss.tui.widgets.lines import AutoHeightText, PlanLine, TitleLine
from hiss.tui.widgets.live_board import LiveBoard
from hiss.tui.widgets.readout import ReadoutLine
from hiss.tui.widgets.sweep import (
    SweepFound,
    SweepGrid,
    idle,
    marks,
    planned,
    point_lines,
    point_title,
    title,
)

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab


class SweepBoard(LiveBoard):
    """Shows the grid, the point at the cursor, and the findings."""

    PANES: ClassVar = ("grid", "point", "found")

    def compose(self) -> ComposeResult:
        """Lay out the grid beside a point, above the findings."""
        yield TitleLine("sweep")
        yield PlanLine(planned)
        with Vertical(id="panes"):
            with Horizontal(id="above"):
                with Vertical(id="grid", classes="pane"):
                    yield SweepGrid()
                with Vertical(id="point", classes="pane"):
                    yield AutoHeightText(id="numbers")
                    yield Chart(hint=())
            with Vertical(id="found", classes="pane"):
                yield SweepFound()
        yield ReadoutLine(idle)

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states, and have new scores summarised."""
        from hiss.tui.workers.questions import about_sweep

        self.ask("sweep", about_sweep(new))
        self.query_one(PlanLine).show(new)
        for picture in (self.query_one(SweepGrid), self.query_one(SweepFound)):
            if picture.lab is None or _shown(picture.lab) != _shown(new):
                picture.lab = new
                picture.redraw()
        self._show_titles(new)
        self._show_point(old, new)

    def urgent(self, lab: Lab) -> object:
        """Return what the user has set, and what was computed for it."""
        now = lab.sweeping
        plan = (now.target, now.grid, now.stage, now.findings, now.place)
        return plan, lab.view, lab.declared, lab.seed, lab.mode

    def draw_new_epochs(self) -> float:
        """Draw the epochs trained since the last drawing, and return the seconds it took."""
        chart = self.query_one(Chart)
        chart.draw_new_epochs()
        return chart.cost

    def apply_theme(self) -> None:
        """Draw the pictures in the colours of the theme."""
        self.query_one(SweepGrid).look = self.query_one(Chart).look = self.look
        for picture in (
            self.query_one(SweepGrid),
            self.query_one(SweepFound),
            self.query_one(Chart),
        ):
            picture.redraw()

    def _show_titles(self, lab: Lab) -> None:
        grid, glyphs = self.query_one("#grid"), self.look.glyphs
        grid.border_title = Text(title(lab))
        grid.border_subtitle = marks(lab, (glyphs.best, glyphs.plateau))
        found = self.query_one("#found")
        found.border_title = Text(titled("Found", lab.sweeping.runs))
        point = point_title(lab.sweeping.shown, sweeping.place(lab))
        self.query_one("#point").border_title = Text(point)

    def _show_point(self, old: Lab, new: Lab) -> None:
        place, chart = sweeping.place(new), self.query_one(Chart)
        width = self.query_one("#point").content_size.width
        self.query_one(AutoHeightText).show_text(Text("\n".join(point_lines(new, place, width))))
        run = sweeping.run_at(new, place)
        chart.show(new, (run,) if run else ())
        if not (old.running and new.running) or old.view != new.view or _moved(old, new):
            chart.draw_new_epochs()


def _shown(lab: Lab) -> tuple[object, ...]:
    """Return what the grid and the findings depend on."""
    return lab.sweeping.findings, lab.sweeping.shown, sweeping.place(lab), lab.view.quantity


def _moved(old: Lab, new: Lab) -> bool:
    return sweeping.place(old) != sweeping.place(new)
