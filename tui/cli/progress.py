"""Progress of a running study: one bar per experiment, drawn on a terminal's stderr."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Event,
    Keeping,
    TrainingStarted,
)
from hiss.tui.terminal.printable import printable

MAX_BARS = 12
"""Largest number of bars that are drawn at a time."""


class ProgressBars:
    """One bar per arm, which counts the epochs of all its replicates; for one thread only."""

    def __init__(self, study: Study, console: Console, quiet: bool = False) -> None:
        """Prepare the bars; none is drawn if `quiet` is true or `console` is no terminal."""
        self._curves: dict[int, Curves] = {}
        self._training: int | None = None
        """The arm that trains; None while none does."""
        self._compiling: tuple[int, float] | None = None
        """The arm that is compiled, and since when."""
        self._asking = False
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[phase]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            transient=True,
            auto_refresh=False,
            disable=quiet or not console.is_terminal or console.is_dumb_terminal,
        )
        self._tasks = tuple(self._add_bar(study, arm) for arm in range(len(study.arms)))

    def __enter__(self) -> Self:
        """Start drawing."""
        self._progress.start()
        self._set_phase(0, "loading TensorFlow")
        self.refresh()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the bars."""
        with suppress(OSError):
            self._progress.stop()
            if self._asking:
                self._progress.console.print()

    def handle(self, event: Event) -> None:
        """Show in an arm's line which phase it is in."""
        match event:
            case BackendLoaded():
                self._set_phase(0, "")
            case ArmStarted():
                if self._training is not None:
                    self._set_phase(self._training, "")
                    self._training = None
                self._curves[event.arm] = event.curves
                self._progress.start_task(self._tasks[event.arm])
                self._compiling = event.arm, monotonic()
                self._set_phase(event.arm, "compiling")
                self._scroll_to(event.arm)
            case TrainingStarted():
                self._training, self._compiling = event.arm, None
                self._set_phase(event.arm, "")
            case ArmEnded():
                self._compiling = None
                self._set_phase(event.arm, "")
            case Keeping(problem):
                self.announce(f"in memory only: {problem}" if problem else "kept on disk again")

    def refresh(self) -> None:
        """Redraw the bars at the epochs trained so far; a closed terminal is no error."""
        for arm, curves in self._curves.items():
            self._progress.update(self._tasks[arm], completed=int(curves.counts.sum()))
        if self._compiling is not None:
            arm, since = self._compiling
            seconds = int(monotonic() - since)
            self._set_phase(arm, f"compiling {seconds} s" if seconds else "compiling")
        with suppress(OSError):
            self._progress.refresh()

    def show_whole_time(self, duration: str) -> None:
        """Show beside the arm that trains how long the whole study takes."""
        if self._training is not None:
            self._set_phase(self._training, f"in all {duration}")

    def announce(self, text: str) -> None:
        """Print a line above the bars; a closed terminal is no error."""
        self._print("\n" if self._asking else "", text, "\n")

    def ask(self, question: str) -> None:
        """Remove the bars and print a question; `resume` draws them again."""
        with suppress(OSError):
            self._progress.stop()
        self._print("", question, " ")
        self._asking = True

    def resume(self) -> None:
        """Draw the bars again, once the line of the answer has been typed.

        A Live that is started again would first erase as many lines as it had drawn.
        """
        self._asking = False
        self._progress.live = Live(
            console=self._progress.console,
            auto_refresh=False,
            transient=True,
            get_renderable=self._progress.get_renderable,
        )
        with suppress(OSError):
            self._progress.start()

    def _print(self, before: str, text: str, end: str) -> None:
        with suppress(OSError):
            self._progress.console.print(
                f"{before}hiss: {text}", end=end, markup=False, highlight=False, soft_wrap=True
            )

    def _add_bar(self, study: Study, arm: int) -> TaskID:
        experiment = study.arms[arm]
        total = experiment.training.epochs * study.repeats
        return self._progress.add_task(
            printable(experiment.name), start=False, total=total, phase="", visible=arm < MAX_BARS
        )

    def _scroll_to(self, arm: int) -> None:
        """Show the bar of an arm, and hide the oldest one if there are too many."""
        self._progress.update(self._tasks[arm], visible=True)
        if arm >= MAX_BARS:
            self._progress.update(self._tasks[arm - MAX_BARS], visible=False)

    def _set_phase(self, arm: int, phase: str) -> None:
        self._progress.update(self._tasks[arm], phase=phase)
