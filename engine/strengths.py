"""How strong the noise and the penalties of an experiment are, each by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.spec import Experiment
from engine.vocabulary import words

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
