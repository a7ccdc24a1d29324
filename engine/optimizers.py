"""Keras' optimizers as pure functions, which on TensorFlow they are not by themselves."""

from __future__ import annotations

from typing import Any

import keras

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
    return type(kind.__name__, (kind,), methods).from_config(optimizer.get_config())


def _neutral_base(kind: type) -> type:
    return next(base for base in kind.__mro__ if base.__name__ == "BaseOptimizer")
