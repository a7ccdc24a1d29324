"""Mixup: each row is mixed with another one of its batch, and so are their targets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hiss.keras_names.schemas import NOT_NEGATIVE
from hiss.noise.kind import Draws, LayerNoise, Mixing

if TYPE_CHECKING:
    from hiss.noise.random import Tensor

ALPHAS = (0.0, 0.1, 0.2, 0.4, 1.0)
"""A first grid: 0.1 to 0.4 for ImageNet and 1 for CIFAR in the paper."""


def _mix(draws: Draws, inputs: Tensor, alpha: Tensor, data_format: str | None = None) -> Tensor:
    """Return λ · inputs + (1 - λ) · inputs[order], and have the targets mixed likewise.

    At each step λ is the larger of l and 1 - l for an l from Beta(alpha, alpha), one for all rows,
    and the order a permutation of the rows. Mixtures by l and by 1 - l are the same rows in
    another order, so the mean over a batch has the paper's distribution, and the row that a
    mixture stands for is the larger part of it.

    `data_format` is an argument of Keras' layer; rows come first in either format.

    With u and v evenly from (0, 1), l = ½ ± ½ / √(1 + 1 / ((u^(-1/alpha) - 1) · cos²(2πv))).
    Source: Zhang et al., 2018, arXiv:1710.09412; Verma et al., 2019, arXiv:1806.05236, for hidden
    layers; Devroye, 1996, "Random variate generation in one line of code", for l.
    """
    import tensorflow as tf

    drawn = draws.uniform(alpha, (draws.shape_of(inputs)[0] + 2,))
    odds = tf.math.expm1(-tf.math.log(drawn[0]) / alpha)
    odds *= tf.cos(2.0 * math.pi * drawn[1]) ** 2
    share = 0.5 + 0.5 * tf.math.rsqrt(1.0 + 1.0 / odds)
    share = tf.where(alpha > 0, share, 1.0)  # at 0 all drawn values are 1
    return draws.mixed(inputs, Mixing(share, tf.argsort(drawn[2:])))


MIX_UP = LayerNoise(
    name="MixUp",
    strength="alpha",
    arguments={"alpha": NOT_NEGATIVE, "data_format": {}},
    apply=_mix,
    start=0.2,
    grid=ALPHAS,
    mixes_rows=True,
    body='''\
    """Mixes each row with another one; `MixedTargets` mixes their targets."""

    mixing = None

    def __init__(self, alpha, data_format=None, **kwargs):
        """Take the arguments of Keras' layer; rows come first in either format."""
        super().__init__(alpha, **kwargs)

    def call(self, inputs, training=False):
        """Mix the rows of this step."""
        self.mixing = None
        return super().call(inputs, training)

    def noisy(self, inputs, alpha):
        """Mix by a share l from Beta(alpha, alpha), or 1 - l where that is more."""
        rows, seed = keras.ops.shape(inputs)[0], self.seed_generator
        drawn = keras.random.uniform((rows + 2,), seed=seed)
        odds = keras.ops.expm1(-keras.ops.log(drawn[0]) / alpha)
        odds *= keras.ops.cos(6.2831853 * drawn[1]) ** 2
        share = 0.5 + 0.5 / (1 + 1 / odds) ** 0.5
        order = keras.ops.argsort(drawn[2:])
        self.mixing = share, order
        return share * inputs + (1 - share) * keras.ops.take(inputs, order, axis=0)''',
)
