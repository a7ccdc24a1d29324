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
from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import plan, sweeping
from hiss.tui.state.model import Lab, Runs
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
        Binding("left", "move(-1, 0)", "left", False, id="list.left",
                tooltip="Select the point to the left"),
        Binding("right", "move(1, 0)", "right", False, id="list.right",
                tooltip="Select the point to the right"),
        Binding("up", "move(0, -1)", "up", False, id="list.up", tooltip="Select the point above"),
        Binding("down", "move(0, 1)", "down", False, id="list.down",
                tooltip="Select the point below"),
        *CurvesScreen.BINDINGS,
        Binding("C", "clear", "clear", False, id="study.clear",
                tooltip="Remove the runs and the findings"),
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what the state forbids."""
        if action == "ask_strengths" and parameters == (True,):
            return True if _two_sites(self.lab) else None
        if (allowed := permitted(self.lab, action)) is not None:
            return True if allowed else None
        return super().check_action(action, parameters)

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
            self._start_stage(sweeping.started(self.lab, search, study), study)

    def action_refine(self) -> None:
        """Train more points about the plateau."""
        from hiss.studies.sweep import finer_study

        findings = self.lab.sweeping.findings
        study = finer_study(findings.found) if findings else None
        if study is None:
            self.app.notify("The grid is fine enough about its plateau.")
        else:
            self._start_stage(sweeping.continued(self.lab, "finer", study), study)

    def action_confirm(self) -> None:
        """Train the best point and no noise on fresh replicates."""
        from hiss.studies.sweep import confirmation_study

        findings = self.lab.sweeping.findings
        study = confirmation_study(findings.found) if findings else None
        if study is not None:
            self._start_stage(sweeping.continued(self.lab, "confirmation", study), study)

    def _start_stage(self, lab: Lab, study: Study) -> None:
        self.lab = lab
        self.console.engine_thread.run(study)

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

    def action_move(self, across: int, down: int) -> None:
        """Select a neighbouring point."""
        self.lab = sweeping.moved(self.lab, across, down)

    def action_clear(self) -> None:
        """Remove the runs and the findings."""
        self.lab = sweeping.cleared(self.lab)

    def commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands of this screen in the palette, one for each preset."""
        return {
            f"preset: Sweep {one.name}": partial(self._chosen, (one.name,))
            for one in self.lab.experiments
        }


def permitted(lab: Lab, action: str) -> bool | None:
    """Return whether a state allows an action; None for actions of other classes."""
    now = lab.sweeping
    found = now.findings
    done = not lab.running and found is not None and now.settled and found.best is not None
    match action:
        case "sweep":
            return not lab.running and plan.search_site(lab) is not None
        case "ask_strengths":
            return plan.search_site(lab) is not None
        case "refine":
            return done and now.shown is not None and len(now.shown.axes) == 1
        case "confirm":
            return done and found is not None and found.best != found.found.search.zero_noise
        case "choose" | "next_site":
            return bool(lab.experiments)
        case "move":
            return now.shown is not None
        case "clear":
            return now.study is not None and not (lab.running and lab.where == "sweep")
        case _:
            return None


def _two_sites(lab: Lab) -> bool:
    from hiss.errors import EngineError

    try:
        return len(plan.search_of(lab).axes) == 2
    except EngineError:
        return False
