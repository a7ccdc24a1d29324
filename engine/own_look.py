"""What a user's model looks like: its layers in a line, and where noise can be put."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from engine import backend
from engine.diagram import SHOWN, diagram_of
from engine.spec import Experiment, Keras, Study


@dataclass(frozen=True, slots=True)
class Place:
    """A layer before or after which noise can be put."""

    name: str
    layer: str
    """Its class and what a diagram shows of it."""
    shape: tuple[int | None, ...]
    """Of what comes out of it, for one row."""
    weights: int
    """Values that training changes."""


@dataclass(frozen=True, slots=True)
class Look:
    """A user's model, built."""

    diagram: str
    places: tuple[Place, ...]


def look(experiment: Experiment) -> Look:
    """Run the user's function and describe what it returns, with the noise put in.

    Raises:
        EngineError: if the function fails, or its model does not fit the data.
    """
    backend.load("cpu")
    from engine.own_model import site_names
    from engine.samples import Samples
    from engine.ways import blamed_on, checked_network

    with blamed_on(experiment):
        study = Study(arms=(experiment,))
        samples = Samples(experiment.data, study)
        network = checked_network(study, experiment, samples)
    names = site_names(network)
    layers = [_table(layer) for layer in names.values()]
    places = tuple(
        Place(name, diagram_of((), [table]).rpartition(" ─ ")[2], _shape(layer), _count(layer))
        for (name, layer), table in zip(names.items(), layers, strict=True)
    )
    return Look(diagram_of(samples.shape, layers), places)


def _shape(layer: Any) -> tuple[int | None, ...]:
    return tuple(layer.output.shape[1:])


def _count(layer: Any) -> int:
    return sum(prod(variable.shape) for variable in layer.trainable_variables)


def _table(layer: Any) -> Keras:
    """Return what a diagram shows of a layer."""
    config = layer.get_config()
    shown = {key: config[key] for key in SHOWN if config.get(key) not in (None, "linear")}
    return Keras.model_validate({"class_name": type(layer).__name__, **shown})
