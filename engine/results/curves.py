"""The one buffer that the training thread and its readers share while a network trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hiss.results.rows import Rows


class Curves:
    """The metrics by epoch of one arm's replicates, filled in place while they train.

    One thread writes, any thread reads. The values of an epoch are written before the epoch is
    counted, so that a reader who reads `counts` first never sees half an epoch.
    """

    def __init__(
        self, metrics: tuple[str, ...], replicates: int, epochs: int, rows: Rows | None = None
    ) -> None:
        """Reserve `replicates` × `metrics` × `epochs` values; memory is used only where written."""
        self.metrics = metrics
        """Keras' history keys: `loss`, `accuracy`, `val_loss`, `val_accuracy` …"""
        self.epochs = epochs
        """Epochs of a whole training."""
        self.rows = rows
        """What the rows imply for the scores; None where that is not known."""
        self.values: NDArray[np.float32] = np.zeros((replicates, len(metrics), epochs), np.float32)
        """Shape (replicates, metrics, epochs); zeros from each replicate's count on."""
        self.counts: NDArray[np.int64] = np.zeros(replicates, np.int64)
        """Epochs written so far, by replicate: shape (replicates,)."""

    @property
    def replicates(self) -> int:
        """How many replicates there is room for."""
        return len(self.counts)

    def extend(self, replicate: int, table: NDArray[np.float32]) -> None:
        """Append whole epochs, shape (epochs, metrics), to one replicate."""
        start = int(self.counts[replicate])
        end = start + len(table)
        self.values[replicate, :, start:end] = table.T
        self.counts[replicate] = end

    def fill(
        self, replicates: range, counts: NDArray[np.int64], values: NDArray[np.float32]
    ) -> None:
        """Append kept epochs to some replicates.

        Args:
            replicates: their numbers.
            counts: epochs of each: shape (replicates,).
            values: shape (replicates, metrics, most epochs).
        """
        for place, number in enumerate(replicates):
            self.extend(number, values[place, :, : int(counts[place])].T)

    def cut(self, replicates: range) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return copies of the counts and the values of some replicates, up to their longest."""
        counts = self.counts[replicates.start : replicates.stop].copy()
        longest = int(counts.max(initial=0))
        return counts, self.values[replicates.start : replicates.stop, :, :longest].copy()

    def series(self, metric: str, replicate: int = 0) -> NDArray[np.float32]:
        """Return one metric of one replicate by epoch: a view of the epochs written so far."""
        end = int(self.counts[replicate])
        return self.values[replicate, self.metrics.index(metric), :end]
