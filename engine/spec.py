"""What an experiment and a study are: frozen values that check themselves when made.

An experiment speaks the words of the libraries that carry it out: a layer is Keras' class name
and constructor arguments, data is scikit-learn's function name and its arguments. Nothing here
imports either library, so that a preset can be read and shown before TensorFlow is loaded.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Engine = Literal["fused", "reference"]
Mode = Literal["article", "task"]
Task = Literal["binary", "multiclass", "regression"]


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
    shuffle: bool = False
    """Whether rows are shuffled before they are split; unshuffled, the first rows train."""
    standardize: bool = False
    """Whether features are scaled to mean 0 and SD 1 of the training rows."""


class Training(Frozen):
    """How a network is compiled and fitted, in the words of `compile` and `fit`."""

    optimizer: str | Keras = "adam"
    loss: str = "binary_crossentropy"
    epochs: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)] = 32


class Published(Frozen):
    """Scores that a publication reports for this experiment, in [0, 1]."""

    train_accuracy: float
    test_accuracy: float


class Experiment(Frozen):
    """One network on one data set, trained one way: an arm of a study."""

    name: str
    """`GROUP/NAME` of a built-in preset, or the path of a preset file."""
    title: str
    description: str = ""
    published: Published | None = None
    data: Data
    layers: tuple[Keras, ...] = Field(min_length=1)
    training: Training


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
