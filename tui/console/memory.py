"""Remembering from one session of the console to the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hiss.errors import EngineError
from hiss.tui.console.screen_registry import MODES
from hiss.tui.state import memory, transitions
from hiss.tui.state.choices import Choice
from hiss.tui.terminal.printable import printable
from hiss.tui.workers.background import BackgroundJobs
from hiss.tui.workers.memory_file import MemoryFile

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message
    from textual.timer import Timer

    from hiss.tui.state.model import Lab
    from hiss.tui.state.models import ModelChoice
    from hiss.tui.workers.console import Console
    from hiss.tui.workers.file_jobs import ExperimentsMade
    from hiss.tui.workers.model_jobs import ModelOpened

DELAY = 1.0
"""Seconds after a change until it is written, with all other changes until then."""
PATIENCE = 0.3
"""Seconds that the end of the console waits for the last changes to be written."""


class MemoryKeeper:
    """Brings back what the last session had set, chosen and opened, and keeps what changes."""

    def __init__(self, app: Console, path: Path | None) -> None:
        """Read what is remembered in a file; None remembers nothing."""
        self._app = app
        self._file = MemoryFile(path, _log)
        self.recalled = self._latest = self._file.read()
        self._timer: Timer | None = None
        self._screen = self.recalled.screen if self.recalled.screen in MODES else "lab"
        """The screen of the last session, until it is entered or the user does anything else."""
        # A thread of their own: a file on a network that is gone must hold up nothing else.
        self._files = BackgroundJobs(cast("App[Any]", app))
        self._begun: list[Choice | ModelChoice] = []
        """The files of the last session that are being read, or have been."""

    def theme(self, known: dict[str, Any], usual: str) -> str:
        """Return the theme of the last session, or the usual one where it is not known."""
        return self.recalled.theme if self.recalled.theme in known else usual

    def follow(self) -> None:
        """Take a changed state of the console: go on with the recall, and write what differs."""
        app, lab = self._app, self._app.lab
        self._recall(lab)
        latest = memory.remembered(lab, app.theme, self._screen_of(app))
        if latest != self._latest and self._file.is_used:
            self._latest = latest
            self._timer = self._timer or app.set_timer(DELAY, self._write)

    def stay(self) -> None:
        """Stay on the present screen: the user has pressed a key there."""
        self._screen = ""

    def close(self) -> bool:
        """Write what is not written yet, and return whether no thread is at work any more."""
        written = self._file.close(self._latest, PATIENCE)
        return self._files.close() and written

    def _screen_of(self, app: Console) -> str:
        return self._screen or app.current_mode

    def _write(self) -> None:
        self._timer = None
        self._file.write(self._latest)

    def _recall(self, lab: Lab) -> None:
        """Enter the screen once presets are listed; read files once that delays nothing.

        The first preview has imported what the reading needs: two threads that import the same
        packages hold each other up. Models come last: they need the data of what is listed.
        """
        if lab.read and self._screen:
            self._app.call_later(self._enter)
        if lab.previews or lab.backend:
            for choice in memory.waiting(lab):
                if choice not in self._begun:
                    self._begun.append(choice)
                    self._app.call_later(self._open, choice)

    def _enter(self) -> None:
        """Enter the screen of the last session, with the presets that it was about."""
        name, self._screen = self._screen, ""
        now = self._app.lab
        if {"compare": now.comparing.targets, "sweep": now.sweeping.target}.get(name):
            self._app.switch_mode(name)
        elif name and name != self._app.current_mode:
            self._app.action_show_screen(name)

    def _open(self, choice: Choice | ModelChoice) -> None:
        from hiss.tui.workers import file_jobs, model_jobs

        take = cast("Callable[[Message], object]", partial(self._app.call_later, self._take))
        if isinstance(choice, Choice):
            self._files.run(repr(choice), partial(file_jobs.open_again, choice), take)
        elif experiment := transitions.named(self._app.lab, choice.data):
            thread = self._app.engine_thread
            make = partial(model_jobs.model_opened, thread.engine, choice, experiment, True)
            thread.run_model_job(model_jobs.ModelJob(make, take))
        else:
            self._gone(choice, f"{choice.name}: there is no {choice.data} to train it on")

    def _take(self, made: ExperimentsMade | ModelOpened) -> None:
        """List the experiments of a file, unless the user has opened it again meanwhile."""
        app, choice = self._app, made.choice
        if choice not in memory.waiting(app.lab):
            return
        if isinstance(made.found, EngineError):
            self._gone(choice, made.found.message)
        else:
            app.list_experiments(made.arms, follow=False)
            app.lab = memory.file_read(app.lab, choice, made.arms)

    def _gone(self, choice: Choice | ModelChoice, reason: str) -> None:
        """Forget a file that cannot be read any more, and log why."""
        _log(f"a file that was opened before is not listed any more: {reason}")
        self._app.lab = memory.file_gone(self._app.lab, choice)


def _log(line: str) -> None:
    """Write a line to the log, which is descriptor 2 while the console is open."""
    os.write(2, f"hiss: {printable(line)}\n".encode(errors="replace"))
