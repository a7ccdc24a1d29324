"""What a user's model trains by that is none of Keras' own: for stock `fit` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from hiss.errors import EngineError, first_line
from hiss.experiment.user_model import UserModel
from hiss.network.user_compile import of_output


@dataclass(frozen=True)
class OwnCompile:
    """The loss and the optimizer of the user's that stock `fit` trains a network by."""

    loss: Any = None
    """A function or a `keras.losses.Loss`; None for that of the experiment."""
    optimizer: Any = None
    """A `keras.optimizers.Optimizer` that has updated nothing yet; None for the experiment's."""
    metrics: Any = None
    """What a `train_step` of the user's may update."""


def own_step(made: Any) -> str:
    """Return which of a model's methods makes `fit` train in a way of its own; empty if none."""
    methods = ("train_step", "compute_loss")
    own = (each for each in methods if getattr(type(made), each) is not getattr(keras.Model, each))
    return next(own, "")


def own_compile(model: UserModel, made: Any, outputs: Sequence[str], *, shared: bool) -> OwnCompile:
    """Return what of the user's own a model trains by.

    Args:
        model: which says what is the user's.
        made: the `keras.Model` as the user compiled it.
        outputs: names of its outputs.
        shared: whether it is the same object for each replicate.

    Raises:
        EngineError: if the optimizer cannot be made again for each replicate.
    """
    return OwnCompile(
        loss=of_output(made.loss, outputs, model.output) if model.own_loss else None,
        optimizer=_optimizer(model, made.optimizer, shared) if model.own_optimizer else None,
        metrics=_metrics(made) if model.own_step and made.compiled else None,
    )


def _optimizer(model: UserModel, optimizer: Any, shared: bool) -> Any:
    """Return an optimizer that has updated nothing yet."""
    if not (shared or optimizer.built):
        return optimizer
    try:
        return type(optimizer).from_config(optimizer.get_config())
    except (TypeError, ValueError, NotImplementedError) as error:
        raise EngineError(
            f"{model.name}: its optimizer {model.own_optimizer} cannot be made again for each "
            f"repeat: {first_line(error)}",
            "Give it a get_config with all arguments of its constructor, or name a function that "
            "makes it.",
        ) from error


def _metrics(made: Any) -> Any:
    """Return the metrics that a model was compiled with, made again."""
    given = made.get_compile_config() or {}
    return keras.saving.deserialize_keras_object(given.get("metrics"))
