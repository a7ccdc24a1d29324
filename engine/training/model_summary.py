"""What a user's model looks like: its layers in a line, and where noise can be put."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from hiss.experiment.diagram import SHOWN, diagram_of
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras
from hiss.training import backend


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """A layer before or after which noise can be put."""

    name: str
    layer: str
    """Its class and what a diagram shows of it."""
    shape: tuple[int | None, ...]
    """Of what comes out of it, for one row."""
    weights: int
    """Values that training changes."""


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A user's model, built."""

    diagram: str
    places: tuple[LayerSummary, ...]


def summarize_model(experiment: Experiment) -> ModelSummary:
    """Run the user's function and describe what it returns, with the noise put in.

    Raises:
        EngineError: if the function fails, or its model does not fit the data.
    """
    backend.load("cpu")
    from hiss.data.replicate_data import ReplicateData
    from hiss.network.user_model import site_names
    from hiss.training.choose_engine import blamed_on, checked_network

    with blamed_on(experiment):
        study = Study(arms=(experiment,))
        samples = ReplicateData(experiment.data, study.mode, study.seed)
        network = checked_network(study, experiment, samples)
    names = site_names(network)
    layers = [_table(layer) for layer in names.values()]
    places = tuple(
        LayerSummary(
            name, diagram_of((), [table]).rpartition(" ─ ")[2], _shape(layer), _count(layer)
        )
        for (name, layer), table in zip(names.items(), layers, strict=True)
    )
    return ModelSummary(diagram_of(samples.shape, layers), places)


def _shape(layer: Any) -> tuple[int | None, ...]:
    return tuple(layer.output.shape[1:])


def _count(layer: Any) -> int:
    return sum(prod(variable.shape) for variable in layer.trainable_variables)


def _table(layer: Any) -> Keras:
    """Return what a diagram shows of a layer."""
    config = layer.get_config()
    shown = {key: config[key] for key in SHOWN if config.get(key) not in (None, "linear")}
    return Keras.model_validate({"class_name": type(layer).__name__, **shown})
