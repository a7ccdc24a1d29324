"""The weights of a network as one vector, so that one update of the optimizer does for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.gradient_noise import GradientNoise

BY_NUMBER = ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion")
"""Optimizers that move every number by itself, and leave alone what has no gradient."""


class Packing:
    """How the trainable variables of a network lie in a state: end to end, or as they are."""

    def __init__(self, variables: Sequence[Any], optimizer: Any) -> None:
        """Take the `variables` that an `optimizer`, not built yet, is to move."""
        self._shapes = [tuple(variable.shape) for variable in variables]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        self.end_to_end = _by_number(optimizer) and all(map(_plain, variables))
        zeros = np.zeros(sum(self._sizes), np.float32)
        self.variables = [keras.Variable(zeros)] if self.end_to_end else list(variables)
        """What the optimizer is to be built on."""

    def start(self, values: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """Pack the values that training starts from."""
        return [np.concatenate([np.ravel(each) for each in values])] if self.end_to_end else values

    def pack(self, gradients: list[Any]) -> list[Any]:
        """Pack the gradients of all variables, None for a variable without one."""
        if not self.end_to_end:
            return gradients
        pairs = zip(gradients, self._sizes, strict=True)
        flat = [tf.zeros(size) if each is None else tf.reshape(each, [-1]) for each, size in pairs]
        return [tf.concat(flat, 0)]

    def unpack(self, values: list[Any]) -> list[Any]:
        """Give each variable its value."""
        if not self.end_to_end:
            return values
        parts = tf.split(values[0], self._sizes)
        return [tf.reshape(*pair) for pair in zip(parts, self._shapes, strict=True)]


def _by_number(optimizer: Any) -> bool:
    moving = optimizer.inner if isinstance(optimizer, GradientNoise) else optimizer
    return type(moving).__name__ in BY_NUMBER and not any(
        (moving.weight_decay, moving.clipnorm, moving.global_clipnorm, moving.use_ema)
    )


def _plain(variable: Any) -> bool:
    return variable.dtype == "float32" and variable.constraint is None
