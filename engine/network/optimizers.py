"""Keras' optimizers as pure functions, which on TensorFlow they are not by themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from hiss.compatibility import stateless_optimizer
from hiss.errors import EngineError, first_line
from hiss.experiment.training import Keras as Table
from hiss.keras_names.lookup import class_of
from hiss.noise.gradients import GradientNoise

FROM_WEIGHTS = ("ScheduleFreeAdamW",)
"""Optimizers whose own variables start from the weights, which differ by replicate."""


def make_optimizer(chosen: str | Table) -> Any:
    """Make the Keras optimizer that an experiment names.

    Raises:
        EngineError: if Keras has none of that name, or it does not take these arguments.
    """
    table = Table(class_name=chosen) if isinstance(chosen, str) else chosen
    name = class_of("optimizer", table.class_name) or table.class_name
    if name == GradientNoise.__name__:
        return GradientNoise(**table.arguments)
    kind = getattr(keras.optimizers, name, None)
    if kind is None:
        raise EngineError(f"training.optimizer: Keras {keras.__version__} has no {name}.")
    config = {"class_name": name, "config": table.arguments}
    try:
        return keras.optimizers.deserialize(config, custom_objects={name: kind})
    except (ValueError, TypeError) as error:
        raise EngineError(f"training.optimizer ({name}): {first_line(error)}") from error


def pure(optimizer: Any) -> Any:
    """Give `optimizer` a working `stateless_apply`.

    Keras refuses it on TensorFlow for the sake of `tf.distribute`; the backend-neutral methods
    that TensorFlow's mix-in hides do work there.

    Raises:
        EngineError: for an optimizer whose own variables start from the weights.
    """
    if type(optimizer).__name__ in FROM_WEIGHTS:
        raise EngineError(
            f"training.optimizer: hiss cannot train by {type(optimizer).__name__}.",
            "AdamW is near to it.",
        )
    twin: Any = stateless_optimizer(type(optimizer))
    made = twin.from_config({**optimizer.get_config(), "name": "optimizer"})
    if isinstance(made, GradientNoise):
        made.inner = pure(made.inner)
    return made


def starting_values(optimizer: Any, chosen: str | Table, seed: int) -> list[NDArray[Any]]:
    """Give the values that the variables of a built `optimizer` start from.

    Args:
        optimizer: of the same kind as the chosen one; a noise's strength may differ.
        chosen: what the experiment names.
        seed: of the replicate.
    """
    values = [np.asarray(variable) for variable in optimizer.variables]
    if isinstance(optimizer, GradientNoise) and isinstance(chosen, Table):
        places = {id(variable): place for place, variable in enumerate(optimizer.variables)}
        key, strength = places[id(optimizer.key)], places[id(optimizer.strength)]
        if optimizer.seed is None:
            values[key] = np.array([seed, 1], np.uint32)
        values[strength] = np.asarray(make_optimizer(chosen).eta, np.float32)
    return values


def seed_noise(optimizer: Any, seed: int) -> None:
    """Seed the noise of an optimizer that is not built yet, if it has any and leaves it open."""
    if isinstance(optimizer, GradientNoise) and optimizer.seed is None:
        optimizer.seed = seed


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
