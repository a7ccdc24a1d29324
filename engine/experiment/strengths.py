"""The strengths of the noise and the penalties of an experiment by key, and grids of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import words
from hiss.keras_names.schemas import SHARE, Schema
from hiss.noise.kind import RATES, SHARES, STRENGTHS
from hiss.noise.labels import LABEL_NOISE
from hiss.noise.registry import NOISE_LAYERS, all_kinds, noise_of

LABEL_KEY = f"data.{LABEL_NOISE.strength}"
KERAS_NOISE = {
    "rate": RATES,
    "dropout": RATES,
    "recurrent_dropout": RATES,
    "label_smoothing": SHARES,
}
"""First grids of those arguments of Keras' own classes that are the strength of a noise."""
PENALTIES = ("l1", "l2", "weight_decay")
"""Arguments that are the strength of a penalty on weights or activations; 0 turns it off."""
PENALTY_STRENGTHS = (0.0, 0.0001, 0.001, 0.01, 0.1)
"""A first grid of penalties."""
UP_TO_ONE: Schema = SHARE
TABLES = ("layer", "cell", "optimizer", "loss")
"""Keys below which there are tables with strengths of their own, beside regularizers."""


class Strength(NamedTuple):
    """One strength, with the place where `--set` finds it."""

    key: str
    """Dotted: `layers.1.stddev`, `layers.0.kernel_regularizer.config.l2`."""
    value: float
    owner: str
    """The class that has it, or the data set."""
    accepts: Schema
    """What numbers it may be, as a JSON schema."""

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rpartition(".")[2]

    @property
    def layer(self) -> int | None:
        """Which of the layers it belongs to; None if it belongs to none."""
        first, *rest = self.key.split(".")
        return int(rest[0]) if first == "layers" else None

    @property
    def is_noise(self) -> bool:
        """Whether it is the strength of a noise and not of a penalty."""
        return self.name not in PENALTIES

    @property
    def of_noise_layer(self) -> bool:
        """Whether it belongs to a layer that is nothing but noise, Keras' own ones included."""
        kind = NOISE_LAYERS.get(self.owner)
        strength = kind.strength if kind else "rate"
        return self.key == f"layers.{self.layer}.{strength}"

    @property
    def in_wrapped_layer(self) -> bool:
        """Whether it is the strength of a noise within the layer that its owner wraps."""
        kind = NOISE_LAYERS.get(self.owner)
        return kind is not None and kind.wraps_layer


def is_strength(name: str) -> bool:
    """Return whether an argument of that name is the strength of any noise or penalty."""
    noise = {kind.strength for kind in all_kinds()}
    return name in noise or name in KERAS_NOISE or name in PENALTIES


def strengths(experiment: Experiment) -> tuple[Strength, ...]:
    """Return all strengths of the data, the layers and the training, also those that are 0."""
    training = experiment.training.model_dump(include={"optimizer", "loss"})
    in_layers = (
        found
        for number, layer in enumerate(experiment.layers)
        for found in _within(f"layers.{number}", layer.model_dump())
    )
    return (label_noise(experiment), *in_layers, *_within("training", training))


def label_noise(experiment: Experiment) -> Strength:
    """Return the share of the labels that are wrong, which any data has."""
    data = experiment.data
    return Strength(LABEL_KEY, data.label_noise, data.name, LABEL_NOISE.accepts)


def _within(key: str, table: Mapping[str, Any]) -> Iterator[Strength]:
    """Yield the strengths of a table in Keras' notation, and of those inside it."""
    owner = str(table.get("class_name", ""))
    for name, value in {**table, **table.get("config", {})}.items():
        inner = f"{key}.config.{name}" if name in table.get("config", {}) else f"{key}.{name}"
        if _is_strength_of(owner, name) and _is_number(value):
            yield Strength(inner, value, owner, _schema(owner, name))
        elif isinstance(value, Mapping) and (name in TABLES or name.endswith("_regularizer")):
            yield from _within(inner, value)


def _is_strength_of(owner: str, name: str) -> bool:
    kind = noise_of(owner)
    return name in KERAS_NOISE or name in PENALTIES or (kind is not None and name == kind.strength)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _schema(owner: str, name: str) -> Schema:
    kinds = ("layers", "regularizers", "optimizers", "losses")
    kind = next((kind for kind in kinds if owner in words()[kind]), None)
    arguments: Mapping[str, Any] = words()[kind][owner]["arguments"] if kind else {}
    return {"type": "number", "minimum": 0, **arguments.get(name, {})}


def coarse(strength: str, owner: str = "") -> tuple[float, ...]:
    """Return a first grid for a strength such as `stddev`, `rate` or `l2`.

    Args:
        strength: the name of the argument.
        owner: the class that has it; if it is left out, the first noise with such an argument.
    """
    kind = noise_of(owner) or next((one for one in all_kinds() if one.strength == strength), None)
    if strength in PENALTIES:
        return PENALTY_STRENGTHS
    if kind is not None and kind.strength == strength:
        return kind.grid
    return KERAS_NOISE.get(strength, STRENGTHS)


def least(strength: str, owner: str = "") -> float:
    """Return what is hardly different from 0: a tenth of the first grid's smallest strength."""
    return coarse(strength, owner)[1] / 10
