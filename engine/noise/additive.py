"""Noise that is added and is not plain Gaussian: uniform, Laplace, or scaled to each feature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hiss.keras_names.schemas import NOT_NEGATIVE
from hiss.noise.kind import Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor


def _add_uniform(draws: Draws, inputs: Tensor, stddev: Tensor) -> Tensor:
    """Return inputs + stddev · √12 · (u - ½) with u evenly from (0, 1), one for each value.

    The noise lies within ±√3 · `stddev`.
    Source: Holmström & Koistinen, 1992, "Using additive noise in back-propagation training", where
    the density of the noise is the kernel of a density estimate. Of width 1 it stands in for
    rounding in Ballé et al., 2017, arXiv:1611.01704.
    """
    drawn = draws.uniform(stddev, draws.shape_of(inputs))
    return inputs + stddev * math.sqrt(12.0) * (drawn - 0.5)


def _add_laplace(draws: Draws, inputs: Tensor, stddev: Tensor) -> Tensor:
    """Return inputs + stddev · l with l from a Laplace distribution of mean 0 and SD 1.

    Its density is exp(-√2 · |l|) / √2: more values near 0 and more far away than a normal has.
    Source: Holmström & Koistinen, 1992, "Using additive noise in back-propagation training", for
    noise of any density; Dwork et al., 2006, "Calibrating noise to sensitivity in private data
    analysis", for this one.
    """
    return inputs + stddev * draws.laplace(stddev, draws.shape_of(inputs))


def _add_featurewise(draws: Draws, inputs: Tensor, relative_stddev: Tensor) -> Tensor:
    """Return inputs + relative_stddev · s · z, where s is the SD of a value's feature.

    Features are what the last axis counts: columns of a table, units, channels. Their SD is that
    of the present batch (divided by n), over its rows and over steps or positions if there are
    any; gradients take it for a constant. z is standard normal, one for each value.
    Source: Scott, 1992, "Multivariate density estimation", for a bandwidth in
    proportion to each feature's SD; Holmström & Koistinen, 1992, "Using additive noise in
    back-propagation training", for noise as a kernel.
    """
    import tensorflow as tf

    shape = draws.shape_of(inputs)
    deviations = tf.math.reduce_std(inputs, axis=list(range(len(shape) - 1)))
    normal = draws.normal(relative_stddev, shape)
    return inputs + relative_stddev * tf.stop_gradient(deviations) * normal


UNIFORM_NOISE = LayerNoise(
    name="UniformNoise",
    strength="stddev",
    arguments={"stddev": NOT_NEGATIVE},
    apply=_add_uniform,
    start=0.1,
    body='''\
    """Adds noise that is evenly distributed around 0."""

    def noisy(self, inputs, stddev):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        drawn = keras.random.uniform(shape, -0.5, 0.5, seed=seed)
        return inputs + stddev * 12**0.5 * drawn''',
)

LAPLACE_NOISE = LayerNoise(
    name="LaplaceNoise",
    strength="stddev",
    arguments={"stddev": NOT_NEGATIVE},
    apply=_add_laplace,
    start=0.1,
    body='''\
    """Adds noise of a Laplace distribution."""

    def noisy(self, inputs, stddev):
        """Add the noise: an exponential distribution with either sign."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        size = -keras.ops.log(keras.random.uniform(shape, 1e-7, 1.0, seed=seed))
        sign = keras.ops.sign(keras.random.uniform(shape, -1.0, 1.0, seed=seed))
        return inputs + stddev / 2**0.5 * sign * size''',
)

FEATUREWISE_NOISE = LayerNoise(
    name="FeaturewiseNoise",
    strength="relative_stddev",
    arguments={"relative_stddev": NOT_NEGATIVE},
    apply=_add_featurewise,
    start=0.1,
    body='''\
    """Adds Gaussian noise whose SD is a multiple of each feature's SD in the batch."""

    def noisy(self, inputs, relative_stddev):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        deviations = keras.ops.std(inputs, axis=tuple(range(len(shape) - 1)))
        normal = keras.random.normal(shape, seed=seed)
        return inputs + relative_stddev * keras.ops.stop_gradient(deviations) * normal''',
)
