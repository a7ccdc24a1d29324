"""The rows that each replicate of an arm trains, validates and tests on."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.datasets import Split, load
from engine.program import Rows
from engine.seeds import Seeds
from engine.spec import Data, Mode, Study

CURVE_ROWS = 500
"""In task mode, the curves follow so many of the test rows; the final scores use them all."""


class Samples:
    """One data set as the replicates of a study see it."""

    def __init__(self, data: Data, study: Study) -> None:
        """Load the rows of replicate 0, which fix shapes and task.

        Raises:
            DataError: if the data cannot be loaded or split.
        """
        self.data = data
        self.mode: Mode = study.mode
        self.seed = study.seed
        self.first = self.split(0)

    @property
    def shared(self) -> bool:
        """Whether all replicates have the same rows."""
        return self.mode == "article"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row of inputs."""
        return tuple(self.first.x_train.shape[1:])

    @cached_property
    def rows(self) -> Rows:
        """The rows of replicate 0, for fitting."""
        return _rows(self.first, self.mode)

    def split(self, replicate: int) -> Split:
        """Give one replicate's rows; the same in every arm of the study."""
        if replicate and self.shared:
            return self.first
        return load(self.data, mode=self.mode, seed=Seeds(self.seed, replicate).of("data"))

    def of(self, replicate: int) -> Rows:
        """Give one replicate's rows, for fitting."""
        return self.rows if self.shared else _rows(self.split(replicate), self.mode)


def _rows(split: Split, mode: Mode) -> Rows:
    count = CURVE_ROWS if mode == "task" else len(split.x_test)
    x_val, y_val = split.x_test[:count], split.y_test[:count]
    return Rows(split.x_train, column(split.y_train), x_val, column(y_val))


def column(targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give targets the shape (rows, 1)."""
    return targets.reshape(len(targets), 1)
