"""How strong the noise and the penalties of an experiment are, each by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import words

LABEL_NOISE = "data.label_noise"
NOISE = (
    *("stddev", "rate", "dropout", "recurrent_dropout"),
    *("label_noise", "label_smoothing", "eta"),
)
"""What the strength of a noise is called; 0 turns it off."""
PENALTIES = ("l1", "l2", "weight_decay")
"""What the strength of a penalty on weights or activations is called, likewise."""
ALL = NOISE + PENALTIES
TABLES = ("layer", "cell", "optimizer", "loss")
"""Keys below which there are tables with strengths of their own, beside regularizers."""


class Strength(NamedTuple):
    """One strength, with the place where `--set` finds it."""

    key: str
    """Dotted: `layers.1.stddev`, `layers.0.kernel_regularizer.config.l2`."""
    value: float
    owner: str
    """The class that has it, or the data set."""
    accepts: Mapping[str, Any]
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
    accepts = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
    data = experiment.data
    return Strength(LABEL_NOISE, data.label_noise, data.name, accepts)


def _within(key: str, table: Mapping[str, Any]) -> Iterator[Strength]:
    """Find the strengths of a table in Keras' notation, and of those inside it."""
    owner = str(table.get("class_name", ""))
    for name, value in {**table, **table.get("config", {})}.items():
        inner = f"{key}.config.{name}" if name in table.get("config", {}) else f"{key}.{name}"
        if name in ALL and isinstance(value, int | float) and not isinstance(value, bool):
            yield Strength(inner, value, owner, _schema(owner, name))
        elif isinstance(value, Mapping) and (name in TABLES or name.endswith("_regularizer")):
            yield from _within(inner, value)


def _schema(owner: str, name: str) -> Mapping[str, Any]:
    kinds = ("layers", "regularizers", "optimizers", "losses")
    kind = next((kind for kind in kinds if owner in words()[kind]), None)
    arguments: Mapping[str, Any] = words()[kind][owner]["arguments"] if kind else {}
    return {"type": "number", "minimum": 0, **arguments.get(name, {})}


COARSE = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""A first grid: about three points a decade, and no noise as a point of its own."""
SHARES = (0.0, 0.03, 0.1, 0.2, 0.3)
"""A first grid of the share of labels that are wrong, or smoothed away."""
RATES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
"""A first grid of the share of units that are dropped."""
PENALTY_STRENGTHS = (0.0, 0.0001, 0.001, 0.01, 0.1)
"""A first grid of penalties on weights."""
ETAS = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0)
"""A first grid of the variance of gradient noise: a point a decade."""
GRIDS = {
    "eta": ETAS,
    "rate": RATES,
    "dropout": RATES,
    "recurrent_dropout": RATES,
    "label_noise": SHARES,
    "label_smoothing": SHARES,
    "l1": PENALTY_STRENGTHS,
    "l2": PENALTY_STRENGTHS,
    "weight_decay": PENALTY_STRENGTHS,
}
"""First grids by what the strength is called; `COARSE` where it is called otherwise."""
UP_TO_ONE: Mapping[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}


def coarse(strength: str) -> tuple[float, ...]:
    """Return a first grid for what is called `stddev`, `rate`, `l2` and so on."""
    return GRIDS.get(strength, COARSE)


def least(strength: str) -> float:
    """Return what is hardly worth telling from 0: a tenth of the first grid's smallest."""
    return coarse(strength)[1] / 10
