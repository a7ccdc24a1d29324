"""The board of the comparison, and the texts of its titles and lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from hiss.tui.state import comparing, plan
from hiss.tui.state.settings import SEVERAL, counted
from hiss.tui.widgets.charts import Chart
from hiss.tui.widgets.comparison import ArmDetail, Verdicts, compared_runs
from hiss.tui.widgets.lines import Legend, PlanLine, TitleLine
from hiss.tui.widgets.live_board import LiveBoard
from hiss.tui.widgets.readout import ReadoutLine

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab


def planned(lab: Lab) -> str:
    """Return which arms are compared, and with what."""
    arms = comparing.arms(lab)
    names = ", ".join(arm.name.rpartition("/")[2] for arm in arms)
    base = lab.comparing.baseline.rpartition("/")[2]
    against = f"against {base}" if base else "against their baselines"
    if lab.comparing.warning:
        return f"! no pairs: {lab.comparing.warning} · {against}"
    return f"{names} · {against}" if arms else ""


def caption(lab: Lab) -> str:
    """Return the title of the table: the metric, its unit, and what is shaded."""
    found = lab.comparing.comparisons
    if not found:
        return "Verdicts"
    from hiss.tui.tables import comparison as verdict_tables

    return verdict_tables.caption(found)


def progress(lab: Lab) -> str:
    """Return whether the comparison is interim or has all declared repeats."""
    found = lab.comparing.comparisons
    if not found:
        return ""
    declared = counted(found[0].declared, "repeat")
    if not any(one.interim for one in found):
        return f"{declared}, as declared"
    return (
        f"interim · {declared} declared" if any(one.n for one in found) else f"{declared} declared"
    )


def made(lab: Lab) -> str:
    """Return the seed and the mode of the comparison on the screen; empty before it is trained."""
    if not lab.comparing.runs:
        return ""
    settings = {run.setting for run in lab.comparing.runs}
    if len(settings) > 1:
        return SEVERAL
    setting = settings.pop()
    seed, _, mode = setting.words
    return " · ".join(filter(None, (seed, mode, setting.kept)))


def idle(lab: Lab, width: int) -> str:
    """Return what a start would train."""
    count = len(comparing.arms(lab))
    if count < 2:
        return "p chooses presets to compare"
    repeats = plan.repeats(lab, "compare")
    return f"{count} arms × {counted(repeats, 'repeat')} · enter trains them"


class CompareBoard(LiveBoard):
    """Shows every arm against its baseline, and one of them in detail."""

    PANES: ClassVar = ("verdicts", "arm", "curves")

    def compose(self) -> ComposeResult:
        """Lay out the verdicts above one arm's detail and curves."""
        yield TitleLine("compare")
        yield PlanLine(planned)
        with Vertical(id="panes"):
            with Vertical(id="verdicts", classes="pane"):
                yield Verdicts()
            with Horizontal(id="below"):
                with Vertical(id="arm", classes="pane"):
                    yield ArmDetail()
                with Vertical(id="curves", classes="pane"):
                    yield Legend(id="legend")
                    yield Chart(hint=())
        yield ReadoutLine(idle)

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states, and have new scores compared."""
        from hiss.tui.workers.questions import about_comparison

        self.ask("comparison", about_comparison(new))
        self.query_one(PlanLine).show(new)
        for picture in (self.query_one(Verdicts), self.query_one(ArmDetail)):
            if picture.lab is None or _shown(picture.lab) != _shown(new):
                picture.lab = new
                picture.redraw()
        self._show_titles(new)
        self._show_curves(old, new)

    def urgent(self, lab: Lab) -> object:
        """Return what the user has set, and what was computed for it."""
        return replace(lab.comparing, runs=()), lab.view, lab.declared, lab.seed, lab.mode

    def draw_new_epochs(self) -> float:
        """Draw the epochs trained since the last drawing, and return the seconds it took."""
        chart = self.query_one(Chart)
        chart.draw_new_epochs()
        return chart.cost

    def apply_theme(self) -> None:
        """Draw the pictures in the colours of the theme."""
        self.query_one(ArmDetail).look = self.query_one(Chart).look = self.look
        for picture in (self.query_one(Verdicts), self.query_one(ArmDetail), self.query_one(Chart)):
            picture.redraw()
        self._show_legend(self.console.lab)

    def _show_titles(self, lab: Lab) -> None:
        pane, current = self.query_one("#verdicts"), lab.comparing.current
        pane.border_title = Text(caption(lab))
        pane.border_subtitle = Text(" · ".join(filter(None, (made(lab), progress(lab)))))
        name = current.arm.rpartition("/")[2] if current else "Arm"
        self.query_one("#arm").border_title = Text(name)

    def _show_curves(self, old: Lab, new: Lab) -> None:
        current, chart = new.comparing.current, self.query_one(Chart)
        runs = compared_runs(new, current) if current else ()
        chart.show(new, runs)
        if not (old.running and new.running) or self.urgent(old) != self.urgent(new):
            chart.draw_new_epochs()
        self._show_legend(new)

    def _show_legend(self, lab: Lab) -> None:
        current, pane = lab.comparing.current, self.query_one("#curves")
        if current is None or not (runs := compared_runs(lab, current)):
            self.query_one(Legend).show_text(Text())
            return
        from hiss.tui.charts.curves import key, legend, shown_quantity

        self.query_one(Legend).show_text(legend(runs, self.look))
        pane.border_title = Text(shown_quantity(lab, runs).capitalize())
        pane.border_subtitle = key(lab.view, runs, self.look)


def _shown(lab: Lab) -> tuple[object, ...]:
    """Return what the verdicts and an arm's detail depend on."""
    return lab.comparing.comparisons, lab.comparing.cursor, lab.comparing.runs
