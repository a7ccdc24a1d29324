"""The one thing that the training thread and a reader share while a network trains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Curves:
    """The per-epoch metrics of one arm's replicates, filled in place as they train.

    One thread writes, any thread reads. The values of an epoch are written before the epoch is
    counted, so a reader that looks at `counts` first never sees half of one.
    """

    def __init__(self, metrics: tuple[str, ...], replicates: int, epochs: int) -> None:
        """Reserve room for `replicates` × `metrics` × `epochs` values; memory goes as it fills."""
        self.metrics = metrics
        """Keras' history keys: `loss`, `accuracy`, `val_loss`, `val_accuracy` …"""
        self.epochs = epochs
        self.values: NDArray[np.float32] = np.zeros((replicates, len(metrics), epochs), np.float32)
        self.counts: NDArray[np.int64] = np.zeros(replicates, np.int64)
        """Epochs written so far, of each replicate."""

    @property
    def replicates(self) -> int:
        """How many replicates there is room for."""
        return len(self.counts)

    def extend(self, replicate: int, rows: NDArray[np.float32]) -> None:
        """Append whole epochs, shape (epochs, metrics), to one replicate."""
        start = int(self.counts[replicate])
        end = start + len(rows)
        self.values[replicate, :, start:end] = rows.T
        self.counts[replicate] = end

    def series(self, metric: str, replicate: int = 0) -> NDArray[np.float32]:
        """One metric of one replicate by epoch: a view of the epochs written so far."""
        end = int(self.counts[replicate])
        return self.values[replicate, self.metrics.index(metric), :end]
