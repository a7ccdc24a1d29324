"""Noise on the labels: training rows that are assigned another class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.keras_names.schemas import PROBABILITY
from hiss.noise.kind import SHARES, NoiseKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def flip_labels(
    y: NDArray[np.float32], classes: int, share: float, seed: int
) -> NDArray[np.float32]:
    """Return labels of which a share, rounded to whole rows, is another class at random.

    With the same seed, the rows that a smaller share flips are among those of a larger one.

    Args:
        y: class numbers from 0, shape (rows,), float32.
        classes: number of classes.
        share: share of the rows to flip, in [0, 1].
        seed: seed of the random draw.

    Returns:
        A changed copy of `y`.

    Source:
        Xie et al., 2016, "DisturbLabel", arXiv:1605.00055, where labels are drawn for each batch.
    """
    import numpy as np

    rows = len(y)
    generator = np.random.default_rng(seed)
    flipped = generator.permutation(rows)[: round(share * rows)]
    shift = generator.integers(1, classes, rows)
    noisy = y.copy()
    noisy[flipped] = (noisy[flipped] + shift[flipped]) % classes
    return noisy


LABEL_NOISE = NoiseKind(
    name="label_noise",
    strength="label_noise",
    arguments={"label_noise": PROBABILITY},
    grid=SHARES,
    definition='''\
def flip_labels(y, share, n_classes):
    """Return labels of which a share is another class, at random."""
    generator = np.random.default_rng(SEED)
    flipped = generator.permutation(len(y))[: round(share * len(y))]
    noisy = y.copy()
    noisy[flipped] += generator.integers(1, n_classes, len(flipped))
    return noisy % n_classes''',
)
"""A key of a preset's data."""
