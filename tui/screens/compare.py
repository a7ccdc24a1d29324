"""The screen on which experiments are compared with their baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.mixins.curves import CurvesScreen
from hiss.tui.screens.mixins.panes import PanesScreen, pane_bindings
from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import comparing, plan
from hiss.tui.state.model import Lab, Runs
from hiss.tui.widgets.compare_board import CompareBoard
from hiss.tui.widgets.comparison import compared_runs
from hiss.tui.widgets.keybar import KeyBar


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
                tooltip="Compare on the next score: accuracy, loss, Brier score …"),
        *StudyScreen.BINDINGS,
        Binding("up", "move(-1)", "up", False, id="list.up", tooltip="Select the arm above"),
        Binding("down", "move(1)", "down", False, id="list.down", tooltip="Select the arm below"),
        *CurvesScreen.REPEATS,
        Binding("B", "toggle_band", "band", False, id="view.band",
                tooltip="Switch the band about the mean between SD and 95 % CI"),
        Binding("L", "toggle_quantity", "loss curves", False, id="view.quantity",
                tooltip="Switch the curves between accuracy and loss"),
        Binding("c", "clear", "clear", id="study.clear", tooltip="Remove the runs"),
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what the state forbids."""
        if action in ("compare", "clear", "next_baseline", "move", "choose"):
            return True if permitted(self.lab, action) else None
        return super().check_action(action, parameters)

    def action_compare(self) -> None:
        """Train all arms."""
        arms, device = comparing.arms(self.lab), self.console.engine_thread.device
        self.console.start(plan.study_of(self.lab, arms, self.NAME, device), compared=True)

    def action_choose(self) -> None:
        """Ask for the presets to compare."""
        from hiss.tui.screens.dialogs.choose import ChooseDialog

        lab = replace(self.lab, marked=frozenset(self.lab.comparing.targets))
        mark = self.console.glyphs.mark
        self.app.push_screen(ChooseDialog(lab, "Compare", True, mark), self._chosen)

    def _chosen(self, names: tuple[str, ...] | None) -> None:
        if names:
            self.lab = comparing.targeted(self.lab, names)

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

    def commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands of this screen in the palette, one for each preset."""
        if not permitted(self.lab, "choose"):
            return {}
        return {
            f"preset: Compare {one.name} with its baseline": partial(self._chosen, (one.name,))
            for one in self.lab.experiments
        }


def permitted(lab: Lab, action: str) -> bool:
    """Return whether a state allows an action."""
    trains = lab.running and lab.study is lab.comparing.study
    match action:
        case "compare":
            return not lab.running and len(comparing.arms(lab)) > 1
        case "clear":
            return not trains and lab.comparing.study is not None
        case "choose":
            return not trains and bool(lab.experiments)
        case "next_baseline":
            return len(comparing.arms(lab)) > 1
        case _:
            return len(lab.comparing.comparisons) > 1
