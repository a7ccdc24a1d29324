"""What all screens that start studies share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import plan, transitions
from hiss.tui.state.model import Lab

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment

MOST_REPEATS = 10_000
LARGEST_SEED = 2**31 - 1


class StudyScreen(ConsoleScreen):
    """Starts and stops studies; sets their repeats, their seed and their mode."""

    STOP: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "stop", id="study.stop",
                tooltip="Stop training and keep the results so far"),
    ]  # fmt: skip
    SETTINGS: ClassVar[list[BindingType]] = [
        Binding("n", "cycle_repeats", "repeats", id="study.repeats",
                tooltip="Set the next usual number of repeats: 1, 10, 30 or 100"),
        Binding("N", "ask_repeats", "repeats …", False, id="study.ask_repeats",
                tooltip="Enter the number of repeats"),
        Binding("s", "next_seed", "seed", id="study.seed", tooltip="Use the next seed"),
        Binding("S", "ask_seed", "seed …", False, id="study.ask_seed", tooltip="Enter the seed"),
        Binding("M", "cycle_mode", "mode", False, id="study.mode",
                tooltip="Repeat on the same rows (article), on fresh ones (task), or as proposed"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*STOP, *SETTINGS]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what the state forbids."""
        if not super().check_action(action, parameters):
            return False
        return True if permitted(self.lab, action) else None

    def train(self, experiments: tuple[Experiment, ...]) -> None:
        """Start a study of these experiments."""
        study = plan.study_of(self.lab, experiments, self.NAME, self.console.engine_thread.device)
        self.console.start(study)

    def action_stop(self) -> None:
        """Stop the running study."""
        self.lab = transitions.stop_asked(self.lab)
        self.console.engine_thread.stop()

    def action_cycle_repeats(self) -> None:
        """Set the next usual number of repeats."""
        self.lab = transitions.declared_cycled(self.lab)

    def action_next_seed(self) -> None:
        """Use the next seed."""
        self.lab = transitions.seed_set(self.lab, self.lab.seed + 1)

    def action_cycle_mode(self) -> None:
        """Set the next mode."""
        self.lab = transitions.mode_cycled(self.lab)

    def action_ask_repeats(self) -> None:
        """Ask for the number of repeats."""
        self.ask(
            "Repeats of every arm", self.lab.declared, (1, MOST_REPEATS), transitions.declared_set
        )

    def action_ask_seed(self) -> None:
        """Ask for the seed."""
        self.ask("Seed of the study", self.lab.seed, (0, LARGEST_SEED), transitions.seed_set)

    def ask(
        self, question: str, value: int, bounds: tuple[int, int], change: Callable[[Lab, int], Lab]
    ) -> None:
        """Ask for a whole number within bounds and change the state by it."""
        from hiss.tui.screens.dialogs.ask import InputDialog, whole_number

        dialog = InputDialog(question, str(value), partial(whole_number, bounds), select=True)
        self.app.push_screen(dialog, partial(self._answered, change))

    def _answered(self, change: Callable[[Lab, int], Lab], number: int | None) -> None:
        if number is not None:
            self.lab = change(self.lab, number)


def permitted(lab: Lab, action: str) -> bool:
    """Return whether a state allows an action."""
    match action:
        case "train":
            return not lab.running and bool(lab.chosen)
        case "rerun":
            return not lab.running and lab.study is not None
        case "stop":
            return lab.phase == "running"
        case "clear":
            return bool(transitions.cleared(lab).runs != lab.runs)
        case "mark" | "mark_group":
            return bool(lab.experiments)
        case "show_problems":
            return bool(lab.problems)
        case _:
            return True
