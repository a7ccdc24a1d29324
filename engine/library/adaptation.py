"""Presets adapted to what the user brings: a table for their network, or another network."""

from __future__ import annotations

from math import prod
from pathlib import Path

from hiss.data.arrays import Dataset
from hiss.data.spec import Data
from hiss.data.splits import load, load_dataset
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Plan
from hiss.experiment.training import Keras, Training
from hiss.experiment.user_model import Insertion, UserModel, format_insertion
from hiss.library.output_layers import OutputLayers, output_layers_for
from hiss.library.templates import describe, mode_for, stem_of


def adapt_to_table(experiment: Experiment, data: Data) -> Experiment:
    """Return an experiment with a preset's network on a table, its last layers replaced if needed.

    Raises:
        EngineError: if the network takes rows of another shape, or has no Dense layer.
    """
    dataset = load_dataset(data)
    outputs = output_layers_for(dataset)
    if load(experiment.data).task == dataset.task != "regression":
        layers, loss = _resized(experiment, outputs.units), experiment.training.loss
    else:
        layers = (*experiment.layers[: _last_dense(experiment)], *outputs.layers)
        loss = outputs.loss
    changes = {"loss": loss, **_optimizer(experiment, outputs)}
    return experiment.model_copy(
        update={
            "title": f"{experiment.title}, on {stem_of(data)}",
            "description": describe(data, dataset),
            "published": None,
            "study": Plan(mode=mode_for(data, dataset), partner=experiment.study.partner),
            "data": _shaped(experiment, data, dataset),
            "layers": layers,
            "training": Training(**{**dict(experiment.training), **changes}),
        }
    )


def with_user_model(experiment: Experiment, model: UserModel) -> tuple[Experiment, ...]:
    """Return experiments with a user's model in place of a network: without its noise, and with it.

    Data and training are those of `experiment`.
    """
    stem, reference = model.file.stem, model.name
    mode = experiment.study.mode or ("article" if experiment.group == "article" else "task")

    def arm(name: str, title: str, noise: tuple[Insertion, ...], partner: str | None) -> Experiment:
        return Experiment(
            name=f"{stem}/{name}",
            title=f"{reference}, {title}",
            description=f"{reference} on the data of {experiment.name}",
            study=Plan(mode=mode, partner=partner),
            data=experiment.data,
            model=model.model_copy(update={"noise": noise}),
            training=experiment.training,
        )

    plain = arm("plain", "as it is", (), None)
    if not model.noise:
        return (plain,)
    return plain, arm(
        "noise", " ".join(map(format_insertion, model.noise)), model.noise, plain.name
    )


def describe_changes(before: Experiment, after: Experiment) -> str:
    """Return what an adaptation to a table has changed: the data, the network, the loss."""
    from hiss.experiment.diagram import diagram

    parts = [f"{before.name} on {describe(after.data, load_dataset(after.data))}", diagram(after)]
    if after.training.loss != before.training.loss:
        parts.append(f"loss {after.training.loss}")
    return "; ".join(parts)


def _last_dense(experiment: Experiment) -> int:
    places = [n for n, layer in enumerate(experiment.layers) if layer.class_name == "Dense"]
    if not places:
        raise EngineError(
            f"{experiment.name}: expected a Dense layer that can be fitted to your target.",
            "Choose another preset: `hiss list` shows their networks.",
        )
    return places[-1]


def _resized(experiment: Experiment, units: int) -> tuple[Keras, ...]:
    """Return an experiment's layers with another number of units in the last Dense layer."""
    layers, place = list(experiment.layers), _last_dense(experiment)
    layers[place] = Keras.model_validate({**layers[place].model_dump(), "units": units})
    return tuple(layers)


def _optimizer(experiment: Experiment, outputs: OutputLayers) -> dict[str, object]:
    """Replace a default Adam by the one that fits the target's unit; keep any other optimizer."""
    return {"optimizer": outputs.optimizer} if experiment.training.optimizer == "adam" else {}


def _shaped(experiment: Experiment, data: Data, dataset: Dataset) -> Data:
    """Return the table's data in the shape that the network takes."""
    shape, features = experiment.data.row_shape, len(dataset.features)
    if len(shape) < 2:
        return data
    if prod(shape) != features:
        raise EngineError(
            f"{experiment.name} takes rows of {'×'.join(map(str, shape))} = {prod(shape)} values; "
            f"{Path(data.arguments['path']).name} has {features} features.",
            "Choose a preset of Dense layers, such as patterns/mlp.",
        )
    return data.model_copy(update={"shape": shape})
