"""The throughput of a study in epochs per second, and the time left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab, Run

Sample = tuple[float, int]
"""Seconds of a clock, and the epochs trained by then."""
WINDOW = 3.0
"""Seconds over which the rate is averaged."""
ENOUGH = 2.0
"""Seconds of training after which the whole time of a study is estimated."""
LONG = 3600.0
"""Seconds from which on a study takes hours: the user is asked, or told how to stop it."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Epochs trained by time: over the last seconds, and since the first of them."""

    samples: tuple[Sample, ...] = ()
    """The last seconds, oldest first."""
    first: Sample | None = None
    """When the first epochs had been trained."""
    latest: Sample | None = None
    """When further epochs had been trained for the last time."""

    def seen(self, now: float, done: int) -> Throughput:
        """Return the throughput with one more sample."""
        sample, before = (now, done), self.samples[-1:]
        recent = tuple(one for one in self.samples if one[0] >= now - WINDOW)
        further = done > (before[0][1] if before else 0)
        return replace(
            self,
            samples=(*(recent or before), sample),
            first=self.first or (sample if further else None),
            latest=sample if further else self.latest,
        )

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

    def whole(self, total: int) -> float | None:
        """Return the seconds that `total` epochs take from first to last; None if unknown."""
        if self.first is None or self.latest is None:
            return None
        return whole_time(total, self.first, self.latest)


def whole_time(total: int, first: Sample, latest: Sample) -> float | None:
    """Return the seconds that `total` epochs take at the pace between two samples.

    That is total · (t₂ − t₁) / (n₂ − n₁), with times t and epochs n; None before `ENOUGH` seconds.
    """
    seconds, epochs = latest[0] - first[0], latest[1] - first[1]
    return total * seconds / epochs if seconds >= ENOUGH and epochs > 0 else None


def time_left(seconds: float) -> str:
    """Return a duration in words: `4 s`, `2 min 10 s`, `1 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def duration_notice(seconds: float | None) -> str:
    """Return a sentence on a study that takes hours; empty if it does not."""
    if seconds is None or seconds < LONG:
        return ""
    return f"This study takes about {time_left(seconds)} in all."


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
