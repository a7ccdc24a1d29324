"""Where a study is trained, by the name that the user gives."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from hiss.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from hiss.cluster.pools import Pool

Kind = Literal["ray", "slurm"]
PACKAGES: Mapping[Kind, str] = {"ray": "ray", "slurm": "submitit"}
"""What each kind needs, and the extra of the same name installs."""


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
