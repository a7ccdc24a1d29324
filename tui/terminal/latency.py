"""The round trip to the terminal, and how often to draw because of it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

QUESTION = "\x1b[6n"
"""The request for the cursor's position, which a terminal answers once it has drawn all before."""
FASTEST, SLOWEST = 0.2, 2.0
"""Seconds between two drawings, at least and at most."""


class LatencyProbe:
    """Measures the round trip to the terminal, with one question at a time."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Take a clock that returns seconds; no question is open yet."""
        self._clock = clock
        self._asked: float | None = None
        self._round_trip = 0.0

    def ask(self, write: Callable[[str], object]) -> None:
        """Write the question to the terminal, unless one is still open."""
        if self._asked is None:
            self._asked = self._clock()
            write(QUESTION)

    def answered(self) -> None:
        """Record that the answer has come."""
        if self._asked is not None:
            self._round_trip, self._asked = self._clock() - self._asked, None

    @property
    def interval(self) -> float:
        """Seconds to leave between two drawings: four round trips, within limits."""
        return min(SLOWEST, max(FASTEST, 4 * self._round_trip))

    @property
    def busy(self) -> bool:
        """Whether a question is open; one is given up after `SLOWEST` seconds."""
        return self._asked is not None and self._clock() - self._asked < SLOWEST
