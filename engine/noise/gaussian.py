"""Gaussian noise, added to the values or multiplied with them."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from hiss.noise.layer import NoiseLayer, check_rate


@keras.saving.register_keras_serializable("hiss")
class GaussianNoise(NoiseLayer):
    """Adds Gaussian noise of mean 0 and standard deviation `stddev`.

    Source: Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """

    strength_name = "stddev"

    def __init__(
        self, stddev: float, seed: int | None = None, schedule: Any = None, **kwargs: Any
    ) -> None:
        """Take a `stddev` in [0, 1], as Keras does, in the units of the inputs."""
        if not 0 <= stddev <= 1:
            raise ValueError(f"Expected `stddev` between 0 and 1. Received: stddev={stddev}")
        super().__init__(stddev, seed, schedule, **kwargs)

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Add the noise."""
        return inputs + strength * self.normal(strength, keras.ops.shape(inputs))


@keras.saving.register_keras_serializable("hiss")
class GaussianDropout(NoiseLayer):
    """Multiplies with Gaussian noise of mean 1 and standard deviation √(rate / (1 - rate)).

    Source: Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting", section 10.
    """

    strength_name = "rate"

    def __init__(
        self, rate: float, seed: int | None = None, schedule: Any = None, **kwargs: Any
    ) -> None:
        """Take a `rate` in [0, 1): the noise has the mean and SD of dropping that share."""
        check_rate(rate)
        super().__init__(rate, seed, schedule, **kwargs)

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Multiply with the noise."""
        stddev = tf.sqrt(strength / (1.0 - strength))
        return inputs * (1.0 + stddev * self.normal(strength, keras.ops.shape(inputs)))
