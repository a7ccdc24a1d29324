"""What a user's model is before it trains: what is taken over from it, and its sites for noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hiss.errors import EngineError
from hiss.experiment.diagram import SHOWN, diagram_of, noise_table
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras
from hiss.experiment.user_model import Insertion, UserModel
from hiss.library.adaptation import with_user_model
from hiss.training import backend
from hiss.validation import describe

if TYPE_CHECKING:
    from hiss.data.replicate_data import ReplicateData
    from hiss.network.user_facts import ModelFacts


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """A layer before or after which noise can be put."""

    name: str
    layer: str
    """Its class and its main arguments, as a diagram shows them."""
    shape: tuple[int | None, ...] | None
    """Of its output for one row; None inside a subclassed model, where only its code knows it."""
    weights: int
    """How many trainable values it has."""


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A user's model, built."""

    diagram: str
    """The shape of a row and all layers, in one line."""
    places: tuple[LayerSummary, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """Experiments that fit a user's model, and what the user should know of them."""

    arms: tuple[Experiment, ...]
    notes: tuple[str, ...]
    """A sentence for each thing that differs from a plain model; often none."""


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A user's model on the data of an experiment: what it is, and the experiments on it."""

    adopted: Adopted
    summary: ModelSummary


def open_model(experiment: Experiment, model: UserModel) -> OpenedModel:
    """Make a user's model on the data of an experiment, and describe it.

    Args:
        experiment: whose data and training settings it takes.
        model: with noise, or without.

    Raises:
        EngineError: if the user's code fails, or the model fits neither the data nor the noise.
    """
    adopted = adopt_model(with_user_model(experiment, model))
    return OpenedModel(adopted, summarize_model(adopted.arms[-1]))


def adopt_model(arms: Sequence[Experiment]) -> Adopted:
    """Make a user's model once, and fit the experiments on it to what it is.

    Optimizer, loss and metrics of a compiled model are taken over; of several outputs, the first
    that fits the target is trained.

    Args:
        arms: on one model and the same data, without noise and with it.

    Raises:
        EngineError: if the user's code fails, or the model fits neither the data nor the noise.
    """
    backend.load("cpu")
    from hiss.network.user_notes import notes_on
    from hiss.training.choose_engine import checked_network, user_errors

    facts, data = _facts(arms)
    with user_errors(arms[0]):
        try:
            fitted = tuple(facts.fit(arm) for arm in arms)
        except ValidationError as error:
            reason = " ".join(describe(error, {}))
            raise EngineError(
                f"{facts.model.name} cannot be compiled like this: {reason}"
            ) from error
        checked_network(fitted[-1], data)
    model = fitted[-1].model
    reason = model.only_by_stock_fit if model else ""
    slow = (
        (f"{facts.model.name}: stock fit trains it, which is slower: {reason}",) if reason else ()
    )
    return Adopted(fitted, (*notes_on(facts, data.first), *slow))


def model_facts(experiment: Experiment) -> ModelFacts:
    """Make the user's model of an experiment, and find out what it is.

    Raises:
        EngineError: if the user's code fails, or the model does not fit the data.
    """
    backend.load("cpu")
    return _facts([experiment])[0]


def summarize_model(experiment: Experiment) -> ModelSummary:
    """Make the user's model and describe it, with the noise that is put into it.

    Raises:
        EngineError: if the user's code fails, or the model does not fit the data.
    """
    backend.load("cpu")
    from hiss.network.user_model import user_network
    from hiss.network.user_sites import site_names
    from hiss.training.choose_engine import checked_network, user_errors

    data = _data([experiment])
    with user_errors(experiment):
        network = checked_network(experiment, data)
    names = site_names(user_network(network).model)
    assert experiment.model is not None
    tables = {name: _table(layer) for name, layer in names.items()}
    shown = _in_a_line(tables, experiment.model.noise)
    places = tuple(
        LayerSummary(
            name=name,
            layer=diagram_of((), [tables[name]]).rpartition(" ─ ")[2],
            shape=_shape(layer),
            weights=sum(prod(variable.shape) for variable in layer.trainable_variables),
        )
        for name, layer in names.items()
    )
    return ModelSummary(diagram_of(data.shape, shown), places)


def _facts(arms: Sequence[Experiment]) -> tuple[ModelFacts, ReplicateData]:
    from hiss.data.seeds import Seeds
    from hiss.network.user_facts import look_at
    from hiss.training.choose_engine import user_errors

    data, model = _data(arms), arms[0].model
    assert model is not None
    with user_errors(arms[0]):
        return look_at(model, data.shape, Seeds(data.seed, 0), data.first), data


def _data(arms: Sequence[Experiment]) -> ReplicateData:
    """Load the rows of a study of some arms."""
    from hiss.data.replicate_data import ReplicateData

    mode = "task" if arms[0].data.cv else "article"
    study = Study(arms=tuple(arms), mode=mode)
    return ReplicateData(arms[0].data, study.mode, study.seed)


def _in_a_line(tables: Mapping[str, Keras], noise: Sequence[Insertion]) -> Iterator[Keras]:
    """Yield layers and noise in their order; of a model in the model, its layers stand for it."""

    def at(name: str, where: str) -> Iterator[Keras]:
        return (noise_table(each) for each in noise if (each.layer, each.where) == (name, where))

    open_models: list[str] = []
    for name in [*tables, ""]:
        while open_models and not name.startswith(f"{open_models[-1]}/"):
            yield from at(open_models.pop(), "after")
        if not name:
            return
        yield from at(name, "before")
        if any(other.startswith(f"{name}/") for other in tables):
            open_models.append(name)
        else:
            yield tables[name]
            yield from at(name, "after")


def _shape(layer: Any) -> tuple[int | None, ...] | None:
    try:
        return tuple(layer.output.shape[1:])
    except (AttributeError, ValueError):
        return None


def _table(layer: Any) -> Keras:
    """Return the class and the arguments of a layer that a diagram shows."""
    try:
        config = layer.get_config()
    except NotImplementedError:  # of a class whose arguments Keras cannot write
        config = {}
    shown = {key: config[key] for key in SHOWN if config.get(key) not in (None, "linear")}
    return Keras.model_validate({"class_name": type(layer).__name__, **shown})
