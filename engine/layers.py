"""Noise layers: Keras' own, with the noise drawn by `engine.noise` and the strength a variable."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from engine import noise


@keras.saving.register_keras_serializable("hiss")
class GaussianNoise(keras.layers.Layer):  # type: ignore[misc]
    """Adds zero-mean Gaussian noise of standard deviation `stddev`; does nothing in evaluation.

    Keras' layer of this name, but that the standard deviation is a variable, so that one
    compiled program serves a whole grid of them, and that the noise is a pure function of
    (`seed`, step): the same whatever else the network holds.
    Source: Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """

    strength_name = "stddev"

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        """Take a `stddev` in [0, 1], as Keras does, in the units of the inputs."""
        super().__init__(**kwargs)
        if not 0 <= stddev <= 1:
            raise ValueError(f"Expected `stddev` between 0 and 1. Received: stddev={stddev}")
        self.stddev = stddev
        self.seed = seed
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the two variables that the noise depends on."""
        self.strength = add_strength(self, "stddev", self.stddev)
        self.stream = add_stream(self, self.seed)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Add noise to `inputs` when `training`."""
        if not training:
            return inputs
        return inputs + self.strength * draw(self.stream, self.strength, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Keep the shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Say how to make this layer again."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


def add_strength(layer: Any, name: str, value: float) -> Any:
    """Give a layer a scalar that scales its noise and that training never changes."""
    return layer.add_weight(
        name=name, shape=(), initializer=keras.initializers.Constant(value), trainable=False
    )


def add_stream(layer: Any, seed: int | None) -> Any:
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


def draw(stream: Any, strength: Any, like: Any) -> Any:
    """Draw normal noise of the shape of `like`, and move the stream on by one step.

    Nothing is drawn where the `strength` is 0. The branch also keeps XLA from drawing the same
    numbers again in every loop that reads them.
    """
    shape = keras.ops.shape(like)
    drawn = tf.cond(
        strength.value > 0, lambda: noise.normal(stream.value, shape), lambda: tf.zeros(shape)
    )
    stream.assign(noise.advanced(stream.value))
    return drawn


KINDS: dict[str, type[keras.layers.Layer]] = {"GaussianNoise": GaussianNoise}
"""The layers that hiss puts in the place of Keras' own of the same name."""
