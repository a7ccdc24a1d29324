"""The weights of a block's replicates at some epochs of their training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 50
"""Snapshots of a training beside the one before its first epoch."""
LARGEST = 48 * 2**20
"""Bytes of all snapshots of a block; a larger network is recorded at fewer epochs."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The values of the networks of some replicates at some epochs.

    The first snapshot is the network before training, the last one the network that was scored:
    with the best weights where early stopping restores them, with the averages of an optimizer that
    averages. A replicate that stopped early stays as it was then.
    """

    replicates: tuple[int, ...]
    """Their numbers; failed ones are not among them."""
    epochs: tuple[int, ...]
    """Epochs trained at each snapshot, ascending from 0."""
    trainable: tuple[NDArray[Any], ...]
    """Of each trainable variable, in the network's order: shape (snapshots, replicates, …)."""
    other: tuple[NDArray[Any], ...]
    """Of each other variable: noise streams and strengths, moving averages; shaped likewise."""

    def of(self, replicates: Sequence[int]) -> Snapshots:
        """Return the snapshots of some of the replicates, in their order."""
        places = [self.replicates.index(number) for number in replicates]
        return Snapshots(
            tuple(replicates),
            self.epochs,
            tuple(each[:, places] for each in self.trainable),
            tuple(each[:, places] for each in self.other),
        )


def joined(parts: Sequence[Snapshots]) -> Snapshots:
    """Return the snapshots of several blocks of an arm as one.

    Args:
        parts: at least one, taken at the same epochs.
    """

    def along(name: str) -> tuple[NDArray[Any], ...]:
        pairs = zip(*(getattr(part, name) for part in parts), strict=True)
        return tuple(np.concatenate(each, axis=1) for each in pairs)

    numbers = tuple(number for part in parts for number in part.replicates)
    return Snapshots(numbers, parts[0].epochs, along("trainable"), along("other"))


def snapshot_period(epochs: int, bytes_each: int) -> int:
    """Return the number of epochs from one snapshot to the next; the last comes at the end.

    Args:
        epochs: of a whole training.
        bytes_each: of one snapshot of all replicates.
    """
    count = max(1, min(MOST, LARGEST // max(1, bytes_each) - 1))
    return math.ceil(epochs / count)
