"""What every screen has from which studies are started."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui import state
from tui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from engine.spec import Experiment

MOST_REPEATS = 10_000
LARGEST_SEED = 2**31 - 1


class StudyScreen(ConsoleScreen):
    """Starts and stops studies, and sets how often and from which seed they train."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "train", "train", id="study.train",
                tooltip="Train the marked presets, or the one below the cursor"),
        Binding("x", "stop", "stop", id="study.stop", tooltip="Stop training and keep the curves"),
        Binding("n", "cycle_repeats", "repeats", id="study.repeats",
                tooltip="Train every preset 1, 10, 30 or 100 times"),
        Binding("r", "rerun", "rerun", id="study.rerun", tooltip="Run the last study again"),
        Binding("s", "next_seed", "seed", id="study.seed", tooltip="Take the next seed"),
        Binding("c", "clear", "clear", id="study.clear", tooltip="Clear the runs off the screen"),
        Binding("N", "ask_repeats", "repeats …", False, id="study.ask_repeats",
                tooltip="Ask for the number of repeats"),
        Binding("S", "ask_seed", "seed …", False, id="study.ask_seed", tooltip="Ask for the seed"),
    ]  # fmt: skip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the state forbids."""
        return True if permitted(self.lab, action) else None

    def train(self, experiments: tuple[Experiment, ...]) -> None:
        """Start a study of these experiments."""
        from engine.spec import Study  # pydantic, which the first picture does not wait for

        lab = self.lab
        study = Study(
            arms=experiments, seed=lab.seed, repeats=lab.repeats, device=self.console.desk.device
        )
        self.console.start(study)

    def action_train(self) -> None:
        """Train what is marked or highlighted."""
        self.train(self.lab.chosen)

    def action_rerun(self) -> None:
        """Run the last study again, from the seed and as often as set now."""
        if self.lab.study is not None:
            self.train(self.lab.study.arms)

    def action_stop(self) -> None:
        """Stop the running study."""
        self.lab = state.stop_asked(self.lab)
        self.console.desk.stop()

    def action_clear(self) -> None:
        """Take the runs off the screen."""
        self.lab = state.cleared(self.lab)

    def action_cycle_repeats(self) -> None:
        """Go through the usual numbers of repeats."""
        self.lab = state.repeats_cycled(self.lab)

    def action_next_seed(self) -> None:
        """Take the next seed."""
        self.lab = state.seed_set(self.lab, self.lab.seed + 1)

    def action_ask_repeats(self) -> None:
        """Ask for any number of repeats."""
        self._ask("Repeats of every preset", self.lab.repeats, (1, MOST_REPEATS), "repeats")

    def action_ask_seed(self) -> None:
        """Ask for any seed."""
        self._ask("Seed of the study", self.lab.seed, (0, LARGEST_SEED), "seed")

    def _ask(self, question: str, value: int, bounds: tuple[int, int], name: str) -> None:
        from tui.screens.number import NumberScreen

        self.app.push_screen(NumberScreen(question, value, *bounds), partial(self._answered, name))

    def _answered(self, name: str, number: int | None) -> None:
        if number is None:
            return
        change = state.seed_set if name == "seed" else state.repeats_set
        self.lab = change(self.lab, number)


def permitted(lab: state.Lab, action: str) -> bool:
    """Whether an action makes sense in a state."""
    match action:
        case "train":
            return not lab.running and bool(lab.chosen)
        case "rerun":
            return not lab.running and lab.study is not None
        case "stop":
            return lab.phase == "running"
        case "clear":
            return bool(state.cleared(lab).runs != lab.runs)
        case "mark" | "mark_group":
            return bool(lab.experiments)
        case "show_problems":
            return bool(lab.problems)
        case _:
            return True
