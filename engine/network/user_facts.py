"""What a user's model is: its inputs, the output that is trained, what it was compiled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Split
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras as Table
from hiss.experiment.training import Training
from hiss.experiment.user_model import UserModel
from hiss.network.user_compile import (
    Compiled,
    check_loss_fits,
    compiled_with,
    loss_of_second_unit,
)
from hiss.network.user_model import OwnModel, own_model
from hiss.network.user_network import ModelInput, UserNetwork, inputs_of, outputs_of
from hiss.network.user_own import own_step

ROWS = 32
"""Rows on which outputs are looked at."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A user's model, looked at once."""

    model: UserModel
    own: OwnModel
    shape: tuple[int, ...]
    """Of a row of the data."""
    inputs: tuple[ModelInput, ...]
    """Several, or one; none where it takes rows of any shape."""
    outputs: tuple[ModelInput, ...]
    place: int
    """Of the output that is trained and scored."""
    compiled: Compiled | None
    two_units: bool
    """Whether this output has a unit for each of two classes."""
    same_weights: bool
    """Whether each replicate starts from the same weights."""

    @property
    def is_functional(self) -> bool:
        """Whether each output can be had without the others."""
        return isinstance(self.own.made, keras.Function)

    @property
    def logits(self) -> bool:
        """Whether this output is logits, by the loss."""
        return self.compiled is not None and self.compiled.logits

    def fit(self, arm: Experiment) -> Experiment:
        """Return an experiment on the model that trains this output by what it was compiled with.

        Raises:
            pydantic.ValidationError: if a preset cannot have the optimizer or the loss.
        """
        assert arm.model is not None
        changes: dict[str, object] = {"output": self.place, "two_units": self.two_units}
        changes["logits"], changes["own_step"] = self.logits, own_step(self.own.made)
        training = arm.training
        if self.compiled is not None:
            changes["metrics"] = self.compiled.metrics
            changes["own_loss"] = self.compiled.own_loss
            changes["own_optimizer"] = self.compiled.own_optimizer
            loss = self.compiled.loss or training.loss
            if self.two_units and self.compiled.loss:
                loss = loss_of_second_unit(loss)
            chosen = {"optimizer": self.compiled.optimizer or training.optimizer, "loss": loss}
            training = Training.model_validate({**training.model_dump(), **_dumped(chosen)})
        model = arm.model.model_copy(update=changes)
        return arm.model_copy(update={"model": model, "training": training})


def look_at(model: UserModel, shape: tuple[int, ...], seeds: Seeds, split: Split) -> ModelFacts:
    """Make a user's model, and find out what it is.

    Args:
        model: what makes it.
        shape: of a row.
        seeds: of a replicate.
        split: of the data.

    Raises:
        EngineError: if the user's code fails, or the model does not fit the data.
    """
    own = own_model(model, shape, seeds)
    outputs = outputs_of(own.made, shape)
    values = [_values(model, own.made, place, split) for place in range(len(outputs))]
    place = _scored(model.name, outputs, values, split)
    units = outputs[place].shape[-1] if outputs[place].shape else 1
    compiled = compiled_with(model.name, own.source, [each.name for each in outputs], place)
    if compiled is not None and compiled.loss is not None:
        check_loss_fits(model.name, compiled.loss, split.task, _target(split), units)
    two_units = split.task == "binary" and outputs[place].shape == (2,)
    if step := own_step(own.source):
        _check_step(
            model.name, own, step, len(outputs), two_units or bool(compiled and compiled.logits)
        )
    if two_units and compiled and compiled.own_loss:
        raise EngineError(
            f"{model.name}: its loss {compiled.own_loss} would see the second of its two units "
            "alone, for hiss trains the probability of the second class.",
            'End with Dense(1, activation="sigmoid"), or compile it with a loss of Keras\'.',
        )
    if two_units and not (compiled and compiled.logits):
        _check_softmax(model.name, values[place])
    other = own_model(model, shape, Seeds(seeds.study, seeds.replicate + 1))
    return ModelFacts(
        model=model,
        own=own,
        shape=shape,
        inputs=inputs_of(own.made),
        outputs=outputs,
        place=place,
        compiled=compiled,
        two_units=two_units,
        same_weights=_same_weights(own.made, other.made),
    )


def _values(model: UserModel, made: Any, place: int, split: Split) -> NDArray[np.float64]:
    """Return the values of an output on some rows."""
    network = UserNetwork(UserModel(reference=model.reference, output=place), made, ())
    return np.asarray(network(split.x_train[:ROWS]), np.float64)


def _scored(
    name: str,
    outputs: Sequence[ModelInput],
    values: Sequence[NDArray[np.float64]],
    split: Split,
) -> int:
    """Return the place of the first output that fits the target; 0 if it is the only one.

    Where there are classes, one that can be probabilities goes before others of its shape.
    """
    count = len(split.classes)
    fitting = {"binary": (1, 2), "multiclass": (count,), "regression": (1,)}[split.task]
    places = [place for place, each in enumerate(outputs) if each.shape in {(n,) for n in fitting}]
    likely = [place for place in places if np.all((values[place] >= 0) & (values[place] <= 1))]
    if places and split.task == "regression":
        return places[0]
    if places or len(outputs) == 1:
        return [*likely, *places, 0][0]
    named = ", ".join(f"{each.name} {list(each.shape)}" for each in outputs)
    wanted = " or ".join(f"[{units}]" for units in fitting)
    raise EngineError(
        f"{name} has {len(outputs)} outputs, {named}: expected one of shape {wanted}, "
        f"for the target is {_target(split)}.",
        "Add an output that fits the target.",
    )


def _same_weights(made: Any, other: Any) -> bool:
    """Return whether two models have trainable weights, and the same."""
    pairs = zip(made.trainable_variables, other.trainable_variables, strict=False)
    return bool(made.trainable_variables) and all(
        np.array_equal(one.value, another.value) for one, another in pairs
    )


def _target(split: Split) -> str:
    """Return what the target is: `one of 3 classes`."""
    return f"one of {len(split.classes)} classes" if split.classes else "a quantity"


def _check_softmax(name: str, values: NDArray[np.float64]) -> None:
    if not (np.all(values >= 0) and np.allclose(values.sum(axis=1), 1, atol=0.02)):
        raise EngineError(
            f"{name}: expected its two units to be the probabilities of two classes, which add up "
            "to 1.",
            'End with Dense(2, activation="softmax") or Dense(1, activation="sigmoid").',
        )


def _check_step(name: str, own: OwnModel, step: str, outputs: int, between: bool) -> None:
    """Check that `fit` can be called on the user's own model, whose method trains it.

    Args:
        name: the model's, for messages.
        own: the model.
        step: the method.
        outputs: how many outputs there are.
        between: whether hiss computes what is scored from its output.
    """
    kind = type(own.source).__name__
    reason = ""
    if len(inputs_of(own.made)) > 1 or outputs > 1:
        reason = "several inputs or outputs, which hiss divides before and after it"
    elif between:
        reason = "logits or two units, which hiss turns into a probability after it"
    elif own_step(own.made) != step:
        reason = "no copy for each repeat that has it too; name a function that makes it"
    if reason:
        raise EngineError(
            f"{name}: {kind} has a {step} of its own, which trains the model as it is, and "
            f"{reason}.",
            f"Leave {step} out, or end with one output of probabilities.",
        )


def _dumped(chosen: dict[str, str | Table]) -> dict[str, object]:
    return {
        key: value if isinstance(value, str) else value.model_dump()
        for key, value in chosen.items()
    }
