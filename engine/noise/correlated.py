"""Gaussian noise that is correlated: over the steps of a sequence, or over the features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hiss.keras_names.schemas import NOT_NEGATIVE, SHARE
from hiss.noise.kind import Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor


def _add_over_time(
    draws: Draws, inputs: Tensor, stddev: Tensor, correlation: float = 0.9
) -> Tensor:
    """Return inputs + stddev · e, where e follows itself from step to step: an AR(1) process.

    e₁ = z₁ and eₜ = correlation · eₜ₋₁ + √(1 - correlation²) · zₜ with z standard normal, for each
    feature by itself; so e has SD 1 at every step, and the correlation of two steps is
    `correlation` to the power of their distance. 0 is new noise at each step, 1 the same noise for
    the whole sequence.

    Inputs have the shape (rows, steps, features).
    Source: Box & Jenkins, 1970, "Time series analysis"; Jim et al., 1996, "An analysis of noise in
    recurrent neural networks", for noise by the step and by the sequence.
    """
    import tensorflow as tf

    shape = draws.shape_of(inputs)
    normal = draws.normal(stddev, shape)
    weights = _from_step_to_step(shape[1], normal.dtype, correlation)
    return inputs + stddev * tf.einsum("st,rtf->rsf", weights, normal)


def _from_step_to_step(steps: int | Tensor, dtype: Any, correlation: float) -> Tensor:
    """Return the matrix, of shape (steps, steps), that turns normals into an AR(1) process."""
    import tensorflow as tf

    places = tf.range(steps)
    distance = tf.cast(places[:, None] - places, dtype)
    powers = tf.pow(tf.cast(correlation, dtype), tf.maximum(distance, 0.0))
    fresh = tf.cast(tf.where(places > 0, (1.0 - correlation**2) ** 0.5, 1.0), dtype)
    return tf.where(distance >= 0.0, powers * fresh, 0.0)


def _add_over_features(
    draws: Draws, inputs: Tensor, stddev: Tensor, correlation: float = 0.5
) -> Tensor:
    """Return inputs + stddev · (√correlation · c + √(1 - correlation) · z).

    c is shared by all features of a row, or of a step or position within it; z is each value's own.
    Both are standard normal, so that the noise has the SD `stddev`, and that of two features the
    `correlation`, from 0 to 1. Features are what the last axis counts.
    Source: Tong, 1990, "The multivariate normal distribution", on exchangeable normal variables.
    """
    *others, features = draws.shape_of(inputs)
    normal = draws.normal(stddev, (*others, features + 1))
    shared, own = normal[..., :1], normal[..., 1:]
    return inputs + stddev * (correlation**0.5 * shared + (1.0 - correlation) ** 0.5 * own)


TIME_CORRELATED_NOISE = LayerNoise(
    name="TimeCorrelatedNoise",
    strength="stddev",
    arguments={
        "stddev": NOT_NEGATIVE,
        "correlation": {"type": "number", "minimum": -1, "maximum": 1},
    },
    apply=_add_over_time,
    start=0.1,
    dimensions=3,
    body='''\
    """Adds Gaussian noise that follows itself from step to step: an AR(1) process."""

    def __init__(self, stddev, correlation=0.9, **kwargs):
        """Take the SD, and the correlation of neighbouring steps."""
        super().__init__(stddev, **kwargs)
        self.correlation = correlation

    def noisy(self, inputs, stddev):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        normal = keras.random.normal(shape, seed=seed)
        fresh = (1 - self.correlation**2) ** 0.5
        noise = [normal[:, 0]]
        for step in range(1, shape[1]):
            noise.append(self.correlation * noise[-1] + fresh * normal[:, step])
        return inputs + stddev * keras.ops.stack(noise, axis=1)''',
)

FEATURE_CORRELATED_NOISE = LayerNoise(
    name="FeatureCorrelatedNoise",
    strength="stddev",
    arguments={"stddev": NOT_NEGATIVE, "correlation": SHARE},
    apply=_add_over_features,
    start=0.1,
    body='''\
    """Adds Gaussian noise of which the features share a part."""

    def __init__(self, stddev, correlation=0.5, **kwargs):
        """Take the SD, and the correlation of the noise of two features."""
        super().__init__(stddev, **kwargs)
        self.correlation = correlation

    def noisy(self, inputs, stddev):
        """Add the noise."""
        *others, features = keras.ops.shape(inputs)
        seed = self.seed_generator
        normal = keras.random.normal((*others, features + 1), seed=seed)
        shared, own = normal[..., :1], normal[..., 1:]
        part = self.correlation
        return inputs + stddev * (part**0.5 * shared + (1 - part) ** 0.5 * own)''',
)
