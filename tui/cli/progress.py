"""Progress of a running study: one bar for every arm, drawn on a terminal's stderr."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
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
from hiss.results.outcomes import ArmStarted, BackendLoaded, Event, TrainingStarted

ROWS = 12
"""The most bars that are drawn at a time."""


class Bars:
    """A bar for every arm, of the epochs of all its replicates; used on one thread only."""

    def __init__(self, study: Study, console: Console, quiet: bool = False) -> None:
        """Prepare a bar for every arm; none is drawn when quiet or where there is no terminal."""
        self._curves: dict[int, Curves] = {}
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
        self._tasks = tuple(self._task(study, arm) for arm in range(len(study.arms)))

    def __enter__(self) -> Self:
        """Start to draw."""
        self._progress.start()
        self._note(0, "loading TensorFlow")
        self.look()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bars away, whatever has happened."""
        with suppress(OSError):
            self._progress.stop()

    def hear(self, event: Event) -> None:
        """Say in an arm's line what it is doing."""
        match event:
            case BackendLoaded():
                self._note(0, "")
            case ArmStarted():
                self._curves[event.arm] = event.curves
                self._progress.start_task(self._tasks[event.arm])
                self._note(event.arm, "compiling")
                self._scroll_to(event.arm)
            case TrainingStarted():
                self._note(event.arm, "")

    def look(self) -> None:
        """Move the bars to the epochs trained so far; a terminal that is gone is no matter."""
        for arm, curves in self._curves.items():
            self._progress.update(self._tasks[arm], completed=int(curves.counts.sum()))
        with suppress(OSError):
            self._progress.refresh()

    def _task(self, study: Study, arm: int) -> TaskID:
        experiment = study.arms[arm]
        total = experiment.training.epochs * study.repeats
        return self._progress.add_task(
            experiment.name, start=False, total=total, phase="", visible=arm < ROWS
        )

    def _scroll_to(self, arm: int) -> None:
        """Show the bar of an arm, and let the oldest go for it."""
        self._progress.update(self._tasks[arm], visible=True)
        if arm >= ROWS:
            self._progress.update(self._tasks[arm - ROWS], visible=False)

    def _note(self, arm: int, phase: str) -> None:
        self._progress.update(self._tasks[arm], phase=phase)
