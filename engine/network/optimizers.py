"""Keras' optimizers as pure functions, and how their variables are packed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from hiss.compatibility import stateless_optimizer, weight_averages
from hiss.errors import EngineError, first_line
from hiss.experiment.training import Keras as Table
from hiss.keras_names.lookup import as_keras_takes, class_of
from hiss.noise.optimizer import GradientNoise
from hiss.noise.random import Tensor

WRONG_ON_TENSORFLOW = ("ScheduleFreeAdamW",)
"""Optimizers whose `update_step` keeps a `tf.Variable` and takes it for its earlier value."""


def make_optimizer(chosen: str | Table) -> Any:
    """Return the Keras optimizer that an experiment names.

    Raises:
        EngineError: if Keras has none of that name, or refuses the arguments.
    """
    table = Table(class_name=chosen) if isinstance(chosen, str) else chosen
    name = class_of("optimizer", table.class_name) or table.class_name
    own = GradientNoise if name == GradientNoise.__name__ else None
    kind = own or getattr(keras.optimizers, name, None)
    if kind is None:
        raise EngineError(f"training.optimizer: Keras {keras.__version__} has no {name}.")
    config = {"class_name": name, "config": as_keras_takes("optimizers", name, table.arguments)}
    try:
        return keras.optimizers.deserialize(config, custom_objects={name: kind})
    except (ValueError, TypeError) as error:
        raise EngineError(f"training.optimizer ({name}): {first_line(error)}") from error


def pure(optimizer: Any) -> Any:
    """Return a copy of `optimizer` whose `stateless_apply` works on TensorFlow.

    Raises:
        EngineError: for an optimizer that Keras itself computes wrongly on TensorFlow.
    """
    if type(optimizer).__name__ in WRONG_ON_TENSORFLOW:
        name = type(optimizer).__name__
        raise EngineError(
            f"training.optimizer: hiss cannot train with {name}: on TensorFlow, Keras "
            f"{keras.__version__} reads its momentum after the update where the method needs the "
            "one before.",
            "Choose AdamW, which is similar.",
        )
    twin: Any = stateless_optimizer(type(optimizer))
    made = twin.from_config({**optimizer.get_config(), "name": "optimizer"})
    if isinstance(made, GradientNoise):
        made.inner = pure(made.inner)
    return made


def starting_values(optimizer: Any, chosen: str | Table, seed: int) -> list[NDArray[Any]]:
    """Return the values that the variables of a built `optimizer` start from.

    Args:
        optimizer: of the same kind as the chosen one; the strength of its noise may differ.
        chosen: the optimizer that the experiment names.
        seed: seed of the replicate.
    """
    values = [np.asarray(variable) for variable in optimizer.variables]
    if isinstance(optimizer, GradientNoise) and isinstance(chosen, Table):
        places = {id(variable): place for place, variable in enumerate(optimizer.variables)}
        key, strength = places[id(optimizer.key)], places[id(optimizer.strength)]
        if optimizer.seed is None:
            values[key] = np.array([seed, 1], np.uint32)
        values[strength] = np.asarray(make_optimizer(chosen).eta, np.float32)
    return values


def final_weights(optimizer: Any, values: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
    """Return the weights that training ends with: their moving averages where there are any.

    Args:
        optimizer: a built one.
        values: of its variables after the last step.
        weights: the values of the variables that it updates.
    """
    averages = weight_averages(_moving(optimizer))
    places = {id(variable): place for place, variable in enumerate(optimizer.variables)}
    return [values[places[id(each)]] for each in averages] if averages else weights


def seed_noise(optimizer: Any, seed: int) -> None:
    """Set the seed of an optimizer that is not built yet, if it adds noise and has no seed."""
    if isinstance(optimizer, GradientNoise) and optimizer.seed is None:
        optimizer.seed = seed


BY_NUMBER = ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion")
"""Optimizers that update each number on its own, and none without a gradient."""


class Packing:
    """Packs the trainable variables of a network into one vector, where the optimizer allows it.

    One long update is faster than many short ones.
    """

    def __init__(self, variables: Sequence[Any], optimizer: Any) -> None:
        """Take the `variables` that an `optimizer`, not built yet, is to update."""
        self._shapes = [tuple(variable.shape) for variable in variables]
        self._sizes = [math.prod(shape) for shape in self._shapes]
        self.end_to_end = _by_number(optimizer) and all(map(_plain, variables))
        zeros = np.zeros(sum(self._sizes), np.float32)
        self.variables = [keras.Variable(zeros)] if self.end_to_end else list(variables)
        """The variables to build the optimizer on."""

    def start(self, values: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """Pack the values that training starts from, one array for each variable."""
        return [np.concatenate([np.ravel(each) for each in values])] if self.end_to_end else values

    def pack(self, gradients: list[Tensor | None]) -> list[Tensor | None]:
        """Pack the gradients of all variables; None is that of a variable without one."""
        if not self.end_to_end:
            return gradients
        pairs = zip(gradients, self._sizes, strict=True)
        flat = [tf.zeros(size) if each is None else tf.reshape(each, [-1]) for each, size in pairs]
        return [tf.concat(flat, 0)]

    def unpack(self, values: list[Tensor]) -> list[Tensor]:
        """Return the value of each variable."""
        if not self.end_to_end:
            return values
        parts = tf.split(values[0], self._sizes)
        return [tf.reshape(*pair) for pair in zip(parts, self._shapes, strict=True)]

    def unpack_arrays(self, values: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return the values of each variable at several times, each of shape (times, …)."""
        if not self.end_to_end:
            return values
        parts = np.split(values[0], np.cumsum(self._sizes)[:-1], axis=1)
        return [part.reshape(-1, *shape) for part, shape in zip(parts, self._shapes, strict=True)]


def _by_number(optimizer: Any) -> bool:
    moving = _moving(optimizer)
    return type(moving).__name__ in BY_NUMBER and not any(
        (moving.weight_decay, moving.clipnorm, moving.global_clipnorm)
    )


def _moving(optimizer: Any) -> Any:
    """Return the optimizer that moves the weights: the one that another may wrap."""
    return optimizer.inner if isinstance(optimizer, GradientNoise) else optimizer


def _plain(variable: Any) -> bool:
    return variable.dtype == "float32" and variable.constraint is None
