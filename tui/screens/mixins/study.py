"""What every screen has from which studies are started."""

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
    """Starts and stops studies, and sets how often, from which seed and how they repeat."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "stop", id="study.stop",
                tooltip="Stop training and keep what there is"),
        Binding("n", "cycle_repeats", "repeats", id="study.repeats",
                tooltip="Take the next usual number of repeats: 1, 10, 30 or 100"),
        Binding("N", "ask_repeats", "repeats …", False, id="study.ask_repeats",
                tooltip="Ask for the number of repeats"),
        Binding("s", "next_seed", "seed", id="study.seed", tooltip="Take the next seed"),
        Binding("S", "ask_seed", "seed …", False, id="study.ask_seed", tooltip="Ask for the seed"),
        Binding("M", "cycle_mode", "mode", False, id="study.mode",
                tooltip="Repeat on the same rows (article), on fresh ones (task), or as proposed"),
    ]  # fmt: skip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the state forbids."""
        if not super().check_action(action, parameters):
            return False
        return True if permitted(self.lab, action) else None

    def train(self, experiments: tuple[Experiment, ...]) -> None:
        """Start a study of these experiments."""
        study = plan.study_of(self.lab, experiments, self.NAME, self.console.desk.device)
        self.console.start(study)

    def action_stop(self) -> None:
        """Stop the running study."""
        self.lab = transitions.stop_asked(self.lab)
        self.console.desk.stop()

    def action_cycle_repeats(self) -> None:
        """Go through the usual numbers of repeats."""
        self.lab = transitions.declared_cycled(self.lab)

    def action_next_seed(self) -> None:
        """Take the next seed."""
        self.lab = transitions.seed_set(self.lab, self.lab.seed + 1)

    def action_cycle_mode(self) -> None:
        """Go through the modes."""
        self.lab = transitions.mode_cycled(self.lab)

    def action_ask_repeats(self) -> None:
        """Ask for any number of repeats."""
        self.ask(
            "Repeats of every arm", self.lab.declared, (1, MOST_REPEATS), transitions.declared_set
        )

    def action_ask_seed(self) -> None:
        """Ask for any seed."""
        self.ask("Seed of the study", self.lab.seed, (0, LARGEST_SEED), transitions.seed_set)

    def ask(
        self, question: str, value: int, bounds: tuple[int, int], change: Callable[[Lab, int], Lab]
    ) -> None:
        """Ask for a whole number and change the state by it."""
        from hiss.tui.screens.dialogs.ask import NumberScreen

        answered = partial(self._answered, change)
        self.app.push_screen(NumberScreen(question, value, *bounds), answered)

    def _answered(self, change: Callable[[Lab, int], Lab], number: int | None) -> None:
        if number is not None:
            self.lab = change(self.lab, number)


def permitted(lab: Lab, action: str) -> bool:
    """Whether an action makes sense in a state."""
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
