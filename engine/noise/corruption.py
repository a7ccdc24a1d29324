"""Values that are replaced at random, as denoising autoencoders do it: masking, salt and pepper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.keras_names.schemas import PROBABILITY
from hiss.noise.kind import RATES, Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor


def _mask(draws: Draws, inputs: Tensor, rate: Tensor) -> Tensor:
    """Return inputs · kept, where kept is 1 with probability 1 - rate, else 0.

    Unlike dropout it does not scale the kept values up, so that they are those of evaluation.
    Source: Vincent et al., 2008, "Extracting and composing robust features with denoising
    autoencoders", where the share of each row is exact.
    """
    return inputs * draws.keep(rate, draws.shape_of(inputs))


def _salt_and_pepper(
    draws: Draws, inputs: Tensor, rate: Tensor, low: float = 0.0, high: float = 1.0
) -> Tensor:
    """Return the inputs with a share `rate` of the values set to `low` or `high` by a fair coin.

    The values that a smaller rate replaces are among those of a larger one.
    Source: Vincent et al., 2010, "Stacked denoising autoencoders", section 3.3, where the share of
    each row is exact.
    """
    import tensorflow as tf

    drawn = draws.uniform(rate, draws.shape_of(inputs))
    peppered = tf.where(drawn >= rate / 2.0, inputs, low)
    return tf.where(drawn <= 1.0 - rate / 2.0, peppered, high)


MASKING_NOISE = LayerNoise(
    name="MaskingNoise",
    strength="rate",
    arguments={"rate": PROBABILITY},
    apply=_mask,
    start=0.2,
    grid=RATES,
    body='''\
    """Sets values to 0 at random, and leaves the others as they are."""

    def noisy(self, inputs, rate):
        """Set values to 0."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        kept = keras.random.uniform(shape, seed=seed) >= rate
        return keras.ops.where(kept, inputs, 0.0)''',
)

SALT_AND_PEPPER_NOISE = LayerNoise(
    name="SaltAndPepperNoise",
    strength="rate",
    arguments={"rate": PROBABILITY, "low": {"type": "number"}, "high": {"type": "number"}},
    apply=_salt_and_pepper,
    start=0.2,
    grid=RATES,
    body='''\
    """Sets values to the lowest or the highest at random."""

    def __init__(self, rate, low=0.0, high=1.0, **kwargs):
        """Take the rate, and the two values."""
        super().__init__(rate, **kwargs)
        self.low = low
        self.high = high

    def noisy(self, inputs, rate):
        """Set values to either."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        drawn = keras.random.uniform(shape, seed=seed)
        peppered = keras.ops.where(drawn < rate / 2, self.low, inputs)
        return keras.ops.where(drawn > 1 - rate / 2, self.high, peppered)''',
)
