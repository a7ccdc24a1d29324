"""Noise on the gradients, by an optimizer that wraps another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import tensorflow as tf

from hiss.noise import random as noise


@keras.saving.register_keras_serializable("hiss")
class GradientNoise(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Adds Gaussian noise of variance eta / (1 + t)^gamma to the gradients of step t, from 0.

    The wrapped `optimizer` then takes the noisy gradients for the gradients.
    Source: Neelakantan et al., 2015, arXiv:1511.06807, where eta is 0.01, 0.3 or 1.
    """

    strength_name: ClassVar[str] = "eta"

    def __init__(
        self,
        optimizer: Any = "adam",
        eta: float = 0.01,
        gamma: float = 0.55,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        """Wrap an optimizer: one of Keras' names, a table in Keras' notation, or an object."""
        super().__init__(learning_rate=0.0, name=name)
        if not (eta >= 0 and gamma >= 0):
            raise ValueError(f"Expected eta and gamma of at least 0. Received: {eta}, {gamma}")
        self.inner = keras.optimizers.get(optimizer)
        self.eta = eta
        self.gamma = gamma
        self.seed = seed

    def build(self, variables: Sequence[Any]) -> None:
        """Make the two variables that the noise depends on, and build the wrapped optimizer."""
        seed = keras.random.SeedGenerator().state[0] if self.seed is None else self.seed
        self.key = self.add_variable(
            (2,), lambda shape, dtype: tf.constant([int(seed), 1], tf.uint32), "uint32", name="key"
        )
        self.strength = self.add_variable(
            (), keras.initializers.Constant(self.eta), "float32", name="eta"
        )
        self.inner.build(variables)
        super().build(variables)

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        """Let the wrapped optimizer apply the noisy gradients."""
        if not self.built:
            self.build(list(trainable_variables))
        self.inner.apply(self._noisy(list(grads)), trainable_variables)

    def _noisy(self, grads: list[Any]) -> list[Any]:
        """Add to all gradients what is drawn at once."""
        step = self.inner.iterations
        time = tf.cast(step.value, tf.float32)
        eta = self.strength.value
        stddev = tf.sqrt(eta / (1.0 + time) ** self.gamma)
        stream = tf.concat([self.key.value, [tf.cast(step.value, tf.uint32)]], 0)
        sizes = [0 if grad is None else math.prod(grad.shape) for grad in grads]
        shape = (sum(sizes),)
        drawn = noise.unless_zero(eta, lambda: noise.normal(stream, shape), lambda: tf.zeros(shape))
        return [
            None if grad is None else grad + stddev * tf.reshape(part, grad.shape)
            for grad, part in zip(grads, tf.split(drawn, sizes), strict=True)
        ]

    @property
    def variables(self) -> list[Any]:
        """All that changes from step to step, and the strength."""
        return [*super().variables, *self.inner.variables]

    @property
    def learning_rate(self) -> Any:
        """The wrapped optimizer's."""
        return self.inner.learning_rate

    @property
    def iterations(self) -> Any:
        """Steps so far."""
        return self.inner.iterations

    def get_config(self) -> dict[str, Any]:
        """Say how to make this optimizer again."""
        return {
            "optimizer": keras.optimizers.serialize(self.inner),
            "eta": self.eta,
            "gamma": self.gamma,
            "seed": self.seed,
            "name": self.name,
        }
