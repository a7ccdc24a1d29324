"""What all noise layers share: a strength, a stream of numbers, and a schedule over training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import keras
import tensorflow as tf

from hiss.noise import random as noise
from hiss.noise import schedules

Shape = tuple[Any, ...]


class NoiseLayer(keras.layers.Layer):  # type: ignore[misc]
    """A layer that does nothing in evaluation and is random in training.

    Its strength is a variable, so that one compiled program serves a whole grid of strengths, and
    its numbers are a pure function of (`seed`, step): the same whatever else the network holds.
    """

    strength_name: ClassVar[str]
    """The constructor's argument that says how strong the noise is; 0 turns it off."""

    def __init__(self, strength: float, seed: int | None, schedule: Any, **kwargs: Any) -> None:
        """Take the `strength` and, in any of Keras' notations, how it changes over training."""
        super().__init__(**kwargs)
        self.peak = strength
        self.seed = seed
        self.schedule = schedules.get(schedule)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the variables that the noise depends on."""
        self.strength = self._add_scalar(self.strength_name, self.peak)
        self.stream = _add_stream(self, self.seed)
        if self.schedule is not None:
            self.steps = self._add_scalar("steps", 1.0)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Put noise on `inputs` when `training`, and move on by one step."""
        if not training:
            return inputs
        noisy = self.corrupted(inputs, self.current())
        self.stream.assign(noise.advanced(self.stream.value))
        return noisy

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Give `inputs` with noise of this `strength`, a scalar tensor."""
        raise NotImplementedError

    def current(self) -> Any:
        """Give the strength at this step, as the schedule has it."""
        if self.schedule is None:
            return self.strength.value
        step = tf.cast(self.stream.value[2], tf.float32)
        return self.strength.value * self.schedule(step / self.steps.value)

    def normal(self, strength: Any, shape: Shape) -> Any:
        """Draw normal values of mean 0 and SD 1, or zeros where the `strength` is 0."""
        return self._draw(noise.normal, strength, shape, tf.zeros)

    def kept(self, rate: Any, shape: Shape) -> Any:
        """Draw 1 with probability 1 - `rate` and 0 else."""
        drawn = self._draw(noise.uniform, rate, shape, tf.ones)
        return tf.cast(drawn >= rate, tf.float32)

    def _draw(
        self,
        distribution: Callable[[Any, Shape], Any],
        strength: Any,
        shape: Shape,
        silence: Callable[[Shape], Any],
    ) -> Any:
        """Draw numbers where they matter."""
        stream = self.stream.value
        return noise.unless_zero(
            strength, lambda: distribution(stream, shape), lambda: silence(shape)
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Keep the shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Say how to make this layer again."""
        own = {self.strength_name: self.peak, "seed": self.seed}
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {**super().get_config(), **own, "schedule": schedule}

    def _add_scalar(self, name: str, value: float) -> Any:
        return self.add_weight(
            name=name, shape=(), initializer=keras.initializers.Constant(value), trainable=False
        )


def check_rate(rate: float) -> None:
    """Refuse a share of units to drop that is not in [0, 1)."""
    if not 0 <= rate < 1:
        raise ValueError(f"Expected `rate` of at least 0 and below 1. Received: rate={rate}")


def _add_stream(layer: Any, seed: int | None) -> Any:
    """Give a layer the state (uint32, shape (3,)) that its noise is a function of."""
    words = [keras.random.SeedGenerator().state[0] if seed is None else seed, 0, 0]
    return layer.add_weight(
        name="stream",
        shape=(3,),
        dtype="uint32",
        initializer=lambda shape, dtype: keras.ops.convert_to_tensor(words, dtype),
        trainable=False,
        autocast=False,
    )
