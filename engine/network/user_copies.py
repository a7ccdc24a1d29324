"""Copies of a user's model for each replicate, with weights drawn for it or with those it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from hiss.compatibility import constructor_arguments, is_preprocessing_layer
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.network.user_code import telling_line
from hiss.network.user_sites import site_names


def copy_of(name: str, model: Any, seeds: Seeds, *, keep: bool, shape: tuple[int, ...]) -> Any:
    """Return a copy of a model that shares nothing with it.

    Args:
        name: the model's, for messages.
        model: a `keras.Model`.
        seeds: of the replicate. Every initializer has one of them, also where it has its own.
        keep: whether the weights stay those of the model. If not, only what no training changes
            does: frozen layers, and what preprocessing layers have adapted to.
        shape: of a row.

    Raises:
        EngineError: if a layer cannot be made from its configuration.
    """
    keras.utils.set_random_seed(seeds.of("own/copy"))
    try:
        copied = _cloned(model, seeds)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise EngineError(
            f"{name}: a copy of it cannot be made for each repeat: {telling_line(error)}",
            "Give its layers a get_config, or name a function that makes it.",
        ) from error
    if model.built and not copied.built:
        copied(keras.Input(shape))
    if keep:
        copied.set_weights(model.get_weights())
    for layer, new in zip(_layers(model), _layers(copied), strict=True):
        new.name = layer.name  # Keras chooses others inside a subclassed model
        constant = is_preprocessing_layer(type(layer)) or not layer.trainable
        if layer.weights and (keep or constant):
            new.set_weights(layer.get_weights())
            if isinstance(new, keras.layers.Normalization):
                new.finalize_state()
    return copied


def _layers(model: Any) -> list[Any]:
    """Return the layers of a model that are not models themselves, those of inner models too."""
    return [layer for layer in site_names(model).values() if not isinstance(layer, keras.Model)]


def _cloned(model: Any, seeds: Seeds) -> Any:
    roles = {id(layer): f"own/{name}" for name, layer in site_names(model).items()}

    def again(layer: Any) -> Any:
        if isinstance(layer, keras.layers.Lambda):  # Keras refuses to read a lambda from a text
            return keras.layers.Lambda(
                layer.function, arguments=layer.arguments, name=layer.name, dtype=layer.dtype_policy
            )
        role = roles.get(id(layer), f"own/{layer.name}")
        return type(layer).from_config(_seeded(layer.get_config(), seeds, role))

    if not isinstance(model, keras.Sequential | keras.Function):
        return _made_again(model)
    compiled, model.compiled = model.compiled, False  # else the copy is compiled too
    try:
        return keras.models.clone_model(model, clone_function=again, recursive=True)
    finally:
        model.compiled = compiled


def _made_again(model: Any) -> Any:
    """Make a subclassed model with the arguments of the first time."""
    kind = type(model)
    if kind.get_config is not keras.Model.get_config:
        return kind.from_config(model.get_config())
    arguments = constructor_arguments(model)
    if arguments is None:
        raise TypeError(f"{kind.__name__} was made with arguments that Keras does not record")
    return kind(**arguments)


def _seeded(config: Mapping[str, Any], seeds: Seeds, role: str) -> dict[str, Any]:
    """Give every initializer in a configuration a seed of its own."""
    return {key: _seeded_value(key, value, seeds, f"{role}/{key}") for key, value in config.items()}


def _seeded_value(key: str, value: Any, seeds: Seeds, role: str) -> Any:
    match value:
        case {"class_name": _, "config": {"seed": _} as config} if key.endswith("initializer"):
            return {**value, "config": {**config, "seed": seeds.of(role)}}
        case dict():
            return _seeded(value, seeds, role)
        case list() | tuple():
            return type(value)(_seeded_value(key, each, seeds, role) for each in value)
        case _:
            return value
