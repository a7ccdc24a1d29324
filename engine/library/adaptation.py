"""Presets changed for what the user brings along: rows under their network, or another network."""

from __future__ import annotations

from pathlib import Path

from hiss.data.arrays import Rows
from hiss.data.sources import SOURCES
from hiss.data.spec import Data
from hiss.data.splits import load, read
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Plan
from hiss.experiment.training import Keras, Training
from hiss.experiment.user_model import Insertion, UserModel, format_insertion
from hiss.library.templates import OutputLayers, describe, output_layers_for, stem_of


def adapt_to_table(experiment: Experiment, data: Data) -> Experiment:
    """Return a preset's network put under a table, its last layers replaced where they must be.

    Raises:
        EngineError: if the network takes rows of another shape, or ends with no Dense layer.
    """
    rows = read(data)
    head = output_layers_for(rows)
    if load(experiment.data).task == rows.task != "regression":
        layers, loss = _resized(experiment, head), experiment.training.loss
    else:
        layers = (*experiment.layers[: _last_dense(experiment)], *head.layers)
        loss = head.loss
    changes = {"loss": loss, **_optimizer(experiment, head)}
    return experiment.model_copy(
        update={
            "title": f"{experiment.title}, on {stem_of(data)}",
            "description": describe(data, rows),
            "published": None,
            "study": Plan(mode="task", partner=experiment.study.partner),
            "data": _shaped(experiment, data, rows),
            "layers": layers,
            "training": Training(**{**dict(experiment.training), **changes}),
        }
    )


def with_user_model(experiment: Experiment, model: UserModel) -> tuple[Experiment, ...]:
    """Return a user's model in the place of an experiment's network, without its noise and with it.

    Data and training stay.
    """
    stem, reference = Path(model.reference.rpartition(":")[0]).stem, Path(model.reference).name
    mode = experiment.study.mode or ("article" if experiment.group == "article" else "task")

    def arm(name: str, title: str, noise: tuple[Insertion, ...], partner: str | None) -> Experiment:
        return Experiment(
            name=f"{stem}/{name}",
            title=f"{reference}, {title}",
            description=f"{reference} on the data of {experiment.name}",
            study=Plan(mode=mode, partner=partner),
            data=experiment.data,
            model=UserModel(reference=model.reference, noise=noise),
            training=experiment.training,
        )

    plain = arm("plain", "as it is", (), None)
    if not model.noise:
        return (plain,)
    return plain, arm(
        "noise", " ".join(map(format_insertion, model.noise)), model.noise, plain.name
    )


def describe_changes(before: Experiment, after: Experiment) -> str:
    """Say what an adaptation has changed, in the words of the diagram and the preset."""
    from hiss.experiment.diagram import diagram

    parts = [f"{before.name} on {describe(after.data, read(after.data))}", diagram(after)]
    if after.training.loss != before.training.loss:
        parts.append(f"loss {after.training.loss}")
    return "; ".join(parts)


def _last_dense(experiment: Experiment) -> int:
    places = [n for n, layer in enumerate(experiment.layers) if layer.class_name == "Dense"]
    if not places:
        raise EngineError(
            f"{experiment.name}: expected a Dense layer that can be fitted to your target.",
            "Take another preset: `hiss list` shows their networks.",
        )
    return places[-1]


def _resized(experiment: Experiment, head: OutputLayers) -> tuple[Keras, ...]:
    """Return the preset's layers, the last Dense one with as many units as there are classes."""
    layers, place = list(experiment.layers), _last_dense(experiment)
    units = head.layers[0].arguments["units"]
    layers[place] = Keras.model_validate({**layers[place].model_dump(), "units": units})
    return tuple(layers)


def _optimizer(experiment: Experiment, head: OutputLayers) -> dict[str, object]:
    """Replace Adam by the one that fits the target's unit; leave any other alone."""
    return {"optimizer": head.optimizer} if experiment.training.optimizer == "adam" else {}


def _shaped(experiment: Experiment, data: Data, rows: Rows) -> Data:
    """Give the rows the shape that the network takes, where that can be."""
    old = experiment.data
    shape = old.shape or SOURCES[old.name].shape(old.arguments)
    if len(shape) < 2:
        return data
    values = 1
    for axis in shape:
        values *= axis
    if values != rows.x.shape[1]:
        raise EngineError(
            f"{experiment.name} takes rows of {'×'.join(map(str, shape))} = {values} values; "
            f"{Path(data.arguments['path']).name} has {rows.x.shape[1]} features.",
            "Take a preset of Dense layers, such as patterns/mlp.",
        )
    return data.model_copy(update={"shape": shape})
