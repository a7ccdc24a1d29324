"""Noise on the weights of a layer."""

from __future__ import annotations

import math
from typing import Any, Self

import keras
import tensorflow as tf

from hiss.noise.layer import NoiseLayer, Shape


@keras.saving.register_keras_serializable("hiss")
class WeightNoise(NoiseLayer):
    """Adds Gaussian noise to the kernels of the wrapped `layer`, afresh at each training step.

    The gradient at the noisy weights moves the weights themselves; biases stay as they are.
    Source: Graves, 2011, "Practical variational inference for neural networks".
    """

    strength_name = "stddev"

    def __init__(
        self,
        layer: Any,
        stddev: float,
        seed: int | None = None,
        schedule: Any = None,
        **kwargs: Any,
    ) -> None:
        """Take a `stddev` of at least 0, in the units of the weights."""
        if not stddev >= 0:
            raise ValueError(f"Expected `stddev` of at least 0. Received: stddev={stddev}")
        if getattr(layer, "activity_regularizer", None) is not None:
            raise ValueError("Expected a `layer` without `activity_regularizer`.")
        super().__init__(stddev, seed, schedule, **kwargs)
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        """Build the wrapped layer first."""
        if not self.layer.built:
            self.layer.build(input_shape)
        if not any(map(_is_kernel, self.layer.trainable_variables)):
            raise ValueError(f"Expected a `layer` with a kernel. Received: {self.layer.name}")
        super().build(input_shape)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Apply the wrapped layer, with noisy kernels when `training`."""
        if not training:
            return self.layer(inputs)
        outputs: Any = super().call(inputs, training)
        return outputs

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Apply the wrapped layer with noisy kernels."""
        others = self.layer.non_trainable_variables
        outputs, values = self.layer.stateless_call(
            self._noisy(strength), [variable.value for variable in others], inputs
        )
        for variable, value in zip(others, values, strict=True):
            variable.assign(value)
        return outputs

    def _noisy(self, strength: Any) -> list[Any]:
        """Give the values of the trainable variables, with noise on the kernels."""
        variables = self.layer.trainable_variables
        sizes = [math.prod(each.shape) * _is_kernel(each) for each in variables]
        drawn = tf.split(self.normal(strength, (sum(sizes),)), sizes)
        return [
            each.value + strength * tf.reshape(part, each.shape) if size else each.value
            for each, part, size in zip(variables, drawn, sizes, strict=True)
        ]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Give the shape that the wrapped layer gives."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Say how to make this layer again."""
        return {**super().get_config(), "layer": keras.layers.serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the layer and the wrapped one."""
        return cls(**{**config, "layer": keras.layers.deserialize(config["layer"])})


def _is_kernel(variable: Any) -> bool:
    return bool(variable.name.endswith("kernel"))
