"""The screen on which an experiment is swept over noise strengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.mixins.curves import CurvesScreen
from hiss.tui.screens.mixins.panes import PanesScreen, pane_bindings
from hiss.tui.screens.mixins.study import (
    NOTHING_CLEARED,
    NOTHING_TO_CLEAR,
    READING,
    StudyScreen,
)
from hiss.tui.state import plan, queue, sweeping
from hiss.tui.state.explaining import Asked
from hiss.tui.state.model import Lab, Runs, Stage, Sweeping, Waiting
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.sweep_board import SweepBoard

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.studies.search import Grid


class SweepScreen(StudyScreen, CurvesScreen, PanesScreen, inherit_bindings=False):
    """Has the keys for planning a sweep, for its stages, and for selecting a point."""

    NAME = "sweep"
    PANES = SweepBoard.PANES
    CSS_PATH: ClassVar = ["panes.tcss", "sweep.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "sweep", "sweep", id="study.sweep",
                tooltip="Train every point of the grid"),
        Binding("d", "ask_strengths(False)", "grid", id="study.strengths",
                tooltip="Enter the strengths to sweep"),
        Binding("p", "choose", "preset", id="preset.choose",
                tooltip="Choose the preset to sweep"),
        Binding("f", "refine", "finer", id="study.refine",
                tooltip="Add points about the plateau, on the same seeds"),
        Binding("c", "confirm", "confirm", id="study.confirm",
                tooltip="Train the best point and no noise again, on fresh repeats"),
        Binding("o", "next_site(False)", "site", id="study.site",
                tooltip="Put the noise at the next site in the network"),
        Binding("O", "next_site(True)", "second site", False, id="study.site2",
                tooltip="Vary the strength at a second site too, or at none"),
        Binding("D", "ask_strengths(True)", "second grid", False, id="study.strengths2",
                tooltip="Enter the strengths at the second site"),
        *StudyScreen.BINDINGS,
        *StudyScreen.EXPLAIN,
        Binding("left", "move(-1, 0)", "left", False, id="list.left",
                tooltip="Select the point to the left"),
        Binding("right", "move(1, 0)", "right", False, id="list.right",
                tooltip="Select the point to the right"),
        Binding("up", "move(0, -1)", "up", False, id="list.up", tooltip="Select the point above"),
        Binding("down", "move(0, 1)", "down", False, id="list.down",
                tooltip="Select the point below"),
        *CurvesScreen.BINDINGS,
        Binding("L", "next_metric", "metric", False, id="view.metric",
                tooltip="Judge by the next score: accuracy, loss, F1, ROC-AUC …"),
        Binding("C", "clear", "clear", False, id="study.clear",
                tooltip="Remove the runs and the findings"),
        Binding("u", "restore", "undo clear", False, id="study.restore",
                tooltip="Bring back the sweep that was cleared, or followed by this one"),
        *ConsoleScreen.BINDINGS,
        *pane_bindings(SweepBoard.PANES),
    ]  # fmt: skip

    def compose(self) -> ComposeResult:
        """Lay out the panes above the line of keys."""
        yield SweepBoard()
        yield KeyBar()

    @property
    def drawn_runs(self) -> Runs:
        """The runs whose curves are on the screen."""
        run = sweeping.run_at(self.lab, sweeping.place(self.lab))
        return (run,) if run else ()

    @property
    def asked(self) -> Asked | None:
        """What E explains: all points of the grid, with those added to it."""
        now = self.lab.sweeping
        if now.study is None or now.shown is None:
            return None
        return Asked(now.shown.study(), now.kept, search=now.shown)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action in OWN:
            return refusal(self.lab, action, second=parameters == (True,))
        return super().refusal(action, parameters)

    def action_sweep(self) -> None:
        """Train every point of the grid."""
        from hiss.errors import EngineError
        from hiss.tui.workers.messages import Refused

        try:
            search = plan.search_of(self.lab, self.console.engine_thread.device)
            study = search.study()
        except EngineError as error:
            self.app.post_message(Refused(error))
        else:
            self.replace_runs(self.lab.sweeping.runs, Waiting(study, "sweep", search))

    def action_refine(self) -> None:
        """Train more points about the plateau."""
        from hiss.studies.sweep import finer_study

        findings = self.lab.sweeping.findings
        study = finer_study(findings.found) if findings else None
        if study is None:
            self.app.notify("The grid is fine enough about its plateau.")
        else:
            self._start_stage("finer", study)

    def action_confirm(self) -> None:
        """Train the best point and no noise on fresh replicates."""
        from hiss.studies.sweep import confirmation_study

        findings = self.lab.sweeping.findings
        study = confirmation_study(findings.found) if findings else None
        if study is not None:
            self._start_stage("confirmation", study)

    def _start_stage(self, stage: Stage, study: Study) -> None:
        now = self.lab.sweeping
        self.start(Waiting(study, "sweep", now.search, stage, sweep=now))

    def action_choose(self) -> None:
        """Ask for the preset to sweep."""
        from hiss.tui.screens.dialogs.choose import ChooseDialog

        lab = replace(self.lab, marked=frozenset(), highlighted=self.lab.sweeping.target)
        screen = ChooseDialog(lab, "Sweep", False, self.console.glyphs.mark)
        self.app.push_screen(screen, self._chosen)

    def _chosen(self, names: tuple[str, ...] | None) -> None:
        if names:
            self.lab = sweeping.targeted(self.lab, names[0])

    def action_next_site(self, second: bool) -> None:
        """Plan to put the noise at the next site."""
        grid = plan.next_site(self.lab, second)
        if grid is not None:
            self.lab = sweeping.gridded(self.lab, grid)

    def action_ask_strengths(self, second: bool) -> None:
        """Ask for the strengths at one of the sites."""
        from hiss.studies.search import parse_strengths
        from hiss.tui.screens.dialogs.ask import InputDialog

        lab = self.lab
        axis = plan.search_of(lab).axes[second]
        value = ",".join(f"{one:.12g}" for one in axis.strengths)

        def parse(text: str) -> tuple[Grid, str]:
            strengths = parse_strengths(text, "strengths")
            now = self._named_grid()
            grid = (
                replace(now, strengths2=strengths) if second else replace(now, strengths=strengths)
            )
            plan.search_of(lab, grid=grid)
            return grid, "Numbers with commas between them"

        def accept(grid: Grid | None) -> None:
            if grid is not None:
                self.lab = sweeping.gridded(self.lab, grid)

        question = f"Strengths at {axis.site.name}"
        self.app.push_screen(InputDialog(question, value, parse, select=True), accept)

    def _named_grid(self) -> Grid:
        """The planned grid."""
        experiment = sweeping.target(self.lab)
        assert experiment is not None
        return self.lab.sweeping.grid or plan.suitable_grid(experiment)

    def action_next_metric(self) -> None:
        """Judge points by the next score."""
        self.lab = sweeping.metric_cycled(self.lab)

    def action_move(self, across: int, down: int) -> None:
        """Select a neighbouring point."""
        self.lab = sweeping.moved(self.lab, across, down)

    def action_clear(self) -> None:
        """Remove the runs and the findings."""
        self.lab = sweeping.cleared(self.lab)
        self.say("Cleared: u brings it back.")

    def action_restore(self) -> None:
        """Bring back what was cleared."""
        self.lab = sweeping.restored(self.lab)

    def commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands of this screen in the palette, one for each preset."""
        return {
            f"preset: Sweep {one.name}": partial(self._chosen, (one.name,))
            for one in self.lab.experiments
        }


OWN = (
    *("sweep", "refine", "confirm", "ask_strengths", "next_site"),
    *("choose", "move", "clear", "restore", "next_metric"),
)
"""Actions of this screen that a state may forbid."""


def refusal(lab: Lab, action: str, second: bool = False) -> str:
    """Return why a state does not allow an action of this screen; empty if it does.

    Args:
        lab: The state.
        action: The name of the action.
        second: Whether it is about the second site.
    """
    now, trains = lab.sweeping, lab.running and lab.where == "sweep"
    match action:
        case "refine" | "confirm" if trains:
            return "This sweep is being trained: what follows from it can be started then."
        case "refine" | "confirm" if queue.stage_waits(lab):
            return "A further stage of this sweep waits already: Q shows it."
        case "refine" | "confirm":
            return _refused_stage(now, action)
        case "choose" | "next_site" if not lab.experiments:
            return READING
        case "sweep" | "ask_strengths" | "next_site":
            return plan.obstacle(lab) or _refused_site(lab, action, second)
        case "next_metric" if not sweeping.metrics(lab):
            return "There are no scores yet: enter sweeps."
        case "next_metric" if now.stage != "grid":
            return "The further stages were chosen by this score: enter sweeps again."
        case "move" if now.shown is None:
            return "There is no grid yet: enter sweeps."
        case "clear" | "restore" if trains:
            return "This sweep is being trained: x stops it."
        case "clear" if now.study is None:
            return NOTHING_TO_CLEAR
        case "restore" if now.before is None:
            return NOTHING_CLEARED
        case _:
            return ""


def _refused_stage(now: Sweeping, action: str) -> str:
    """Return why a sweep has no such further stage."""
    found = now.findings
    if found is None or now.shown is None:
        return "There are no findings yet: enter sweeps."
    if not now.settled:
        return "The scores are being summarised: try again in a moment."
    if found.best is None:
        return "No point has a score."
    if action == "refine" and len(now.shown.axes) > 1:
        return "A grid over two strengths cannot be refined: d and D set its strengths."
    if action == "confirm" and found.best == found.found.search.zero_noise:
        return "No noise is best: there is nothing to confirm."
    return ""


def _refused_site(lab: Lab, action: str, second: bool) -> str:
    """Return why there is no such site."""
    if action == "next_site" and not plan.other_sites(lab, second):
        where = "further site" if second else "other site"
        return f"{lab.sweeping.target} has no {where} for noise."
    if action == "ask_strengths" and second and len(plan.search_of(lab).axes) < 2:
        return "There is no second site: O puts noise at one."
    return ""
