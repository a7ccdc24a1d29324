"""Announcing the end of a study in the console, for a user who looks elsewhere."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from hiss.tui.compatibility import write_to_terminal
from hiss.tui.terminal.announcement import (
    RESTORE_TITLE,
    SAVE_TITLE,
    Announcement,
    run_command,
    title_sequence,
)
from hiss.tui.terminal.printable import printable

if TYPE_CHECKING:
    from textual.app import App

    from hiss.experiment.spec import Study
    from hiss.tui.state.model import Lab
    from hiss.tui.terminal.options import ConsoleOptions
    from hiss.tui.workers.console import Console


class Announcer:
    """Rings the bell, sets the window's title and runs the user's command after a long study."""

    def __init__(self, app: Console, options: ConsoleOptions) -> None:
        """Take the console, and what the user asked of it."""
        self._app, self._options = app, options
        self._study: Study | None = None
        self._since = 0.0
        self._titled = False
        """Whether the window has a title of hiss's."""

    def follow(self, lab: Lab) -> None:
        """Note when a study begins; the title of the one before it is no longer true."""
        study = running_study(lab)
        if study is not None and study is not self._study:
            self._since = time.monotonic()
            if self._titled:
                self._titled = False
                self._write(RESTORE_TITLE)
        self._study = study

    def ended(self, lab: Lab) -> None:
        """Announce the end of the study that a state was training."""
        if self._study is None:
            return
        one = announcement(lab, self._study, time.monotonic() - self._since)
        if not one.is_long:
            return
        if self._options.bell and one.rings:
            self._app.bell()
            self._set_title(one)
        # Its output goes to the log, as do the lines about it.
        Thread(target=self._run, args=(one,), daemon=True, name="announcement").start()

    def close(self) -> None:
        """Give the window its title back, after the screen has been closed."""
        if self._titled and sys.__stderr__ is not None:
            with suppress(OSError, ValueError):
                sys.__stderr__.write(RESTORE_TITLE)
                sys.__stderr__.flush()

    def _set_title(self, one: Announcement) -> None:
        has_title = bool(title_sequence(one.text, os.environ))
        save = SAVE_TITLE if has_title and not self._titled else ""
        self._titled = self._titled or has_title
        self._write(f"{save}{one.sequences(os.environ)}")

    def _write(self, sequence: str) -> None:
        write_to_terminal(cast("App[Any]", self._app), sequence)

    def _run(self, one: Announcement) -> None:
        failure = run_command(self._options.notify, one, 2, None)
        if failure:
            os.write(2, f"hiss: {printable(failure)}\n".encode(errors="replace"))


def running_study(lab: Lab) -> Study | None:
    """Return the study that is being trained; None if there is none."""
    if not lab.running:
        return None
    return lab.sweeping.study if lab.where == "sweep" else lab.study


def announcement(lab: Lab, study: Study, seconds: float) -> Announcement:
    """Return how a study has ended, in the last state in which it was being trained.

    A study without an ending was refused by the engine, or failed by a bug.
    """
    ending = lab.ending
    stopped = lab.phase == "stopping" or (ending is not None and ending.stopped)
    state = "stopped" if stopped else "finished" if ending else "failed"
    first, *others = (arm.name for arm in study.arms)
    title = f"{first} and {len(others)} more" if others else first
    if lab.where == "sweep" and lab.sweeping.search is not None:
        title = f"sweep of {lab.sweeping.search.experiment.name}"
    return Announcement(state, title, ending.seconds if ending else seconds)
