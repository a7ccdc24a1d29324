"""From the layer tables of an experiment to a Keras network whose every seed is explicit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.layers import KINDS
from engine.seeds import Seeds
from engine.spec import Experiment
from engine.spec import Keras as Table

Values = list[NDArray[Any]]


def build_network(experiment: Experiment, shape: tuple[int, ...], seeds: Seeds) -> Any:
    """Build the network for rows of `shape`."""
    try:
        return keras.Sequential([keras.Input(shape), *_layers(experiment, seeds)])
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"{experiment.name}: the layers do not fit together: {_first_line(error)}",
            f"Rows have shape {shape}. Compare the layers with those of a built-in preset.",
        ) from error


def initial_values(experiment: Experiment, network: Any, seeds: Seeds) -> tuple[Values, Values]:
    """Give the values that the trainable and the other variables of `network` start from.

    The same as those of a network built with these seeds, without the cost of building it.
    """
    trainable: Values = []
    other: Values = []
    for layer, built in zip(_layers(experiment, seeds), network.layers, strict=True):
        layer.build(built.input.shape)
        trainable += [np.asarray(variable) for variable in layer.trainable_variables]
        other += [np.asarray(variable) for variable in layer.non_trainable_variables]
    return trainable, other


def _layers(experiment: Experiment, seeds: Seeds) -> Iterator[Any]:
    """Make the layers; noise between the same two weighted layers has the same seed in any arm."""
    weighted, noisy = 0, 0
    for index, table in enumerate(experiment.layers):
        layer = make_layer(table, f"{experiment.name}: layers.{index}")
        config = layer.get_config()
        if any(key.endswith("_initializer") for key in config):
            role = f"weights/{weighted}"
            weighted, noisy = weighted + 1, 0
        else:
            role = f"noise/{weighted}/{noisy}"
            noisy += "seed" in config
        yield type(layer).from_config(_seeded(config, seeds, role))


def make_layer(table: Table, where: str) -> Any:
    """Make the Keras layer that a table names, with the table's arguments."""
    kind = KINDS.get(table.class_name) or getattr(keras.layers, table.class_name, None)
    if kind is None:
        raise EngineError(f"{where}: Keras has no layer `{table.class_name}`.")
    try:
        return kind.from_config(table.arguments)
    except (ValueError, TypeError) as error:
        raise EngineError(f"{where} ({table.class_name}): {_first_line(error)}") from error


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


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
