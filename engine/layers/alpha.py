"""Dropout that keeps the mean and the variance of self-normalising activations."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from engine.layers.dropout import Dropout

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
