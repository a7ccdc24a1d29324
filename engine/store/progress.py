"""How far a study is, for whoever looks from another process."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from hiss.experiment.spec import Study
from hiss.files import write_atomically
from hiss.results.curves import Curves
from hiss.results.outcomes import ArmStarted, Event

MOST_HOSTS = 8
"""Machines that are named in a line."""
PROGRESS = "progress.json"
"""Name of the file in a study's folder."""


@dataclass(frozen=True, slots=True)
class HostBlocks:
    """What one machine of a cluster does for a study, in blocks as they are sent to it."""

    host: str
    done: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Epochs of the study that is trained; of a sweep, those of its present stage."""

    done: int
    total: int
    arm: str = ""
    """Name of the arm that trains now."""
    hosts: tuple[HostBlocks, ...] = ()
    """The machines of the cluster that trains it, if one does."""
    waiting: int = 0
    """Blocks that no machine of the cluster trains yet."""
    lost: int = 0
    """Blocks whose machines went away more often than they are tried again."""

    @property
    def blocks(self) -> str:
        """The blocks of a cluster in a line; empty without one."""
        if not (self.hosts or self.waiting or self.lost):
            return ""
        running, failed = (
            sum(getattr(each, name) for each in self.hosts) for name in ("running", "failed")
        )
        done, failed = sum(each.done for each in self.hosts), failed + self.lost
        parts = [f"blocks: {done} done, {running} running, {self.waiting} waiting"]
        parts += [f"{failed} failed"] if failed else []
        by_host = (
            f"{each.host} {each.done} done, {each.running} running"
            + (f", {each.failed} failed" if each.failed else "")
            for each in self.hosts[:MOST_HOSTS]
        )
        more = len(self.hosts) - MOST_HOSTS
        others = [f"{more} more machines"] if more > 0 else []
        return " · ".join([", ".join(parts), *by_host, *others])

    @property
    def share(self) -> float:
        """What is done, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class ProgressCounter:
    """Counts the epochs of a study by its events and curves."""

    def __init__(self, study: Study) -> None:
        """Start at nothing."""
        self._study = study
        self._total = sum(arm.training.epochs for arm in study.arms) * study.repeats
        self._curves: Curves | None = None
        self._before = 0
        self._arm = ""

    def handle(self, event: Event) -> None:
        """Follow the curves of an arm that begins."""
        if isinstance(event, ArmStarted):
            # an arm that ended early or failed is done too
            self._before = sum(
                arm.training.epochs * self._study.repeats for arm in self._study.arms[: event.arm]
            )
            self._arm = self._study.arms[event.arm].name
            self._curves = event.curves

    @property
    def now(self) -> Progress:
        """How far the study is."""
        done = 0 if self._curves is None else int(self._curves.counts.sum())
        return Progress(self._before + done, self._total, self._arm)


def write_progress(folder: Path, progress: Progress) -> None:
    """Write how far a study is; a disk that does not take it is no error."""
    with suppress(OSError):
        write_atomically(folder / PROGRESS, json.dumps(asdict(progress)), replace=True)


def progress_of(folder: Path) -> Progress | None:
    """Return how far a study was when it was last seen; None where that is not known."""
    try:
        found = json.loads((folder / PROGRESS).read_bytes())
        hosts = tuple(HostBlocks(**each) for each in found.pop("hosts", ()))
        return Progress(**found, hosts=hosts)
    except (OSError, ValueError, TypeError):
        return None
