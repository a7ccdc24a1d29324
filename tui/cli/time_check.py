"""How long a study takes: shown once epochs have been trained, and asked about if it is hours."""

from __future__ import annotations

import os
import select
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from hiss.results.outcomes import ArmEnded, ArmStarted, Event, TrainingStarted
from hiss.tui.state.throughput import Throughput, duration_notice, time_left

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.curves import Curves
    from hiss.tui.cli.progress import ProgressBars

QUESTION = "It trains meanwhile. Go on? [Y/n]"
UNASKED = "It goes on, for there is no terminal to ask on; --yes leaves out this line."


class TimeCheck:
    """Estimates the whole time of a running study, and asks once whether it may take hours.

    The study trains on while the question waits; an answer that begins with n stops it.
    """

    def __init__(self, study: Study, bars: ProgressBars, *, yes: bool, asks: bool) -> None:
        """Start before the training.

        Args:
            study: What is trained.
            bars: Its progress, above which the question stands.
            yes: Whether hours are fine: nothing is asked.
            asks: Whether there is a terminal to ask on.
        """
        self._study, self._bars = study, bars
        self._due, self._asks = not yes, asks
        self._waiting = self._training = False
        self._throughput = Throughput()
        self._curves: dict[int, Curves] = {}
        self._ended: set[int] = set()

    def handle(self, event: Event) -> None:
        """Follow which arms train."""
        match event:
            case ArmStarted(arm, curves):
                self._curves[arm], self._training = curves, False
            case TrainingStarted():
                self._training = True
            case ArmEnded(arm, _):
                self._ended.add(arm)

    def refused(self, now: float | None = None) -> bool:
        """Update the estimate, ask if it is time to, and return whether the user says no."""
        if self._training:
            now = time.monotonic() if now is None else now
            self._throughput = self._throughput.seen(now, self._epochs_done())
            self._show(self._throughput.whole(sum(map(self._epochs, range(len(self._study.arms))))))
        if not self._waiting or (answer := typed_line()) is None:
            return False
        self._waiting = False
        self._bars.resume()
        return answer.strip().lower().startswith("n")

    def _show(self, seconds: float | None) -> None:
        if seconds is None:
            return
        self._bars.show_whole_time(time_left(seconds))
        notice = duration_notice(seconds) if self._due else ""
        if not notice:
            return
        self._due = False
        if self._asks and in_foreground():
            discard_typed()
            self._waiting = True
            self._bars.ask(f"{notice}\n      {QUESTION}")
        else:
            self._bars.announce(f"{notice} {UNASKED}")

    def _epochs(self, arm: int) -> int:
        return self._study.arms[arm].training.epochs * self._study.repeats

    def _epochs_done(self) -> int:
        """Return the epochs of all arms so far; an arm that has ended counts whole."""
        return sum(
            self._epochs(arm) if arm in self._ended else int(curves.counts.sum())
            for arm, curves in self._curves.items()
        )


def can_ask() -> bool:
    """Whether a question on stderr can be answered on stdin."""
    return os.isatty(0) and os.isatty(2)


def in_foreground() -> bool:
    """Whether the process may read from its terminal; in the background, reading suspends it."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def discard_typed() -> None:
    """Discard what was typed before a question."""
    with suppress(termios.error):
        termios.tcflush(0, termios.TCIFLUSH)


def typed_line() -> str | None:
    """Return the line that was typed, empty at the end of input; None while there is none."""
    if not (in_foreground() and select.select([0], [], [], 0)[0]):
        return None
    try:
        return os.read(0, 1000).decode(errors="replace")
    except OSError:
        return ""
