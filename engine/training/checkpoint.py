"""A half-trained block: all that is needed to train on as if it had never been interrupted.

Noise is a pure function of seed, site and step, and the step is part of the state: the numbers are
those of an undisturbed training, bit for bit, on the same machine and versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the replicates of a block are, after the same number of epochs."""

    states: tuple[tuple[NDArray[Any], ...], ...]
    """The leaves of each replicate's `State`, in its order."""
    counts: NDArray[np.int64]
    """Epochs trained by each replicate; fewer of one that has failed or stopped early."""
    values: NDArray[np.float32]
    """Metrics by epoch, shape (replicates, metrics, most epochs trained)."""
    failures: Mapping[int, str]
    """Replicate → why it failed."""
    early: frozenset[int]
    """Replicates whose training was ended by early stopping."""
    seconds: float
    """Wall-clock time of the block so far."""
    metrics: tuple[str, ...] = ()
    """The names of the curves; empty where a hiss wrote it that did not keep them."""


class Checkpoints(Protocol):
    """Keeps the latest checkpoint of one block."""

    def latest(self) -> Checkpoint | None:
        """Return the checkpoint to go on from; None to begin."""
        ...

    def due(self) -> bool:
        """Return whether it is time for another."""
        ...

    def keep(self, make: Callable[[], Checkpoint]) -> None:
        """Keep the checkpoint that a function returns; it may be called on another thread."""
        ...
