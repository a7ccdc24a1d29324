"""Gaussian noise, added to the values or multiplied with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.keras_names.schemas import PROBABILITY, SHARE
from hiss.noise.kind import RATES, Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor


def _add(draws: Draws, inputs: Tensor, stddev: Tensor) -> Tensor:
    """Return inputs + stddev · z with z from a standard normal, one for each value.

    Source: Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """
    return inputs + stddev * draws.normal(stddev, draws.shape_of(inputs))


def _multiply(draws: Draws, inputs: Tensor, rate: Tensor) -> Tensor:
    """Return inputs · (1 + √(rate / (1 - rate)) · z), of the mean and SD of dropping that share.

    Source: Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting", section 10.
    """
    import tensorflow as tf

    stddev = tf.sqrt(rate / (1.0 - rate))
    return inputs * (1.0 + stddev * draws.normal(rate, draws.shape_of(inputs)))


GAUSSIAN_NOISE = LayerNoise(
    name="GaussianNoise",
    strength="stddev",
    arguments={"stddev": SHARE},
    apply=_add,
    start=0.1,
    scheduled=(
        '''\
class ScheduledGaussianNoise(Scheduled):
    """Adds Gaussian noise."""

    def noisy(self, inputs, stddev):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        return inputs + stddev * keras.random.normal(shape, seed=seed)''',
    ),
)

GAUSSIAN_DROPOUT = LayerNoise(
    name="GaussianDropout",
    strength="rate",
    arguments={"rate": PROBABILITY},
    apply=_multiply,
    start=0.2,
    grid=RATES,
    scheduled=(
        '''\
class ScheduledGaussianDropout(Scheduled):
    """Multiplies with Gaussian noise."""

    def noisy(self, inputs, rate):
        """Multiply with the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        stddev = (rate / (1 - rate)) ** 0.5
        return inputs * (1 + stddev * keras.random.normal(shape, seed=seed))''',
    ),
)
