"""Signals while a study trains: recorded, and turned into the flag that stops it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event as Flag
from types import FrameType

from hiss.results.outcomes import Result

STOP_PERIOD = 1.5
"""Seconds that training has to stop after a signal; a compilation takes longer and is left."""
_ONE_SIGNAL = 0.3
"""Seconds in which signals are one: `timeout` and batch systems send it to process and group."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal came before there was a result to keep."""

    def __init__(self, signum: int) -> None:
        """Store the signal's number."""
        super().__init__()
        self.signum = signum


@dataclass
class SignalHandler:
    """Records signals, and sets the flag that stops the training."""

    stop: Flag
    signum: int = 0
    """The last signal received, or 0."""
    again: bool = False
    """Whether the user has sent a second one."""
    acknowledged: bool = False
    """Whether the user has been told."""
    since: float = 0.0
    """When the first signal came, on the monotonic clock."""

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        """Record a signal; the loop that waits for the training acts on it."""
        now = time.monotonic()
        self.since = self.since or now
        self.signum, self.again = signum, now > self.since + _ONE_SIGNAL
        self.stop.set()

    @property
    def expired(self) -> bool:
        """Whether to wait no longer: the time is over, or a second signal has come."""
        return self.again or (bool(self.signum) and time.monotonic() > self.since + STOP_PERIOD)


@dataclass(frozen=True, slots=True)
class TrainedStudy:
    """A study's result, whole or up to a signal."""

    result: Result
    signum: int
    """The signal that stopped it, or 0."""
    abandoned: bool
    """Whether its thread still runs: the process can only be ended by `end_process`."""


@contextmanager
def installed(handler: SignalHandler) -> Iterator[None]:
    """Install a handler for the signals that are not ignored, and restore the former ones."""
    handled = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in handled}
    try:
        yield
    finally:
        for each, former in before.items():
            signal.signal(each, former)
