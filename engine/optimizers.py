"""Keras' optimizers as pure functions, which on TensorFlow they are not by themselves."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, first_line
from engine.gradient_noise import GradientNoise
from engine.named import class_of
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

FROM_WEIGHTS = ("ScheduleFreeAdamW",)
"""Optimizers whose own variables start from the weights, which differ by replicate."""
MIX_IN = "keras.src.backend.tensorflow"


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
    kind = type(optimizer)
    twin: Any = _Neutral(kind.__name__, (kind,), {})
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


class _Neutral(type):
    """The class of optimizers whose TensorFlow mix-in comes after the methods that it hides.

    What an optimizer overrides itself, as Nadam does its update, stays before both.
    """

    def mro(cls) -> list[type]:
        """Put Keras' backend-neutral methods before the mix-in's."""
        order = super().mro()
        neutral = next(base for base in order if base.__name__ == "BaseOptimizer")
        place = next(n for n, base in enumerate(order) if base.__module__.startswith(MIX_IN))
        methods = {name: getattr(neutral, name) for name in PURE}
        return [*order[:place], type("Neutral", (), methods), *order[place:]]
