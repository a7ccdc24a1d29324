"""From the layer tables of an experiment to a Keras network whose every seed is explicit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.layers import KINDS
from engine.own_model import build_own
from engine.seeds import Seeds
from engine.spec import Experiment, Training
from engine.spec import Keras as Table

Values = list[NDArray[Any]]


class Start(NamedTuple):
    """What the training of one replicate starts from."""

    trainable: Values
    other: Values
    """The values of the network's other variables."""
    training: Training


def build_network(experiment: Experiment, shape: tuple[int, ...], seeds: Seeds) -> Any:
    """Build the network for rows of `shape`."""
    if experiment.model is not None:
        return build_own(experiment.model, shape, seeds)
    try:
        return keras.Sequential([keras.Input(shape), *_layers(experiment, seeds)])
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"{experiment.name}: the layers do not fit together: {_first_line(error)}",
            f"Rows have shape {shape}. Compare the layers with those of a built-in preset.",
        ) from error


def initial_values(experiment: Experiment, network: Any, seeds: Seeds) -> Start:
    """Give the values that the trainable and the other variables of `network` start from.

    The same as those of a network built with these seeds, without the cost of building it.
    """
    if experiment.model is not None:
        own = build_own(experiment.model, network.input_shape[1:], seeds)
        return Start(
            [np.asarray(variable) for variable in own.trainable_variables],
            [np.asarray(variable) for variable in own.non_trainable_variables],
            experiment.training,
        )
    trainable: Values = []
    other: Values = []
    for layer, built in zip(_layers(experiment, seeds), network.layers, strict=True):
        layer.build(built.input.shape)
        trainable += [np.asarray(variable) for variable in layer.trainable_variables]
        other += [np.asarray(variable) for variable in layer.non_trainable_variables]
    return Start(trainable, other, experiment.training)


def schedule_clocks(network: Any) -> list[int]:
    """Find, among the other variables of `network`, those that say how long a schedule is."""
    clocks = {id(layer.steps) for layer in network.layers if hasattr(layer, "steps")}
    others = enumerate(network.non_trainable_variables)
    return [place for place, variable in others if id(variable) in clocks]


def _layers(experiment: Experiment, seeds: Seeds) -> Iterator[Any]:
    """Make the layers; noise between the same two weighted layers has the same seed in any arm."""
    weighted, noisy = 0, 0
    for index, table in enumerate(experiment.layers):
        layer = make_layer(table, f"{experiment.name}: layers.{index}")
        config = layer.get_config()
        if _has_weights(config):
            config = _seeded_weights(config, seeds, weighted)
            weighted, noisy = weighted + 1, 0
        else:
            config = _seeded(config, seeds, f"noise/{weighted}/{noisy}")
            noisy += "seed" in config
        name = table.arguments.get("name", f"layer_{index}")
        yield type(layer).from_config({**config, "name": name})


def _has_weights(config: Any) -> bool:
    """Tell whether a layer starts from random weights, be they those of a layer that it wraps."""
    return any(key.endswith("_initializer") for key in _wrapped(config) or config)


def _wrapped(config: Any) -> Any:
    """Give the configuration of the layer that a layer wraps, if it wraps one."""
    return config["layer"]["config"] if "layer" in config else None


def _seeded_weights(config: Any, seeds: Seeds, number: int) -> Any:
    """Seed a weighted layer: a wrapped one starts from the weights that it has by itself."""
    inner, role = _wrapped(config), f"weights/{number}"
    if inner is None:
        return _seeded(config, seeds, role)
    layer = {**config["layer"], "config": _seeded(inner, seeds, role)}
    return {**_seeded({**config, "layer": None}, seeds, f"{role}/wrapper"), "layer": layer}


def make_layer(table: Table, where: str) -> Any:
    """Make the Keras layer that a table names, with the table's arguments."""
    kind = KINDS.get(table.class_name) or getattr(keras.layers, table.class_name, None)
    if kind is None:
        raise EngineError(f"{where}: Keras has no layer `{table.class_name}`.")
    try:
        return kind.from_config(_with_modules(table.arguments))
    except KeyError as error:
        raise EngineError(f"{where} ({table.class_name}): {error.args[0]} is missing.") from error
    except (ValueError, TypeError) as error:
        reason = _first_line(error.__context__ or error)
        raise EngineError(f"{where} ({table.class_name}): {reason}") from error


def _with_modules(arguments: dict[str, Any]) -> dict[str, Any]:
    """Name Keras' module in the tables of layers inside a layer's arguments."""
    return {
        key: {"module": "keras.layers", **value}
        if key in ("layer", "cell") and isinstance(value, dict)
        else value
        for key, value in arguments.items()
    }


def _seeded(config: Any, seeds: Seeds, role: str) -> Any:
    """Fill every seed that a layer's configuration leaves open."""
    match config:
        case dict():
            return {
                key: seeds.of(role)
                if key == "seed" and value is None
                else _seeded(value, seeds, f"{role}/{key}" if isinstance(value, dict) else role)
                for key, value in config.items()
            }
        case list() | tuple():
            return type(config)(_seeded(value, seeds, role) for value in config)
        case _:
            return config


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
