"""The rows that each replicate of an arm trains, validates and tests on."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import HeldOut, ReplicateArrays, Split
from hiss.data.seeds import Seeds
from hiss.data.spec import Data, Mode
from hiss.data.splits import hold_out, load, with_label_noise

CURVE_ROWS = 500
"""In task mode, the curves follow so many of the test rows; the final scores use them all."""

KEPT = 32
"""Replicates whose rows are kept in memory; as many as train side by side."""


class ReplicateData:
    """One data set as the replicates of a study see it."""

    def __init__(
        self, data: Data, mode: Mode, seed: int, held_out: int | float | None = None
    ) -> None:
        """Load the rows of replicate 0, which fix shapes and task.

        Raises:
            DataError: if the data cannot be loaded or split.
        """
        self.data = data
        self.mode: Mode = mode
        self.seed = seed
        self.held_out = held_out
        self._parts = lru_cache(KEPT)(self._make_parts)
        self.first = self.split(0)

    @property
    def shared(self) -> bool:
        """Whether all replicates have the same rows."""
        return self.mode == "article" and not self.data.label_noise

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row of inputs."""
        return tuple(self.first.x_train.shape[1:])

    @cached_property
    def rows(self) -> ReplicateArrays:
        """The rows of replicate 0, for fitting."""
        return self._rows(0)

    def split(self, replicate: int) -> Split:
        """Give one replicate's rows, without those held out; the same in every arm."""
        return self._parts(replicate)[0]

    def of(self, replicate: int) -> ReplicateArrays:
        """Give one replicate's rows, for fitting."""
        return self.rows if self.shared else self._rows(replicate)

    def _rows(self, replicate: int) -> ReplicateArrays:
        split, held = self._parts(replicate)
        count = CURVE_ROWS if self.mode == "task" else len(split.x_test)
        return ReplicateArrays(
            *(split.x_train, column(split.y_train)),
            *(split.x_test[:count], column(split.y_test[:count])),
            *(held.x, column(held.y)),
        )

    def _make_parts(self, replicate: int) -> tuple[Split, HeldOut]:
        seeds = Seeds(self.seed, replicate)
        noisy = with_label_noise(self._loaded(replicate), self.data.label_noise, seeds.of("labels"))
        fixed = Seeds(self.seed, 0) if self.mode == "article" else seeds
        return hold_out(noisy, self.held_out, fixed.of("held out"))

    def _loaded(self, replicate: int) -> Split:
        if self.mode == "article":
            return self._fixed
        return load(self.data, mode=self.mode, seed=Seeds(self.seed, replicate).of("data"))

    @cached_property
    def _fixed(self) -> Split:
        return load(self.data)


def column(targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give targets the shape (rows, 1)."""
    return targets.reshape(len(targets), 1)
