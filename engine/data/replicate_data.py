"""The arrays that each replicate of an arm trains, validates and tests on."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import HeldOut, ReplicateArrays, Split
from hiss.data.division import Sizes
from hiss.data.seeds import Seeds
from hiss.data.spec import Data, Mode
from hiss.data.splits import hold_out, load, sizes_in_task_mode, with_label_noise
from hiss.data.weights import ClassWeight, row_weights

CURVE_ROWS = 500
"""In task mode, test rows that the curves follow; the final scores use all test rows.

All 10,000 after each epoch would make training the article's networks ten times slower.
"""
KEPT = 32
"""Replicates whose arrays are cached: at least as many as train side by side."""


class ReplicateData:
    """A data set's arrays for each replicate of a study, the same in every arm."""

    def __init__(
        self,
        data: Data,
        mode: Mode,
        seed: int,
        held_out: int | float | None = None,
        class_weight: ClassWeight | None = None,
    ) -> None:
        """Load the arrays of replicate 0, which determine shapes and task.

        Args:
            data: the data set.
            mode: what differs between replicates.
            seed: of the study, at least 0.
            held_out: rows to hold out for early stopping: a count, or a fraction in (0, 1).
            class_weight: how much the training rows of each class count.

        Raises:
            DataError: if the data set cannot be loaded or split.
        """
        self.data = data
        self.mode: Mode = mode
        self.seed = seed
        self.held_out = held_out
        self.class_weight = class_weight
        self._parts = lru_cache(KEPT)(self._make_parts)
        self.first = self.split(0)

    @property
    def shared(self) -> bool:
        """Whether all replicates have the same arrays."""
        return self.mode == "article" and not self.data.label_noise

    @property
    def curve_test_rows(self) -> int | None:
        """How many of the test rows the curves follow, the same for all replicates; None if all."""
        if self.mode == "article":
            return None
        same = self._sizes is None or self._sizes.same_test
        rows = len(self.first.x_test) if self._sizes is None else self._sizes.test
        return None if same and rows <= CURVE_ROWS else min(CURVE_ROWS, rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one row's features."""
        return tuple(self.first.x_train.shape[1:])

    @cached_property
    def rows(self) -> ReplicateArrays:
        """The arrays that replicate 0 is fitted on."""
        return self._arrays(0)

    def split(self, replicate: int) -> Split:
        """Return one replicate's training rows, without those held out, and test rows."""
        return self._parts(replicate)[0]

    def of(self, replicate: int) -> ReplicateArrays:
        """Return the arrays that one replicate is fitted on."""
        return self.rows if self.shared else self._arrays(replicate)

    def _arrays(self, replicate: int) -> ReplicateArrays:
        split, held = self._parts(replicate)
        count = self.curve_test_rows or len(split.x_test)
        return ReplicateArrays(
            x=split.x_train,
            y=column(split.y_train),
            x_val=split.x_test[:count],
            y_val=column(split.y_test[:count]),
            x_held=held.x,
            y_held=column(held.y),
            weights=row_weights(split, self.class_weight),
        )

    def _make_parts(self, replicate: int) -> tuple[Split, HeldOut]:
        seeds = Seeds(self.seed, replicate)
        noisy = with_label_noise(self._loaded(replicate), self.data.label_noise, seeds.of("labels"))
        held_seeds = Seeds(self.seed, 0) if self.mode == "article" else seeds
        seed, last = held_seeds.of("held out"), self.data.keeps_order
        return hold_out(noisy, self.held_out, seed, last=last)

    def _loaded(self, replicate: int) -> Split:
        if self.mode == "article":
            return self._article_split
        number, fold = self.data.split_number(replicate)
        seed = Seeds(self.seed, number).of("data")
        return load(self.data, mode=self.mode, seed=seed, fold=fold, sizes=self._sizes)

    @cached_property
    def _sizes(self) -> Sizes | None:
        repeats = self.data.folds.repeats if self.data.folds else 1
        seeds = (Seeds(self.seed, repeat).of("data") for repeat in range(repeats))
        return sizes_in_task_mode(self.data, seeds)

    @cached_property
    def _article_split(self) -> Split:
        return load(self.data)


def column(targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return targets of shape (rows,) in shape (rows, 1); those of a reconstruction as they are."""
    return targets.reshape(len(targets), 1) if targets.ndim == 1 else targets
