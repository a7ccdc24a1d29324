"""What all screens that start studies share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import history, plan, queue, transitions
from hiss.tui.state.explaining import Asked
from hiss.tui.state.model import Lab, Waiting
from hiss.tui.state.settings import LARGEST_SEED, MOST_REPEATS, counted

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment, Study
    from hiss.tui.state.model import Runs

READING = "The presets have not been read yet."
UNREADABLE = "This file cannot be read: e edits it."
NOTHING_TO_CLEAR = "There is nothing to clear."
SNAPSHOTS_ON = (
    "The next studies keep their weights at about fifty epochs: E then explains them at once."
)
SNAPSHOTS_OFF = "The next studies keep no snapshots: E offers to train them again for it."
NOTHING_CLEARED = "Nothing has been cleared."


class StudyScreen(ConsoleScreen):
    """Starts and stops studies; sets their repeats, their seed and their mode."""

    STOP: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "stop", id="study.stop",
                tooltip="Stop training and keep the results so far"),
        Binding("X", "detach", "background", False, id="study.detach",
                tooltip="Train on in the background, beyond the console's end"),
        Binding("Q", "show_queue", "queue", False, id="study.queue",
                tooltip="Show what trains and what waits: reorder or drop it"),
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
    EXPLAIN: ClassVar[list[BindingType]] = [
        Binding("E", "explain", "explain", id="study.explain",
                tooltip="Show what the noise did to the networks of the study on the screen"),
        Binding("W", "toggle_snapshots", "snapshots", False, id="study.snapshots",
                tooltip="Keep snapshots of the weights with the next studies, for E"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*STOP, *SETTINGS]

    @property
    def shown_study(self) -> Study | None:
        """The study whose runs are on the screen."""
        return self.lab.study

    @property
    def asked(self) -> Asked | None:
        """What E explains; None if nothing has been trained."""
        study = self.shown_study
        return None if study is None else Asked(study, history.id_of(self.lab, study))

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action == "explain" and self.asked is None:
            return "Nothing has been trained here yet."
        return refusal(self.lab, action) or super().refusal(action, parameters)

    def train(self, experiments: tuple[Experiment, ...]) -> None:
        """Start a study of these experiments; ask first where it replaces more repeats."""
        study = plan.study_of(self.lab, experiments, self.NAME, self.console.engine_thread.device)
        self.replace_runs(self.lab.runs, Waiting(study))

    def replace_runs(self, shown: Runs, entry: Waiting) -> None:
        """Start a study; ask first if it replaces runs that have more repeats, or will have.

        Args:
            shown: The runs on the screen.
            entry: The study, which replaces those of its arms.
        """
        lost = queue.outdone(self.lab, shown, entry)
        if not lost:
            self.start(entry)
            return
        from hiss.tui.screens.dialogs.notice import ConfirmDialog

        name = next(iter(lost)).rpartition("/")[2]
        others = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        where = "on the screen" if not self.lab.running else "on the screen or before it"
        statement = (
            f"{name}{others}: {counted(max(lost.values()), 'repeat')} {where},"
            f" {entry.study.repeats:,} in the new study."
        )
        dialog = ConfirmDialog(statement, "replace them")
        self.app.push_screen(dialog, lambda sure: self.start(entry) if sure else None)

    def start(self, entry: Waiting) -> None:
        """Train a study, or say where it waits for its turn."""
        self.console.start(entry)
        if where := queue.position(self.lab, entry):
            self.say(f"{queue.title(entry)} {where}. Q shows it.")

    def action_detach(self) -> None:
        """Have the running study go on in a process of its own."""
        self.lab = transitions.stop_asked(self.lab)
        self.console.engine_thread.detach()
        self.say("It goes on in the background: H follows it.")

    def action_stop(self) -> None:
        """Stop the running study."""
        watched = self.lab.history.watched
        if watched and not self.lab.running:
            self.console.archive.stop(watched, self.app.post_message)
            self.say(f"{watched} is asked to stop.")
            return
        self.lab = transitions.stop_asked(self.lab)
        self.console.engine_thread.stop()

    def action_explain(self) -> None:
        """Show what the noise did to the networks."""
        from hiss.tui.screens.explain import ExplainScreen

        asked = self.asked
        assert asked is not None
        places = {run.name: run.place for run in (*self.lab.runs, *self.lab.comparing.runs)}
        self.app.push_screen(ExplainScreen(asked, places))

    def action_toggle_snapshots(self) -> None:
        """Keep snapshots of the weights with the next studies, or no longer."""
        self.lab = history.recording_toggled(self.lab)
        self.say(SNAPSHOTS_ON if self.lab.history.recording else SNAPSHOTS_OFF)

    def action_show_queue(self) -> None:
        """Show what trains and what waits."""
        from hiss.tui.screens.dialogs.queue import QueueDialog

        self.say("")
        self.app.push_screen(QueueDialog(self.action_stop))

    def action_cycle_repeats(self) -> None:
        """Set the next usual number of repeats."""
        self.lab = transitions.declared_cycled(self.lab)

    def action_next_seed(self) -> None:
        """Use the next seed."""
        self.lab = transitions.seed_set(self.lab, self.lab.seed + 1)

    def action_cycle_mode(self) -> None:
        """Set the next mode."""
        self.lab = transitions.mode_cycled(self.lab)
        self.say(f"Mode of the next study: {self.lab.mode or 'as the presets propose'}.")

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


def refusal(lab: Lab, action: str) -> str:
    """Return why a state does not allow an action, in a sentence; empty if it does."""
    match action:
        case "train" if not lab.chosen:
            return UNREADABLE if lab.highlighted else READING
        case "rerun" if lab.study is None:
            return "Nothing has been trained yet: enter trains."
        case "stop" if not lab.running and not lab.history.watched:
            return "Nothing is being trained."
        case "detach" if not lab.running:
            return "Nothing is being trained here."
        case "show_queue" if not lab.running:
            return "Nothing is being trained, and nothing waits."
        case "stop" | "detach" if lab.phase == "stopping":
            return "It is being stopped already."
        case "clear" if transitions.cleared(lab) is lab:
            return "Only the running study is shown: x stops it." if lab.runs else NOTHING_TO_CLEAR
        case "restore" if not lab.cleared:
            return NOTHING_CLEARED
        case "mark" | "mark_group" if lab.experiment is None:
            return UNREADABLE if lab.highlighted else READING
        case "show_problems" if not lab.problems:
            return "All presets can be read."
        case _:
            return ""
