"""A user's model as a layer: from a row of the data to the values that are scored."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import keras

from hiss.errors import EngineError
from hiss.experiment.user_model import UserModel
from hiss.network.user_own import OwnCompile
from hiss.noise.random import Tensor

Shape = tuple[int, ...]


class ModelInput(NamedTuple):
    """An input of a model, or an output."""

    name: str
    shape: Shape
    """Of a row."""

    @property
    def width(self) -> int:
        """How many values it has."""
        return prod(self.shape)


class UserNetwork(keras.layers.Layer):  # type: ignore[misc]
    """Splits rows among the inputs of a user's model, and selects the output that is scored."""

    def __init__(
        self, model: UserModel, made: Any, noise: Sequence[Any], own: OwnCompile | None = None
    ) -> None:
        """Wrap a built model.

        Args:
            model: which output is scored, and what it means.
            made: the `keras.Model`.
            noise: layers that those of `made` call.
            own: the loss and the optimizer of the user's that it is trained by.
        """
        super().__init__(name="user_model", dtype="float32")
        self.spec = model
        self.model = made
        self.noise = list(noise)
        self.own_compile = own
        inputs = inputs_of(made)
        self.parts = tuple((each.width, each.shape) for each in inputs) if len(inputs) > 1 else ()

    @property
    def metrics(self) -> list[Any]:
        """None of those that a compiled model has: `fit` would ask them for their results."""
        return []

    def call(self, rows: Tensor) -> Tensor:
        """Return what is scored, of shape (rows, units)."""
        outputs = self.model(self._split(rows) if self.parts else rows)
        several = keras.tree.flatten(outputs)
        scored = several[self.spec.output if len(several) > 1 else 0]
        if self.spec.logits:
            return self._probabilities(keras.ops.cast(scored, "float32"))
        return scored[:, 1:] if self.spec.two_units else scored

    def _split(self, rows: Tensor) -> Any:
        """Divide the values of a row among the inputs, in their order."""
        parts, start = [], 0
        for width, shape in self.parts:
            part = rows[:, start : start + width]
            parts.append(keras.ops.reshape(part, (-1, *shape)))
            start += width
        return keras.tree.pack_sequence_as(self.model.input, parts)

    def _probabilities(self, logits: Tensor) -> Tensor:
        """Return sigmoid(z) of one unit, and of two that of their difference; else softmax(z)."""
        if self.spec.two_units:
            return keras.ops.sigmoid(logits[:, 1:] - logits[:, :1])
        return keras.ops.sigmoid(logits) if logits.shape[-1] == 1 else keras.ops.softmax(logits)


def inputs_of(made: Any) -> tuple[ModelInput, ...]:
    """Return the inputs of a model, in order; none of a model that takes rows of any shape."""
    if not isinstance(made, keras.Function | keras.Sequential):
        return ()
    if isinstance(made, keras.Sequential) and not made.built:
        return ()
    return tuple(ModelInput(each.name, tuple(each.shape[1:])) for each in made.inputs)


def outputs_of(made: Any, shape: Shape) -> tuple[ModelInput, ...]:
    """Return the outputs of a built model, in order.

    Args:
        made: the `keras.Model`.
        shape: of a row.
    """
    if isinstance(made, keras.Function | keras.Sequential):
        tensors = list(made.outputs)
        names = list(getattr(made, "output_names", ["output"]))
    else:
        found = made(keras.Input(shape))
        tensors = keras.tree.flatten(found)
        keys = sorted(found) if isinstance(found, dict) else range(len(tensors))
        names = [str(key) for key in keys]
    pairs = zip(names, tensors, strict=True)
    return tuple(ModelInput(name, tuple(each.shape[1:])) for name, each in pairs)


def check_inputs(name: str, made: Any, shape: Shape) -> None:
    """Check that rows of a shape fit the inputs of a model.

    Raises:
        EngineError: if they do not, or the model takes batches of one size only.
    """
    inputs = inputs_of(made)
    if not inputs:
        return
    batch = next((each.shape[0] for each in made.inputs if each.shape[0] is not None), None)
    if batch is not None:
        raise EngineError(
            f"{name} takes batches of exactly {batch} rows, for its Input has a `batch_shape` or "
            "`batch_size`; hiss trains, validates and tests on batches of other sizes.",
            f"Leave the batch out: keras.Input({inputs[0].shape}).",
        )
    if len(inputs) == 1:
        _check_one(name, inputs[0].shape, shape)
    else:
        _check_several(name, inputs, shape)


def _check_one(name: str, taken: Shape, shape: Shape) -> None:
    fits = len(taken) == len(shape) and all(
        size in (None, wanted) for size, wanted in zip(taken, shape, strict=True)
    )
    if not fits:
        raise EngineError(
            f"{name} takes rows of shape {list(taken)}; those of the data have {list(shape)}.",
            "Change the model's Input, or leave it out of a Sequential model.",
        )


def _check_several(name: str, inputs: Sequence[ModelInput], shape: Shape) -> None:
    named = ", ".join(f"{each.name} {list(each.shape)}" for each in inputs)
    if any(None in each.shape for each in inputs):
        raise EngineError(
            f"{name} has {len(inputs)} inputs, {named}: expected each to have a known shape.",
            "hiss divides the features of a row among them, in their order.",
        )
    width = sum(each.width for each in inputs)
    if shape != (width,):
        raise EngineError(
            f"{name} has {len(inputs)} inputs, {named}: expected rows of {width} features "
            f"together; those of the data have shape {list(shape)}.",
            "hiss divides the features among the inputs, in their order: change the inputs' "
            "shapes, or choose the features by --features or --drop.",
        )
