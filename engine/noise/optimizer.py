"""The Keras optimizer that adds noise to the gradients and wraps another optimizer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hiss.compatibility import raw_iterations
from hiss.noise import random
from hiss.noise.random import Tensor


@keras.saving.register_keras_serializable("hiss")
class GradientNoise(keras.optimizers.Optimizer):  # type: ignore[misc]
    """Adds Gaussian noise of variance eta / (1 + t)^gamma to the gradients of step t, from 0.

    The wrapped `optimizer` receives the noisy gradients in place of the gradients.
    Source: Neelakantan et al., 2015, arXiv:1511.06807, where eta is 0.01, 0.3 or 1.
    """

    def __init__(
        self,
        optimizer: Any = "adam",
        eta: float = 0.01,
        gamma: float = 0.55,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        """Wrap an optimizer.

        Args:
            optimizer: one of Keras' names, a table in Keras' notation, or an optimizer.
            eta: variance of the noise of the first step, of at least 0.
            gamma: how fast the variance falls, of at least 0.
            seed: of the noise; None chooses one.
            name: of the optimizer.

        Raises:
            ValueError: if `eta` or `gamma` is negative.
        """
        super().__init__(learning_rate=0.0, name=name)
        if not (eta >= 0 and gamma >= 0):
            raise ValueError(f"Expected eta and gamma of at least 0. Received: {eta}, {gamma}")
        self.inner = keras.optimizers.get(optimizer)
        self.eta = eta
        self.gamma = gamma
        self.seed = seed

    def build(self, variables: Sequence[Any]) -> None:
        """Create the two variables that the noise depends on, and build the wrapped optimizer."""
        seed = keras.random.SeedGenerator().state[0] if self.seed is None else self.seed
        self.key = self.add_variable(
            (2,), lambda shape, dtype: tf.constant([int(seed), 1], tf.uint32), "uint32", name="key"
        )
        self.strength = self.add_variable(
            (), keras.initializers.Constant(self.eta), "float32", name="eta"
        )
        self.inner.build(variables)
        super().build(variables)

    def apply(self, grads: Sequence[Tensor | None], trainable_variables: Any = None) -> None:
        """Pass the noisy gradients to the wrapped optimizer."""
        if not self.built:
            self.build(list(trainable_variables))
        self.inner.apply(self._noisy(list(grads)), trainable_variables)

    def _noisy(self, grads: list[Tensor | None]) -> list[Tensor | None]:
        """Return the gradients plus noise that is drawn for all of them at once."""
        step = raw_iterations(self.inner)
        time = tf.cast(step.value, tf.float32)
        eta = self.strength.value
        stddev = tf.sqrt(eta / (1.0 + time) ** self.gamma)
        stream = tf.concat([self.key.value, [tf.cast(step.value, tf.uint32)]], 0)
        sizes = [0 if grad is None else math.prod(grad.shape) for grad in grads]
        drawn = random.normal(stream, (sum(sizes),), eta)
        return [
            None
            if grad is None
            else random.add_widened(grad, stddev * tf.reshape(part, grad.shape))
            for grad, part in zip(grads, tf.split(drawn, sizes), strict=True)
        ]

    def scale_loss(self, loss: Tensor) -> Tensor:
        """Scale the loss as the wrapped optimizer expects it."""
        return self.inner.scale_loss(loss)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Set the weights that training ends with, as the wrapped optimizer does."""
        self.inner.finalize_variable_values(var_list)

    @property
    def variables(self) -> list[Any]:
        """The variables of this optimizer and of the wrapped one."""
        return [*super().variables, *self.inner.variables]

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the wrapped optimizer."""
        return self.inner.learning_rate

    @property
    def iterations(self) -> Any:
        """The number of steps so far, a variable of the wrapped optimizer."""
        return self.inner.iterations

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "optimizer": keras.optimizers.serialize(self.inner),
            "eta": self.eta,
            "gamma": self.gamma,
            "seed": self.seed,
            "name": self.name,
        }
