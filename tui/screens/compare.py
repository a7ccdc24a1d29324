"""The screen on which experiments are compared with their baselines."""

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
from hiss.tui.state import comparing, plan
from hiss.tui.state.model import Lab, Runs, Waiting
from hiss.tui.widgets.compare_board import CompareBoard
from hiss.tui.widgets.comparison import compared_runs
from hiss.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.tui.state.explaining import Asked


class CompareScreen(StudyScreen, CurvesScreen, PanesScreen, inherit_bindings=False):
    """Has the keys for choosing arms, baseline and metric, and for selecting an arm."""

    NAME = "compare"
    PANES = CompareBoard.PANES
    CSS_PATH: ClassVar = ["panes.tcss", "compare.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "compare", "train", id="study.train",
                tooltip="Train all arms with the declared repeats, and compare them"),
        Binding("p", "choose", "presets", id="preset.choose",
                tooltip="Choose the presets to compare"),
        Binding("b", "next_baseline", "baseline", id="view.baseline",
                tooltip="Compare with the next arm, or with each arm's own baseline"),
        Binding("l", "next_metric", "metric", id="view.metric",
                tooltip="Compare on the next score: accuracy, loss, F1, ROC-AUC …"),
        *StudyScreen.BINDINGS,
        *StudyScreen.EXPLAIN,
        Binding("up", "move(-1)", "up", False, id="list.up", tooltip="Select the arm above"),
        Binding("down", "move(1)", "down", False, id="list.down", tooltip="Select the arm below"),
        *CurvesScreen.REPEATS,
        Binding("B", "toggle_band", "band", False, id="view.band",
                tooltip="Switch the band about the mean between SD and 95 % CI"),
        Binding("L", "toggle_quantity", "loss curves", False, id="view.quantity",
                tooltip="Switch the curves between accuracy and loss"),
        Binding("c", "clear", "clear", id="study.clear", tooltip="Remove the runs"),
        Binding("u", "restore", "undo clear", False, id="study.restore",
                tooltip="Bring back the comparison that was cleared, or followed by this one"),
        *ConsoleScreen.BINDINGS,
        *pane_bindings(CompareBoard.PANES),
    ]  # fmt: skip

    def compose(self) -> ComposeResult:
        """Lay out the panes above the line of keys."""
        yield CompareBoard()
        yield KeyBar()

    @property
    def drawn_runs(self) -> Runs:
        """The runs whose curves are on the screen."""
        current = self.lab.comparing.current
        return compared_runs(self.lab, current) if current else ()

    @property
    def shown_study(self) -> Study | None:
        """The study whose arms are compared."""
        return self.lab.comparing.study

    @property
    def asked(self) -> Asked | None:
        """What E explains: the arms, against the baseline that is chosen."""
        asked, baseline = super().asked, self.lab.comparing.baseline
        if asked is None or baseline not in {arm.name for arm in asked.study.arms}:
            return asked
        return replace(asked, baseline=baseline)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action in OWN:
            return refusal(self.lab, action)
        return super().refusal(action, parameters)

    def action_compare(self) -> None:
        """Train all arms; ask first where they have more repeats already."""
        arms, device = comparing.arms(self.lab), self.console.engine_thread.device
        study = plan.study_of(self.lab, arms, self.NAME, device)
        shown = (*self.lab.comparing.runs, *self.lab.runs)
        self.replace_runs(shown, Waiting(study, "compare"))

    def action_choose(self) -> None:
        """Ask for the presets to compare."""
        from hiss.tui.screens.dialogs.choose import ChooseDialog

        lab = replace(self.lab, marked=frozenset(self.lab.comparing.targets))
        mark = self.console.glyphs.mark
        self.app.push_screen(ChooseDialog(lab, "Compare", True, mark), self._chosen)

    def _chosen(self, names: tuple[str, ...] | None) -> None:
        if names:
            trained = self.lab.comparing.study is not None
            self.lab = comparing.targeted(self.lab, names)
            if trained and self.lab.comparing.study is None:
                self.say("u brings the last comparison back.")

    def action_next_baseline(self) -> None:
        """Compare with the next arm, or with each arm's own baseline."""
        self.lab = comparing.baseline_cycled(self.lab)

    def action_next_metric(self) -> None:
        """Compare on the next score."""
        self.lab = comparing.metric_cycled(self.lab)

    def action_move(self, step: int) -> None:
        """Select a neighbouring arm."""
        self.lab = comparing.cursor_moved(self.lab, step)

    def action_clear(self) -> None:
        """Remove the runs."""
        self.lab = comparing.cleared(self.lab)
        self.say("Cleared: u brings it back.")

    def action_restore(self) -> None:
        """Bring back what was cleared, or given up for other presets."""
        self.lab = comparing.restored(self.lab)

    def commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands of this screen in the palette, one for each preset."""
        if refusal(self.lab, "choose"):
            return {}
        return {
            f"preset: Compare {one.name} with its baseline": partial(self._chosen, (one.name,))
            for one in self.lab.experiments
        }


OWN = ("compare", "clear", "restore", "next_baseline", "move", "choose")
"""Actions of this screen that a state may forbid."""


def refusal(lab: Lab, action: str) -> str:
    """Return why a state does not allow an action of this screen; empty if it does."""
    trains = lab.running and lab.study is lab.comparing.study
    few = len(comparing.arms(lab)) < 2
    match action:
        case "compare" if lab.comparing.warning is not None:
            return "These arms are of several studies: p chooses presets to train."
        case "compare" | "next_baseline" if few:
            return "Two arms are needed at least: p chooses presets."
        case "clear" | "choose" | "restore" if trains:
            return "This comparison is being trained: x stops it."
        case "clear" if lab.comparing.study is None:
            return NOTHING_TO_CLEAR
        case "restore" if lab.comparing.before is None:
            return NOTHING_CLEARED
        case "choose" if not lab.experiments:
            return READING
        case "move" if len(lab.comparing.comparisons) < 2:
            return "There is no other arm to select."
        case _:
            return ""
