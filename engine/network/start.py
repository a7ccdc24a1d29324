"""The values that trainings start from: those of a network built with each replicate's seeds.

Keras takes milliseconds to build a layer and its variables. What a layer's variables start from is
a function of its configuration, and mostly a plain one; so it is worked out once, checked against
layers that are built, and only what does not follow so is built for every replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.data.seeds import Seeds
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras, Training
from hiss.network.build import Description, seeded_layers
from hiss.network.user_model import build_user_model

STATES = ("stream", "seed_generator_state")
"""Variables that begin with the seed of their layer, and are 0 beyond."""
INITIALIZERS = {"recurrent_kernel": "recurrent_initializer"}
"""Arguments that are not called like the variable with `_initializer` behind."""
Values = list[NDArray[Any]]
_Rule = Callable[[dict[str, Any]], NDArray[Any]]
"""What a variable starts from, by the configuration of its layer."""
_Rules = tuple[list[_Rule], list[_Rule]]
"""Those of a layer's trainable variables, and those of its others."""


class Start(NamedTuple):
    """The values that the training of one replicate starts from."""

    trainable: Values
    other: Values
    """The values of the network's other variables."""
    training: Training


def initial_values(
    experiment: Experiment, network: Any, replicates: Iterable[Seeds]
) -> Iterator[Start]:
    """Yield the values that the variables of `network` start from, for the seeds of each replicate.

    The values are those of a network built with these seeds, drawn on the CPU whatever device
    trains it.
    """
    for seeds in replicates:
        with keras.device("cpu:0"):
            start = Start(*_values(experiment, network, seeds), experiment.training)
        yield start


def _values(experiment: Experiment, network: Any, seeds: Seeds) -> tuple[Values, Values]:
    """Return the values of all trainable variables, and those of all others."""
    if experiment.model is not None:
        return _split([build_user_model(experiment.model, network.input_shape[1:], seeds)])
    trainable: Values = []
    other: Values = []
    rules = _rules(experiment.name, experiment.layers, network)
    layers = _weighted(experiment.name, experiment.layers, network, seeds)
    for (description, built), each in zip(layers, rules, strict=True):
        if each is None:
            found = _split([_built(description, built)])
        else:
            found = _by(each, description.config)
        trainable += found[0]
        other += found[1]
    return trainable, other


def _by(rules: _Rules, config: dict[str, Any]) -> tuple[Values, Values]:
    trainable, other = ([rule(config) for rule in part] for part in rules)
    return trainable, other


def _weighted(
    name: str, layers: tuple[Keras, ...], network: Any, seeds: Seeds
) -> Iterator[tuple[Description, Any]]:
    """Yield each layer that has variables: with seeds, and as it is in `network`."""
    pairs = zip(seeded_layers(name, layers, seeds), network.layers, strict=True)
    return ((each, built) for each, built in pairs if built.variables)


def _built(description: Description, built: Any) -> Any:
    """Make and build a layer for the input of one that is built."""
    layer = description.layer()
    layer.build(keras.tree.flatten(built.input)[0].shape)  # a mask may come second
    return layer


def _split(layers: Sequence[Any]) -> tuple[Values, Values]:
    return (
        [np.asarray(each) for layer in layers for each in layer.trainable_variables],
        [np.asarray(each) for layer in layers for each in layer.non_trainable_variables],
    )


@lru_cache(maxsize=16)
def _rules(name: str, layers: tuple[Keras, ...], network: Any) -> list[_Rules | None]:
    """Return the rules of every layer that has variables; None for one that has to be built.

    They are drawn from the layers of one replicate, and have to hold for those of another.
    """
    first, second = (_weighted(name, layers, network, Seeds(0, number)) for number in range(2))
    found: list[_Rules | None] = []
    for (one, built), (other, _) in zip(first, second, strict=True):
        start, expected = (_split([_built(each, built)]) for each in (one, other))
        parts = built.trainable_variables, built.non_trainable_variables
        trainable, others = (
            [_rule(each.name, a, b, one.config) for each, a, b in zip(*of_part, strict=True)]
            for of_part in zip(parts, start, expected, strict=True)
        )
        rules = trainable, others
        holds = all(
            np.array_equal(made, value)
            for each, values in ((one, start), (other, expected))
            for part, wanted in zip(_by(rules, each.config), values, strict=True)
            for made, value in zip(part, wanted, strict=True)
        )
        found.append(rules if holds else None)
    return found


def _rule(name: str, value: NDArray[Any], other: NDArray[Any], config: dict[str, Any]) -> _Rule:
    """Return what a variable of a layer may follow: a constant, its seed or its initializer."""
    initializer = INITIALIZERS.get(name, f"{name}_initializer")
    if np.array_equal(value, other):
        return lambda config: value
    if name in STATES:
        rest = (0,) * (value.size - 1)
        return lambda config: np.array([config.get("seed") or 0, *rest], value.dtype)
    if isinstance(config.get(initializer), dict):
        return lambda config: np.asarray(
            keras.initializers.get(config[initializer])(value.shape, dtype=value.dtype.name)
        )
    return lambda config: value
