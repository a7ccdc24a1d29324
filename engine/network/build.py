"""From the layer tables of an experiment to a Keras network in which every seed is explicit."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import keras

from hiss.compatibility import is_preprocessing_layer
from hiss.data.seeds import Seeds
from hiss.errors import EngineError, expected, first_line
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras as Table
from hiss.keras_names.lookup import as_keras_takes
from hiss.network.penalties import make_variable
from hiss.network.user_model import build_user_model
from hiss.noise.layers import layer_class

DTYPE_POLICIES = (
    *("float32", "mixed_bfloat16", "mixed_float16"),
    *("bfloat16", "float16", "float64"),
)
"""What the `dtype` of a layer may be. Keras also has quantized policies, of layers that were
trained before; only layers of preprocessing compute in whole numbers."""


def build_network(experiment: Experiment, shape: tuple[int, ...], seeds: Seeds) -> Any:
    """Build the network of an experiment, a `keras.Model`.

    Args:
        experiment: whose layers, or the user's model.
        shape: of a row.
        seeds: of the replicate.

    Raises:
        EngineError: if the layers do not fit together, or the user's model fails.
    """
    if experiment.model is not None:
        return build_user_model(experiment.model, shape, seeds)
    described = seeded_layers(experiment.name, experiment.layers, seeds)
    try:
        layers = [each.layer() for each in described]
        return keras.Sequential([keras.Input(shape, name="rows"), *layers], name="network")
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise EngineError(
            f"{experiment.name}: the layers do not fit together: {first_line(error)}",
            f"Rows have shape {shape}. Compare the layers with those of a built-in preset.",
        ) from error


def schedule_clocks(network: Any) -> list[int]:
    """Return the places of the schedules' lengths among the other variables of `network`."""
    clocks = {id(layer.steps) for layer in network.layers if hasattr(layer, "steps")}
    others = enumerate(network.non_trainable_variables)
    return [place for place, variable in others if id(variable) in clocks]


def make_layer(table: Table, where: str) -> Any:
    """Make the Keras layer that a table names, with the table's arguments.

    Raises:
        EngineError: if there is no such layer or it refuses an argument; it begins with `where`.
    """
    kind = layer_class(table.class_name) or getattr(keras.layers, table.class_name, None)
    if kind is None:
        raise EngineError(f"{where}: Keras has no layer `{table.class_name}`.")
    _check_dtype(kind, table.arguments, f"{where} ({table.class_name})")
    try:
        given = as_keras_takes("layers", table.class_name, table.arguments)
        return kind.from_config({**_defaults(kind), **given})
    except KeyError as error:
        raise EngineError(f"{where} ({table.class_name}): {error.args[0]} is missing.") from error
    except (ValueError, TypeError) as error:
        reason = first_line(error.__context__ or error)
        raise EngineError(f"{where} ({table.class_name}): {reason}") from error


class Description(NamedTuple):
    """A layer as Keras describes it."""

    kind: Any
    config: dict[str, Any]

    def layer(self) -> Any:
        """Make the layer, with the strengths of its penalties as variables."""
        layer = self.kind.from_config(self.config)
        make_variable(layer)
        return layer


def seeded_layers(name: str, layers: tuple[Table, ...], seeds: Seeds) -> Iterator[Description]:
    """Yield the layers with all seeds set; between two weighted layers noise is numbered from 0.

    So noise at the same place has the same seed in every arm.
    """
    weighted, noisy = 0, 0
    for kind, config in _described(name, layers):
        if _has_weights(config):
            yield Description(kind, _seeded_weights(config, seeds, weighted))
            weighted, noisy = weighted + 1, 0
        else:
            yield Description(kind, _seeded(config, seeds, f"noise/{weighted}/{noisy}"))
            noisy += "seed" in config


@lru_cache(maxsize=32)
def _described(name: str, layers: tuple[Table, ...]) -> tuple[Description, ...]:
    """Return the layers of an experiment with Keras' defaults filled in and all seeds open.

    Keras would number the names of layers within a process, and names become part of the compiled
    program; so the layers are named by their place.
    """
    described = []
    for index, table in enumerate(layers):
        layer = make_layer(table, f"{name}: layers.{index}")
        own_name = table.arguments.get("name", f"layer_{index}")
        config = {**layer.get_config(), "name": own_name}
        if inner := _wrapped(config):
            inner["name"] = f"{own_name}_inner"
        described.append(Description(type(layer), config))
    return tuple(described)


def _has_weights(config: dict[str, Any]) -> bool:
    """Return whether a layer, or the one that it wraps, starts from random weights."""
    return any(key.endswith("_initializer") for key in _wrapped(config) or config)


def _wrapped(config: dict[str, Any]) -> dict[str, Any] | None:
    """Return the configuration of the layer that a layer wraps, if it wraps one."""
    found: dict[str, Any] | None = config["layer"]["config"] if "layer" in config else None
    return found


def _seeded_weights(config: dict[str, Any], seeds: Seeds, number: int) -> dict[str, Any]:
    """Seed a weighted layer: a wrapped one starts from the weights that it has by itself."""
    inner, role = _wrapped(config), f"weights/{number}"
    if inner is None:
        return _seeded(config, seeds, role)
    layer = {**config["layer"], "config": _seeded(inner, seeds, role)}
    return {**_seeded({**config, "layer": None}, seeds, f"{role}/wrapper"), "layer": layer}


def _check_dtype(kind: Any, arguments: Mapping[str, Any], where: str) -> None:
    """Check that a layer, and a layer that it wraps, computes in a dtype that can be trained."""
    dtype = arguments.get("dtype")
    if dtype not in (None, *DTYPE_POLICIES) and not is_preprocessing_layer(kind):
        problem = expected("dtype", f"one of {', '.join(DTYPE_POLICIES)}", dtype)
        raise EngineError(f"{where}: {problem.key}{problem.text}")
    match arguments.get("layer"):
        case {"class_name": str(name), "config": {} as config}:
            _check_dtype(getattr(keras.layers, name, None), config, f"{where}: layer ({name})")


def _defaults(kind: type) -> dict[str, Any]:
    """Return the defaults of a layer's constructor, which some `from_config` expect to be given."""
    parameters = inspect.signature(kind).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


def _seeded(config: dict[str, Any], seeds: Seeds, role: str) -> dict[str, Any]:
    """Set every seed that a layer's configuration leaves open."""
    return {
        key: seeds.of(role)
        if key == "seed" and value is None
        else _seeded_value(value, seeds, f"{role}/{key}" if isinstance(value, dict) else role)
        for key, value in config.items()
    }


def _seeded_value(value: Any, seeds: Seeds, role: str) -> Any:
    match value:
        case dict():
            return _seeded(value, seeds, role)
        case list() | tuple():
            return type(value)(_seeded_value(each, seeds, role) for each in value)
        case _:
            return value
