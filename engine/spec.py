"""What an experiment and a study are: frozen values that check themselves when made.

An experiment speaks the words of the libraries that carry it out: a layer is Keras' class name
and constructor arguments, data is scikit-learn's function name and its arguments. Nothing here
imports either library, so that a preset can be read and shown before TensorFlow is loaded.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    field_validator,
    model_validator,
)

from engine.problems import MISSING, Problem, expected, refuse
from engine.rows import Task as Task
from engine.sources import check_source
from engine.vocabulary import check_class, check_name, words

Engine = Literal["fused", "reference"]
Mode = Literal["article", "task"]


Count = Annotated[int, Strict(), Field(ge=1)]


class Frozen(BaseModel):
    """A value with named fields, immutable, that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(BaseModel):
    """A named thing of a library together with the arguments it is made with."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, by the library's own names."""
        return dict(self.__pydantic_extra__ or {})


class Keras(Call):
    """A Keras layer or optimizer: its class name and its constructor's arguments."""

    class_name: str


class Data(Call):
    """A data set by the name of the function that makes or loads it, and how it is split.

    The other fields are that function's own arguments: `n_samples`, `noise`, `random_state` …
    """

    name: str
    train_size: int | float
    """Training rows: a count, or a fraction in (0, 1), as in `train_test_split`."""
    test_size: int | float | None = None
    """Test rows, likewise; None tests on all rows that do not train."""
    shuffle: bool = False
    """Whether rows are shuffled before they are split, by `random_state` and with the classes in
    proportion; unshuffled, the first rows train."""
    standardize: bool = False
    """Whether features are scaled to mean 0 and SD 1 of the training rows."""
    shape: tuple[Count, ...] | None = None
    """Shape that a row's features are given: `[8, 8, 1]` makes images of the digits."""
    label_noise: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the training rows that are given another class, drawn anew for each replicate."""

    @field_validator("train_size", "test_size", mode="before")
    @classmethod
    def _size_is_count_or_fraction(cls, size: object) -> object:
        return _checked_size(size)

    @model_validator(mode="after")
    def _source_takes_arguments(self) -> Data:
        refuse(check_source(self.name, self.arguments, tuple(Data.model_fields)))
        return self

    def has_rows_of(self, other: Data) -> bool:
        """Whether the rows come from where those of another data set do: a function, or a file."""
        return (self.name, self.arguments.get("path")) == (other.name, other.arguments.get("path"))


def _checked_size(size: object) -> object:
    if size is not None and not _is_size(size):
        refuse([expected("", "a count of at least 1 or a fraction between 0 and 1", size)])
    return size


def _is_size(size: object) -> bool:
    match size:
        case bool():
            return False
        case int():
            return size >= 1
        case float():
            return 0 < size < 1
        case _:
            return False


def _layer(table: Keras) -> Keras:
    refuse(check_class("layers", table.class_name, table.arguments))
    return table


def _optimizer(optimizer: str | Keras) -> str | Keras:
    if isinstance(optimizer, str):
        refuse(check_name("optimizers", optimizer))
    else:
        refuse(check_class("optimizers", optimizer.class_name, optimizer.arguments))
    return optimizer


def _loss(loss: str | Keras) -> str | Keras:
    if isinstance(loss, str):
        refuse(check_name("losses", loss))
    elif loss.class_name == "SparseCategoricalCrossentropy" and "label_smoothing" in loss.arguments:
        wanted = "CategoricalCrossentropy, for which hiss makes the targets one-hot,"
        refuse([expected("class_name", f"{wanted} with label_smoothing", loss.class_name)])
    else:
        refuse(check_class("losses", loss.class_name, loss.arguments))
    return loss


class EarlyStopping(Frozen):
    """When to end a training early, in the words of Keras' `EarlyStopping`.

    It looks at rows held out of the training rows for that alone, never at the test rows.
    Source: Prechelt, 1998, "Early stopping - but when?".
    """

    validation_size: int | float
    """Rows held out: a count, or a fraction in (0, 1) of the training rows."""
    patience: Annotated[int, Strict(), Field(ge=0)]
    """Epochs without improvement after which training ends."""
    monitor: Literal["loss", "accuracy"] = "loss"
    """What has to improve, measured on the rows held out with the noise off."""
    min_delta: Annotated[float, Field(ge=0)] = 0.0
    """The least change that counts as an improvement."""
    start_from_epoch: Annotated[int, Strict(), Field(ge=0)] = 0
    """Epochs before it begins to look."""
    restore_best_weights: bool = False
    """Whether the network is scored with the weights of its best epoch instead of its last."""

    @field_validator("validation_size", mode="before")
    @classmethod
    def _size_is_count_or_fraction(cls, size: object) -> object:
        return _checked_size(size)


class Training(Frozen):
    """How a network is compiled and fitted, in the words of `compile` and `fit`."""

    optimizer: Annotated[str | Keras, AfterValidator(_optimizer)] = "adam"
    loss: Annotated[str | Keras, AfterValidator(_loss)] = "binary_crossentropy"
    epochs: Count
    batch_size: Count = 32
    early_stopping: EarlyStopping | None = None

    @property
    def loss_name(self) -> str:
        """The name of the loss, without its arguments."""
        return self.loss if isinstance(self.loss, str) else self.loss.class_name


class Published(Frozen):
    """Scores that a publication reports for this experiment, in [0, 1]."""

    train_accuracy: float
    test_accuracy: float


class Sweep(Frozen):
    """The grid of one layer's standard deviation that a preset proposes."""

    stddev: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(min_length=1)
    layer: Annotated[int, Strict(), Field(ge=0)]
    """Which of the layers, from 0."""


class Plan(Frozen):
    """How a preset proposes to be studied; the command line and the console may differ."""

    repeats: Count = 1
    mode: Mode | None = None
    """None leaves the choice to the group: `article` for the article's, `task` for the others."""
    partner: str | None = None
    """Name of the preset that it is compared with."""
    sweep: Sweep | None = None


class Insertion(Frozen):
    """Noise put into a user's model, before or after one of its layers."""

    layer: str
    """The layer's name."""
    where: Literal["before", "after"]
    strength: Annotated[float, Field(ge=0, le=1)]
    """Of the noise: its `stddev`, or its `rate`."""
    class_name: str = "GaussianNoise"

    @property
    def argument(self) -> str:
        """What the noise layer calls its strength."""
        return str(words()["layers"][self.class_name]["required"][0])

    @model_validator(mode="after")
    def _class_is_noise(self) -> Insertion:
        layers = words()["layers"]
        noise = [name for name in layers if layers[name]["required"] in (["stddev"], ["rate"])]
        if self.class_name not in noise:
            refuse([expected("class_name", f"one of {', '.join(noise)}", self.class_name)])
        refuse(check_class("layers", self.class_name, {self.argument: self.strength}))
        return self


class OwnModel(Frozen):
    """A user's own network: a Python function that returns an uncompiled `keras.Model`."""

    reference: str
    """`FILE.py:FUNCTION`; named by the user alone, never by a preset."""
    noise: tuple[Insertion, ...] = ()


class Experiment(Frozen):
    """One network on one data set, trained one way: an arm of a study."""

    name: str
    """`GROUP/NAME` of a built-in preset, or the path of a preset file."""
    title: str
    description: str = ""
    published: Published | None = None
    study: Plan = Plan()
    data: Data
    layers: tuple[Annotated[Keras, AfterValidator(_layer)], ...] = Field(default=(), min_length=1)
    model: OwnModel | None = None
    """The network where it is the user's own; there are no `layers` then."""
    training: Training

    @model_validator(mode="after")
    def _has_one_network(self) -> Experiment:
        if self.model is None and not self.layers:
            refuse([Problem("layers", MISSING)])
        if self.model is not None and self.layers:
            refuse([Problem("model", ": an experiment has layers or a model, not both.")])
        return self

    @model_validator(mode="after")
    def _sweep_finds_its_layer(self) -> Experiment:
        sweep = self.study.sweep
        noisy = [place for place, each in enumerate(self.layers) if "stddev" in each.arguments]
        if sweep is not None and sweep.layer not in noisy:
            refuse([expected("study.sweep.layer", f"a layer with stddev: {noisy}", sweep.layer)])
        return self


class Study(Frozen):
    """Experiments compared on the same seeds: arms × repeats."""

    arms: tuple[Experiment, ...] = Field(min_length=1)
    seed: Annotated[int, Field(ge=0)] = 1
    repeats: Annotated[int, Field(ge=1)] = 1
    engine: Engine = "fused"
    mode: Mode = "article"
    device: str | None = None
    """`cpu`, `gpu:0` …; None leaves the choice to the engine."""

    @model_validator(mode="after")
    def _arms_are_distinct(self) -> Study:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("two arms have the same name")
        return self
