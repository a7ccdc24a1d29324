"""Noise on the labels: training rows that are given another class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.datasets import Split
from engine.errors import DataError


def flip_labels(split: Split, share: float, seed: int) -> Split:
    """Give a share of the training rows, rounded to whole rows, another class at random.

    The rows that a smaller share flips are among those that a larger one flips with this seed.
    Source: Xie et al., 2016, "DisturbLabel", arXiv:1605.00055, there anew for each batch.

    Raises:
        DataError: if the rows have no classes.
    """
    if not share:
        return split
    if split.task == "regression":
        raise DataError(
            f"data.label_noise: expected classes to flip, received {share} of a regression.",
            "Put noise on the inputs or in the network instead.",
        )
    classes, rows = len(split.classes), len(split.y_train)
    generator = np.random.default_rng(seed)
    flipped = generator.permutation(rows)[: round(share * rows)]
    shift = generator.integers(1, classes, rows)
    y_train = split.y_train.copy()
    y_train[flipped] = (y_train[flipped] + shift[flipped]) % classes
    return replace(split, y_train=y_train)
