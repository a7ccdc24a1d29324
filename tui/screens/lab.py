"""The screen on which presets are chosen and trained."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.mixins.curves import CurvesScreen
from hiss.tui.screens.mixins.panes import PanesScreen, pane_bindings
from hiss.tui.screens.mixins.preset_keys import PresetScreen
from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import plan, transitions, view
from hiss.tui.state.settings import MOST_REPEATS
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.lab_board import LabBoard
from hiss.tui.widgets.presets import PresetList

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment


class LabScreen(PresetScreen, CurvesScreen, PanesScreen, inherit_bindings=False):
    """Has the keys for choosing and training presets, and for their curves."""

    NAME = "lab"
    PANES = LabBoard.PANES
    CSS_PATH: ClassVar = ["panes.tcss", "lab.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "train", "train", id="study.train",
                tooltip="Train the marked presets, else the selected one"),
        Binding("space", "mark", "mark", id="preset.mark", tooltip="Mark or unmark the preset"),
        Binding("a", "mark_group", "all", id="preset.group",
                tooltip="Mark or unmark the preset's whole group"),
        *CurvesScreen.QUANTITY,
        *StudyScreen.STOP,
        *PresetScreen.BINDINGS,
        *StudyScreen.SETTINGS,
        *CurvesScreen.BAND,
        *CurvesScreen.REPEATS,
        *StudyScreen.EXPLAIN,
        Binding("r", "rerun", "rerun", id="study.rerun", tooltip="Run the last study again"),
        Binding("c", "clear", "clear", id="study.clear", tooltip="Remove the runs from the screen"),
        Binding("u", "restore", "undo clear", False, id="study.restore",
                tooltip="Bring back the runs that were cleared or replaced"),
        Binding("p", "toggle_strips", "points", False, id="view.strips",
                tooltip="Switch between the table and every repeat's score as a point"),
        *ConsoleScreen.BINDINGS,
        Binding("exclamation_mark", "show_problems", "broken", False, "!", id="preset.problems",
                tooltip="Show the presets that cannot be read"),
        *pane_bindings(LabBoard.PANES),
    ]  # fmt: skip

    def compose(self) -> ComposeResult:
        """Lay out the panes above the line of keys."""
        yield LabBoard()
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the cursor at once: a message would arrive after the next key."""
        self.watch(self.query_one(PresetList), "highlighted", self._move_cursor, init=False)

    def _move_cursor(self) -> None:
        name = self.query_one(PresetList).selected
        if name and name != self.lab.highlighted:
            self.lab = transitions.highlighted(self.lab, name)

    @on(PresetList.DoubleClicked)
    def train_clicked(self) -> None:
        """Train the preset that was double-clicked."""
        if self.lab.experiment is None:
            self.say(self.refusal("train", ()))
        else:
            self.train((self.lab.experiment,))

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action == "toggle_strips" and not self.lab.runs:
            return "There are no scores yet."
        return super().refusal(action, parameters)

    def action_train(self) -> None:
        """Train the marked presets, else the selected one."""
        self.train(self.lab.chosen)

    def action_rerun(self) -> None:
        """Run the last study again, with the present seed and number of repeats."""
        if self.lab.study is not None:
            self.train(self.lab.study.arms)

    def action_clear(self) -> None:
        """Remove the runs from the screen."""
        self.lab = transitions.cleared(self.lab)
        self.say("Cleared: u brings it back.")

    def action_restore(self) -> None:
        """Bring back what was cleared."""
        self.lab = transitions.restored(self.lab)

    def action_cycle_repeats(self) -> None:
        """Set the next usual number of repeats."""
        self.lab = transitions.repeats_cycled(self.lab)

    def action_ask_repeats(self) -> None:
        """Ask for the number of repeats."""
        now = plan.repeats(self.lab, self.NAME)
        self.ask("Repeats of every preset", now, (1, MOST_REPEATS), transitions.repeats_set)

    def action_mark(self) -> None:
        """Mark or unmark the selected preset."""
        self.lab = transitions.mark_toggled(self.lab)

    def action_mark_group(self) -> None:
        """Mark or unmark all presets of its group."""
        self.lab = transitions.group_toggled(self.lab)

    def action_toggle_strips(self) -> None:
        """Draw every repeat's score, or the table."""
        self.lab = transitions.viewed(self.lab, view.strips_toggled(self.lab.view))

    def action_show_problems(self) -> None:
        """Show which presets cannot be read, and why."""
        from hiss.tui.screens.dialogs.notice import ProblemDialog

        problems = self.lab.problems
        text = "\n".join(problem.message for problem in problems)
        self.app.push_screen(ProblemDialog(text, problems[0].hint))

    def commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands of this screen in the palette: presets to train, drafts to edit."""
        return self.draft_commands() | {
            f"preset: Train {one.name}": partial(self._train_named, one)
            for one in self.lab.experiments
        }

    def _train_named(self, experiment: Experiment) -> None:
        """Select a preset and train it."""
        self.lab = transitions.highlighted(self.lab, experiment.name)
        self.train((experiment,))
