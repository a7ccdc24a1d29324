"""What a cluster offers to the driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hiss.cluster.plan import Task
    from hiss.cluster.work import Refused, Shared, Trained


@dataclass(frozen=True, slots=True)
class Lost:
    """A task whose worker went away more often than it is tried again."""

    reason: str


class Pool(Protocol):
    """Trains tasks somewhere; used on one thread."""

    @property
    def slots(self) -> int:
        """How many tasks can be trained at a time, as far as is known now."""
        ...

    @property
    def room(self) -> int:
        """How many tasks may be submitted at a time, those that wait for a slot among them."""
        ...

    @property
    def running(self) -> Mapping[str, int]:
        """How many tasks are being trained, by host."""
        ...

    def share(self, shared: Sequence[Shared]) -> None:
        """Send what the tasks on each data set share, in the order of the data sets.

        Raises:
            EngineError: the machines cannot train it.
        """
        ...

    def submit(self, task: Task) -> None:
        """Have a task trained."""
        ...

    def answers(self, seconds: float) -> Iterator[tuple[Task, Trained | Refused | Lost]]:
        """Yield the tasks that have ended, after at most some seconds."""
        ...
