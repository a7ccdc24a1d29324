"""Cutout: a square patch of each image, or an interval of each sequence, is set to 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hiss.keras_names.schemas import SHARE
from hiss.noise.kind import Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor

SIZES = (0.0, 0.125, 0.25, 0.375, 0.5)
"""A first grid of sides, as shares of an image's shorter side."""


def _cut_out(draws: Draws, inputs: Tensor, relative_size: Tensor) -> Tensor:
    """Return the inputs with a patch of each row set to 0, in all channels.

    Its side is `relative_size` times the shortest side, rounded to whole pixels. Its center is any
    pixel with the same probability, so that a patch near the border lies partly outside.

    Inputs have the shape (rows, height, width, channels), or (rows, steps, features) for an
    interval of steps.
    Source: DeVries & Taylor, 2017, arXiv:1708.04552; Park et al., 2019, arXiv:1904.08779, for
    intervals of time.
    """
    import tensorflow as tf

    rows, *sides, _ = draws.shape_of(inputs)
    shortest = tf.cast(tf.reduce_min(tf.stack(sides)), relative_size.dtype)
    length = tf.round(relative_size * shortest)
    drawn = draws.uniform(relative_size, (rows, len(sides)))
    covered: Any = True
    for axis, side in enumerate(sides):
        within = _within(drawn[:, axis], side, length)
        others = [1] * len(sides)
        others[axis] = side
        covered &= tf.reshape(within, (rows, *others, 1))
    return tf.where(covered, tf.zeros_like(inputs), inputs)


def _within(drawn: Tensor, side: Tensor, length: Tensor) -> Tensor:
    """Return which places along a side are covered: shape (rows, side).

    Args:
        drawn: evenly from (0, 1), one for each row.
        side: number of places.
        length: how many of them to cover from half of it before the center on.
    """
    import tensorflow as tf

    count = tf.cast(side, drawn.dtype)
    center = tf.minimum(tf.floor(drawn * count), count - 1.0)
    distance = tf.cast(tf.range(side), drawn.dtype) - center[:, None]
    before = tf.floor(length / 2.0)
    return (distance >= -before) & (distance < length - before)


CUTOUT = LayerNoise(
    name="Cutout",
    strength="relative_size",
    arguments={"relative_size": SHARE},
    apply=_cut_out,
    start=0.25,
    grid=SIZES,
    least_dimensions=3,
    body='''\
    """Sets a square patch of each image, or an interval of each sequence, to 0."""

    def noisy(self, inputs, relative_size):
        """Set the patches to 0."""
        rows, *sides, _ = keras.ops.shape(inputs)
        length = keras.ops.round(relative_size * min(sides))
        before = keras.ops.floor(length / 2)
        covered = True
        for axis, side in enumerate(sides):
            seed = self.seed_generator
            center = keras.random.randint((rows, 1), 0, side, seed=seed)
            distance = keras.ops.cast(keras.ops.arange(side) - center, "float32")
            within = (distance >= -before) & (distance < length - before)
            shape = [side if n == axis else 1 for n in range(len(sides))]
            covered &= keras.ops.reshape(within, (rows, *shape, 1))
        return keras.ops.where(covered, 0.0, inputs)''',
)
