"""Units, or whole feature maps, dropped at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from hiss.noise.layer import NoiseLayer, Shape, check_rate


@keras.saving.register_keras_serializable("hiss")
class Dropout(NoiseLayer):
    """Sets a share `rate` of the values to 0 and scales the others up by 1 / (1 - rate).

    Source: Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting".
    """

    strength_name = "rate"

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        schedule: Any = None,
        **kwargs: Any,
    ) -> None:
        """Take a `rate` in [0, 1), and the axes along which values fall together as 1s."""
        check_rate(rate)
        super().__init__(rate, seed, schedule, **kwargs)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Drop values."""
        return inputs * self.kept(strength, self.mask_shape(inputs)) / (1.0 - strength)

    def mask_shape(self, inputs: Any) -> Shape:
        """Say which shape is drawn for `inputs`."""
        shape = keras.ops.shape(inputs)
        return tuple(
            size if wanted is None else wanted
            for size, wanted in zip(shape, self.noise_shape or [None] * len(shape), strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """Say how to make this layer again."""
        return {**super().get_config(), "noise_shape": self.noise_shape}


class SpatialDropout(NoiseLayer):
    """Sets whole feature maps to 0 and scales the others up.

    Source: Tompson et al., 2014, arXiv:1411.4280.
    """

    strength_name = "rate"
    axes: int

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        schedule: Any = None,
        **kwargs: Any,
    ) -> None:
        """Take a `rate` in [0, 1), and Keras' word for the place of the channels."""
        check_rate(rate)
        super().__init__(rate, seed, schedule, **kwargs)
        self.data_format = data_format or keras.config.image_data_format()
        self.input_spec = keras.layers.InputSpec(ndim=self.axes + 2)

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Drop feature maps."""
        shape, ones = keras.ops.shape(inputs), (1,) * self.axes
        first = self.data_format == "channels_first"
        mask = (*shape[:2], *ones) if first else (shape[0], *ones, shape[-1])
        return inputs * self.kept(strength, mask) / (1.0 - strength)


@keras.saving.register_keras_serializable("hiss")
class SpatialDropout1D(SpatialDropout):
    """Drops whole features of a sequence."""

    axes = 1

    def __init__(
        self, rate: float, seed: int | None = None, schedule: Any = None, **kwargs: Any
    ) -> None:
        """Take a `rate` in [0, 1)."""
        super().__init__(rate, "channels_last", seed, schedule, **kwargs)


@keras.saving.register_keras_serializable("hiss")
class SpatialDropout2D(SpatialDropout):
    """Drops whole feature maps of an image."""

    axes = 2

    def get_config(self) -> dict[str, Any]:
        """Say how to make this layer again."""
        return {**super().get_config(), "data_format": self.data_format}


LOWEST = -1.0507009873554805 * 1.6732632423543772
"""What selu gives far below 0: -scale · alpha."""


@keras.saving.register_keras_serializable("hiss")
class AlphaDropout(Dropout):
    """Sets a share `rate` of the values to selu's lowest, then restores mean 0 and variance 1.

    Source: Klambauer et al., 2017, "Self-normalizing neural networks", arXiv:1706.02515.
    """

    def corrupted(self, inputs: Any, strength: Any) -> Any:
        """Saturate values, then scale and shift all."""
        kept = self.kept(strength, self.mask_shape(inputs))
        scale = tf.math.rsqrt((1.0 - strength) * (1.0 + strength * LOWEST**2))
        return scale * (inputs * kept + LOWEST * (1.0 - kept) - LOWEST * strength)
