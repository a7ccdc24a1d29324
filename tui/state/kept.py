"""Kept studies as the console sees them: how one is kept, the list of them, one opened again.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Arm
    from hiss.store.entries import Entry
    from hiss.store.records import Kind, Order, State
    from hiss.studies.reopen import Stage
    from hiss.studies.search import Search
    from hiss.tui.state.findings import Findings


@dataclass(frozen=True, slots=True)
class KeptAs:
    """What a study that is started is kept as."""

    kind: Kind = "run"
    search: Search | None = None
    """The grid of a sweep."""
    refine: bool = False
    """Whether it is the finer grid of a sweep."""
    confirm: bool = False
    """Whether it is the confirmation of a sweep."""
    baseline: str = ""
    """Name of the arm that a comparison compares with; empty for each arm's own."""
    metric: str = ""
    """Name of the score that is compared, or that judges a sweep; empty for the usual one."""
    id: str = ""
    """The kept study that goes on; empty for a new one."""
    snapshots: bool = False
    """Whether snapshots of the weights are kept with a new study."""
    whole: bool = False
    """Whether all that the kept study was started for is trained, as on resuming it."""

    @property
    def further(self) -> bool:
        """Whether it is a further stage of a sweep."""
        return self.refine or self.confirm


@dataclass(frozen=True, slots=True)
class Row:
    """A kept study in the list."""

    entry: Entry
    progress: float | None = None
    """The share that is trained, in [0, 1], of one that has not finished; None if unknown."""
    blocks: str = ""
    """The blocks of a cluster that trains it, done, running and failed by host; else empty."""

    @property
    def id(self) -> str:
        """The study's name."""
        return self.entry.id


@dataclass(frozen=True, slots=True)
class History:
    """The kept studies, and the one that trains."""

    rows: tuple[Row, ...] = ()
    """All kept studies, the newest first."""
    problems: tuple[str, ...] = ()
    """What is wrong with the folders that cannot be read."""
    read: bool = False
    """Whether the list has been read."""
    cursor: str = ""
    """ID of the selected study; empty for the newest."""
    marked: tuple[str, ...] = ()
    """IDs of the marked studies, in the order in which they were marked."""
    text: str = ""
    """What the studies that are listed hold."""
    current: str = ""
    """ID of the study that this console has started last; empty if it is not kept."""
    problem: str = ""
    """Why what is trained is held in memory only; empty if it is on disk."""
    recording: bool = False
    """Whether snapshots of the weights are kept with the studies that are started."""
    made: tuple[tuple[Study, str], ...] = ()
    """The studies that were trained or opened here, each with its ID, the latest first."""
    watched: str = ""
    """ID of the study that another process trains and that is on the screen."""
    interrupted: str = ""
    """A sentence about the latest study if it was interrupted, until another is started."""

    @property
    def shown(self) -> tuple[Row, ...]:
        """The studies that are listed."""
        if not self.text:
            return self.rows
        return tuple(row for row in self.rows if row.entry.holds(self.text))

    @property
    def place(self) -> int:
        """The place of the selected study among those listed, from 0."""
        return next((at for at, row in enumerate(self.shown) if row.id == self.cursor), 0)

    @property
    def selected(self) -> Row | None:
        """The selected study; None if none is listed."""
        return self.shown[self.place] if self.shown else None


@dataclass(frozen=True, slots=True)
class Reopened:
    """A kept study with what has been trained of it."""

    id: str
    order: Order
    state: State
    arms: tuple[Arm, ...] = ()
    """The arms of a run or a comparison that have begun."""
    search: Search | None = None
    """The grid of a sweep."""
    stages: tuple[Stage, ...] = ()
    findings: Findings | None = None

    @property
    def screen(self) -> str:
        """The name of the screen that it belongs on."""
        return {"run": "lab", "compare": "compare", "sweep": "sweep"}[self.order.kind]

    @property
    def unfinished(self) -> bool:
        """Whether another process still trains it."""
        return self.state in ("running", "queued")
