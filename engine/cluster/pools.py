"""Where tasks are trained: what a cluster offers to the driver, and how one is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, Protocol

from hiss.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from hiss.cluster.plan import Task
    from hiss.cluster.work import Refused, Shared, Trained

Kind = Literal["ray", "slurm"]
PACKAGES: Mapping[Kind, str] = {"ray": "ray", "slurm": "submitit"}
"""What each kind needs, and the extra of the same name installs."""


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a study is trained: `ray`, `ray:ADDRESS`, `slurm`, `slurm:partition=x,time=60`."""

    kind: Kind
    rest: str = ""
    """What stands after the colon."""

    @property
    def is_here(self) -> bool:
        """Whether it may use this machine's cores."""
        return self.kind == "ray" and not self.rest

    def pool(self, folder: Path) -> AbstractContextManager[Pool]:
        """Return the machines, to be entered.

        Args:
            folder: the study's, in which a cluster may keep its own files.

        Raises:
            EngineError: what it needs is not installed, or contradicts itself.
        """
        if self.kind == "ray":
            from hiss.cluster.ray_pool import RayPool

            return RayPool(self.rest)
        from hiss.cluster.slurm_pool import SlurmPool

        return SlurmPool(folder, self.rest)


def place_named(text: str) -> Place:
    """Return the place of a name, and check that what it needs is installed.

    Raises:
        EngineError: there is none of that name, or a package is missing.
    """
    kind, _, rest = text.partition(":")
    if kind not in PACKAGES:
        raise EngineError(
            f"--on: expected ray, ray:ADDRESS or slurm, received {text}.",
            "`ray` alone starts Ray on this machine, or joins the cluster of RAY_ADDRESS.",
        )
    known: Kind = "ray" if kind == "ray" else "slurm"
    if find_spec(PACKAGES[known]) is None:
        raise EngineError(
            f"--on {kind} needs the package {PACKAGES[known]}, which is not installed.",
            f"pip install 'hiss[{kind}]' installs it.",
        )
    return Place(known, rest)
