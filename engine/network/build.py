"""From the layer tables of an experiment to a Keras network whose every seed is explicit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.data.seeds import Seeds
from hiss.errors import EngineError, first_line
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras as Table
from hiss.experiment.training import Training
from hiss.experiment.user_model import UserModel
from hiss.network.user_model import build_own
from hiss.noise.registry import KINDS

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
        layers = [each.layer() for each in _with_seeds(_blueprints(experiment), seeds)]
        return keras.Sequential([keras.Input(shape, name="rows"), *layers], name="network")
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise EngineError(
            f"{experiment.name}: the layers do not fit together: {first_line(error)}",
            f"Rows have shape {shape}. Compare the layers with those of a built-in preset.",
        ) from error


def initial_values(
    experiment: Experiment, network: Any, replicates: Iterable[Seeds]
) -> Iterator[Start]:
    """Give the values that the variables of `network` start from, for the seeds of each replicate.

    The same as those of a network built with these seeds, without the cost of building it.
    """
    fresh = _like_own(experiment.model, network) if experiment.model else _like(experiment, network)
    for layers in map(fresh, replicates):
        yield Start(
            [np.asarray(each) for layer in layers for each in layer.trainable_variables],
            [np.asarray(each) for layer in layers for each in layer.non_trainable_variables],
            experiment.training,
        )


def _like(experiment: Experiment, network: Any) -> Callable[[Seeds], list[Any]]:
    """Build, from seeds, the layers of a network that have variables, and only these."""
    blueprints = _blueprints(experiment)

    def fresh(seeds: Seeds) -> list[Any]:
        pairs = zip(_with_seeds(blueprints, seeds), network.layers, strict=True)
        layers = [(each.layer(), built) for each, built in pairs if built.variables]
        for layer, built in layers:
            layer.build(keras.tree.flatten(built.input)[0].shape)  # a mask may come second
        return [layer for layer, _ in layers]

    return fresh


def _like_own(model: UserModel, network: Any) -> Callable[[Seeds], list[Any]]:
    """Build, from seeds, the user's own model as a single layer."""
    return lambda seeds: [build_own(model, network.input_shape[1:], seeds)]


def schedule_clocks(network: Any) -> list[int]:
    """Find, among the other variables of `network`, those that say how long a schedule is."""
    clocks = {id(layer.steps) for layer in network.layers if hasattr(layer, "steps")}
    others = enumerate(network.non_trainable_variables)
    return [place for place, variable in others if id(variable) in clocks]


class _Blueprint(NamedTuple):
    """A layer as Keras describes it."""

    kind: Any
    config: dict[str, Any]

    def layer(self) -> Any:
        """Make the layer."""
        return self.kind.from_config(self.config)


def _blueprints(experiment: Experiment) -> list[_Blueprint]:
    """Describe the layers of an experiment, seeds being open.

    Names that Keras chooses go on with what a process has made, and become part of the program.
    """
    blueprints = []
    for index, table in enumerate(experiment.layers):
        layer = make_layer(table, f"{experiment.name}: layers.{index}")
        name = table.arguments.get("name", f"layer_{index}")
        config = {**layer.get_config(), "name": name}
        if inner := _wrapped(config):
            inner["name"] = f"{name}_inner"
        blueprints.append(_Blueprint(type(layer), config))
    return blueprints


def _with_seeds(blueprints: Iterable[_Blueprint], seeds: Seeds) -> Iterator[_Blueprint]:
    """Fill the seeds; noise between the same two weighted layers has the same seed in any arm."""
    weighted, noisy = 0, 0
    for kind, config in blueprints:
        if _has_weights(config):
            yield _Blueprint(kind, _seeded_weights(config, seeds, weighted))
            weighted, noisy = weighted + 1, 0
        else:
            yield _Blueprint(kind, _seeded(config, seeds, f"noise/{weighted}/{noisy}"))
            noisy += "seed" in config


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
        reason = first_line(error.__context__ or error)
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
