"""What an experiment and a study are: frozen values that check themselves when made.

An experiment is written in the words of the libraries that it uses: a layer is the class name and
constructor arguments of Keras, data is the function name and arguments of scikit-learn. Nothing
here imports either library, so that a preset can be read and shown before TensorFlow is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, Strict, model_validator
from pydantic.json_schema import SkipJsonSchema

from hiss.data.sources import SOURCES
from hiss.data.spec import Count, Data, Frozen, Mode
from hiss.errors import MISSING, DataError, Problem, expected
from hiss.experiment.training import Layer, Training
from hiss.experiment.user_model import UserModel
from hiss.validation import refuse

Engine = Literal["fused", "reference"]


class Published(Frozen):
    """Scores that a publication reports for this experiment, in [0, 1]."""

    train_accuracy: float
    test_accuracy: float


class Sweep(Frozen):
    """A grid of standard deviations of one layer's noise, as a preset proposes it."""

    stddev: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(min_length=1)
    layer: Annotated[int, Strict(), Field(ge=0)]
    """Number of the layer, from 0."""


class Plan(Frozen):
    """How a preset proposes to be studied; the command line and the console can override it."""

    repeats: Count = 1
    mode: Mode | None = None
    """None is `article` for presets of the article's group and `task` for the others."""
    partner: str | None = None
    """Name of the preset to compare with."""
    sweep: Sweep | None = None


def _require_layers(schema: dict[str, Any]) -> None:
    """Require `layers` in a preset's JSON schema; only an experiment on a user's model has none."""
    del schema["properties"]["layers"]["default"]
    schema["required"] = ["title", "data", "layers", "training"]


class Experiment(Frozen):
    """One network on one data set, trained one way: an arm of a study."""

    model_config = ConfigDict(json_schema_extra=_require_layers)

    name: SkipJsonSchema[str]
    """`GROUP/NAME` of a built-in preset, or the path of a preset file."""
    title: str
    description: str = ""
    published: Published | None = None
    study: Plan = Plan()
    data: Data
    layers: tuple[Layer, ...] = Field(default=(), min_length=1)
    model: SkipJsonSchema[UserModel | None] = None
    """The network where it is the user's own Python function; there are no `layers` then."""
    training: Training

    @property
    def group(self) -> str:
        """The part of the name before its last slash: `article`; a preset file's folder."""
        return self.name.rpartition("/")[0]

    @model_validator(mode="after")
    def _has_one_network(self) -> Experiment:
        if self.model is None and not self.layers:
            refuse([Problem("layers", MISSING)])
        if self.model is not None and self.layers:
            refuse([Problem("model", ": an experiment has layers or a model, not both.")])
        return self

    @model_validator(mode="after")
    def _rows_are_weighed_once(self) -> Experiment:
        if self.training.class_weight is not None and self.data.arguments.get("weight"):
            text = ": Keras' fit takes class weights or the weights of rows, not both."
            refuse([Problem("training.class_weight", text)])
        return self

    @model_validator(mode="after")
    def _sweep_finds_its_layer(self) -> Experiment:
        sweep = self.study.sweep
        noisy = [place for place, each in enumerate(self.layers) if "stddev" in each.arguments]
        if sweep is not None and sweep.layer not in noisy:
            refuse([expected("study.sweep.layer", f"a layer with stddev: {noisy}", sweep.layer)])
        return self


class Study(Frozen):
    """Experiments compared on the same seeds: arms × replicates."""

    arms: tuple[Experiment, ...] = Field(min_length=1)
    seed: Annotated[int, Field(ge=0)] = 1
    repeats: Annotated[int, Field(ge=1)] = 1
    engine: Engine = "fused"
    mode: Mode = "article"
    device: str | None = None
    """`cpu`, `gpu:0` …; None lets the engine choose."""

    @model_validator(mode="after")
    def _arms_are_distinct(self) -> Study:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("two arms have the same name")
        return self


def describe_repetition(mode: Mode, data: Data) -> str:
    """Describe what differs between replicates: `other weights and noise, the same rows`."""
    if mode == "article":
        others = "weights, noise and wrong labels" if data.label_noise else "weights and noise"
        return f"other {others}, the same rows"
    if data.cv is not None:
        return f"the folds of {data.cv} cross-validation, other weights and noise"
    if SOURCES[data.name].kind == "table":
        return "other splits, weights and noise"
    return "other training rows, weights and noise"


def proposed_mode(arms: Sequence[Experiment]) -> Mode:
    """Return the mode that all presets propose; `article` where they disagree."""
    modes = {"task" if arm.data.cv else arm.study.mode or _mode_of_group(arm.group) for arm in arms}
    return modes.pop() if len(modes) == 1 else "article"


def most_repeats(arms: Sequence[Experiment]) -> int | None:
    """Return how many repeats there can be: as many as there are folds; None for any number."""
    counts = [arm.data.folds.total for arm in arms if arm.data.folds]
    return min(counts, default=None)


def proposed_repeats(arms: Sequence[Experiment], default: int | None = None) -> int:
    """Return as many repeats as there are folds, or else the default, or the most of any preset."""
    repeats = default or max((arm.study.repeats for arm in arms), default=1)
    return most_repeats(arms) or repeats


def check_repeats(study: Study) -> None:
    """Refuse to repeat cross-validation more often than it has folds, or on the same rows.

    Raises:
        DataError: with what to do.
    """
    most = most_repeats(study.arms)
    if most is None:
        return
    cv = next(arm.data.cv for arm in study.arms if arm.data.folds and arm.data.folds.total == most)
    if study.mode == "article":
        raise DataError(
            f"data.cv: expected task mode, in which each repeat is a fold of {cv}; received "
            "article mode, in which all repeats have the same rows.",
            "Choose task mode, or leave cv out.",
        )
    if study.repeats > most:
        raise DataError(
            f"data.cv: expected at most {most:,} repeats, one for each fold of {cv}; received "
            f"{study.repeats:,}.",
            f"Train {most:,} repeats, or choose more folds.",
        )


def _mode_of_group(group: str) -> Mode:
    return "article" if group == "article" else "task"
