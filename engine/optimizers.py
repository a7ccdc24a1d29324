"""Keras' optimizers as pure functions, which on TensorFlow they are not by themselves."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.gradient_noise import GradientNoise
from engine.spec import Keras as Table

PURE = (
    "assign",
    "assign_add",
    "assign_sub",
    "stateless_apply",
    "_var_key",
    "_apply_weight_decay",
    "_backend_update_step",
    "_backend_increment_gradient_accumulators",
    "_clip_by_norm",
    "_overwrite_model_variables_with_average_value",
)


def make_optimizer(chosen: str | Table) -> Any:
    """Make the Keras optimizer that an experiment names."""
    if isinstance(chosen, str):
        return keras.optimizers.get(chosen)
    if chosen.class_name == GradientNoise.__name__:
        return GradientNoise(**chosen.arguments)
    return keras.optimizers.deserialize(
        {"class_name": chosen.class_name, "config": chosen.arguments}
    )


def pure(optimizer: Any) -> Any:
    """Give `optimizer` a working `stateless_apply`.

    Keras refuses it on TensorFlow for the sake of `tf.distribute`; the backend-neutral methods
    that TensorFlow's mix-in hides do work there.
    """
    kind = type(optimizer)
    neutral = _neutral_base(kind)
    methods = {name: getattr(neutral, name) for name in PURE}
    twin: Any = type(kind.__name__, (kind,), methods)
    made = twin.from_config(optimizer.get_config())
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


def _neutral_base(kind: type) -> type:
    return next(base for base in kind.__mro__ if base.__name__ == "BaseOptimizer")
