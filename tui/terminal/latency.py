"""How far away the terminal is, and how often it is therefore drawn to."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

QUESTION = "\x1b[6n"
"""Asks a terminal for its cursor's position; it answers when it has drawn all before."""
FASTEST, SLOWEST = 0.2, 2.0


class LatencyProbe:
    """Times one question to the terminal after another, never two at once."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Begin with no question asked."""
        self._clock = clock
        self._asked: float | None = None
        self._took = 0.0

    def ask(self, write: Callable[[str], object]) -> None:
        """Ask by writing to the terminal, unless a question is still open."""
        if self._asked is None:
            self._asked = self._clock()
            write(QUESTION)

    def answered(self) -> None:
        """Note that the answer is there."""
        if self._asked is not None:
            self._took, self._asked = self._clock() - self._asked, None

    @property
    def interval(self) -> float:
        """Seconds to leave between two drawings: four round trips, within limits."""
        return min(SLOWEST, max(FASTEST, 4 * self._took))

    @property
    def busy(self) -> bool:
        """Whether the terminal has been silent since the last question, for a while at most."""
        return self._asked is not None and self._clock() - self._asked < SLOWEST
