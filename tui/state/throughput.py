"""The throughput of a study in epochs per second, and the time left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab, Run

WINDOW = 3.0
"""Seconds over which the rate is averaged."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Epochs trained by time, over the last seconds."""

    samples: tuple[tuple[float, int], ...] = ()
    """Seconds of a clock and the epochs trained by then, oldest first."""

    def seen(self, now: float, done: int) -> Throughput:
        """Return the throughput with one more sample."""
        recent = tuple(one for one in self.samples if one[0] >= now - WINDOW)
        return replace(self, samples=(*(recent or self.samples[-1:]), (now, done)))

    @property
    def rate(self) -> float:
        """Epochs per second; 0 if unknown."""
        if len(self.samples) < 2:
            return 0.0
        (start, before), (end, after) = self.samples[0], self.samples[-1]
        return (after - before) / (end - start) if end > start else 0.0

    def left(self, total: int) -> float | None:
        """Return the seconds until `total` epochs are trained; None if unknown."""
        if not self.samples or self.rate <= 0:
            return None
        return max(0, total - self.samples[-1][1]) / self.rate


def epochs_done(lab: Lab) -> int:
    """Return how many epochs of the running study are trained or skipped."""
    return sum(_done(run) for run in lab.studied)


def epochs_total(lab: Lab) -> int:
    """Return how many epochs the running study has in all."""
    return sum(_whole(run) for run in lab.studied)


def _whole(run: Run) -> int:
    return run.repeats * run.experiment.training.epochs


def _done(run: Run) -> int:
    if run.state == "ended":
        return _whole(run)
    if run.curves is None:
        return 0
    counts = [int(count) for count in run.curves.counts]
    for ended in run.replicates:
        counts[ended.replicate] = run.curves.epochs
    return sum(counts)
