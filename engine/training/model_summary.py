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
    """Its class and its main arguments, as a diagram shows them."""
    shape: tuple[int | None, ...]
    """Of its output for one row."""
    weights: int
    """How many trainable values it has."""


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A user's model, built."""

    diagram: str
    """The shape of a row and all layers, in one line."""
    places: tuple[LayerSummary, ...]


def summarize_model(experiment: Experiment) -> ModelSummary:
    """Call the user's function and describe the model that it returns, with the noise inserted.

    Raises:
        EngineError: if the function fails, or its model does not fit the data.
    """
    backend.load("cpu")
    from hiss.data.replicate_data import ReplicateData
    from hiss.network.user_model import site_names
    from hiss.training.choose_engine import checked_network, user_errors

    with user_errors(experiment):
        study = Study(arms=(experiment,), mode="task" if experiment.data.cv else "article")
        data = ReplicateData(experiment.data, study.mode, study.seed)
        network = checked_network(experiment, data)
    names = site_names(network)
    tables = [_table(layer) for layer in names.values()]
    places = tuple(
        LayerSummary(
            name=name,
            layer=diagram_of((), [table]).rpartition(" ─ ")[2],
            shape=tuple(layer.output.shape[1:]),
            weights=sum(prod(variable.shape) for variable in layer.trainable_variables),
        )
        for (name, layer), table in zip(names.items(), tables, strict=True)
    )
    return ModelSummary(diagram_of(data.shape, tables), places)


def _table(layer: Any) -> Keras:
    """Return the class and the arguments of a layer that a diagram shows."""
    config = layer.get_config()
    shown = {key: config[key] for key in SHOWN if config.get(key) not in (None, "linear")}
    return Keras.model_validate({"class_name": type(layer).__name__, **shown})
