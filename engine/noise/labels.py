"""Noise on the labels: training rows that are given another class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def flip_labels(
    y: NDArray[np.float32], classes: int, share: float, seed: int
) -> NDArray[np.float32]:
    """Return labels of which a share, rounded to whole rows, is another class at random.

    The rows that a smaller share flips are among those that a larger one flips with this seed.

    Args:
        y: class numbers from 0, shape (rows,), float32.
        classes: number of classes.
        share: of the rows, in [0, 1].
        seed: of the random draw.

    Source:
        Xie et al., 2016, "DisturbLabel", arXiv:1605.00055, where labels are drawn for each batch.
    """
    rows = len(y)
    generator = np.random.default_rng(seed)
    flipped = generator.permutation(rows)[: round(share * rows)]
    shift = generator.integers(1, classes, rows)
    noisy = y.copy()
    noisy[flipped] = (noisy[flipped] + shift[flipped]) % classes
    return noisy
