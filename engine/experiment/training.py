"""Layers, and how a network is compiled and fitted, in the words of Keras."""

from __future__ import annotations

from math import inf
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from hiss.data.spec import Call, Count, Frozen, Size
from hiss.errors import expected
from hiss.keras_names.checks import check_class, check_name
from hiss.noise import registry  # noqa: F401 (registers the names of hiss's own classes)
from hiss.validation import refuse


class Keras(Call):
    """A Keras object, such as a layer: its class name and its constructor's arguments."""

    class_name: str


def _check_layer(layer: Keras) -> Keras:
    refuse(check_class("layers", layer.class_name, layer.arguments))
    return layer


def _check_optimizer(optimizer: str | Keras) -> str | Keras:
    if isinstance(optimizer, str):
        refuse(check_name("optimizers", optimizer))
    else:
        refuse(check_class("optimizers", optimizer.class_name, optimizer.arguments))
    return optimizer


def _check_loss(loss: str | Keras) -> str | Keras:
    if isinstance(loss, str):
        refuse(check_name("losses", loss))
    elif loss.class_name == "SparseCategoricalCrossentropy" and "label_smoothing" in loss.arguments:
        wanted = "CategoricalCrossentropy, for which hiss makes the targets one-hot,"
        refuse([expected("class_name", f"{wanted} with label_smoothing", loss.class_name)])
    else:
        refuse(check_class("losses", loss.class_name, loss.arguments))
    return loss


Layer = Annotated[Keras, AfterValidator(_check_layer)]
Optimizer = Annotated[str | Keras, AfterValidator(_check_optimizer)]


def _check_class_weight(value: object) -> object:
    match value:
        case None | "balanced":
            return value
        case dict() if value and all(map(_is_weight, value.values())) and any(value.values()):
            return value
    refuse([expected("", '"balanced" or a table of weights such as {yes = 2.0}', value)])
    return value


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


ClassWeight = Annotated[
    Literal["balanced"] | dict[str, float] | None, BeforeValidator(_check_class_weight)
]
Loss = Annotated[str | Keras, AfterValidator(_check_loss)]


class EarlyStopping(Frozen):
    """When to end a training early, in the words of Keras' `EarlyStopping`.

    It monitors rows held out of the training rows for this purpose, never the test rows.

    Source:
        Prechelt, 1998, "Early stopping - but when?".
    """

    validation_size: Size
    """Rows held out of the training rows."""
    patience: Annotated[int, Strict(), Field(ge=0)]
    """Epochs without improvement after which training ends."""
    monitor: Literal["loss", "accuracy"] = "loss"
    """The metric that has to improve, measured on the held-out rows with the noise off."""
    min_delta: Annotated[float, Field(ge=0)] = 0.0
    """The smallest change that is an improvement."""
    start_from_epoch: Annotated[int, Strict(), Field(ge=0)] = 0
    """Epochs at the start that are not monitored."""
    restore_best_weights: bool = False
    """Whether the network is scored with the weights of its best epoch instead of its last."""


class Training(Frozen):
    """How a network is compiled and fitted, in the words of `compile` and `fit`."""

    optimizer: Optimizer = "adam"
    loss: Loss = "binary_crossentropy"
    epochs: Count
    batch_size: Count = 32
    class_weight: ClassWeight = None
    """How much the training rows of each class count in the loss, as in `fit`: `"balanced"`, or a
    table such as `{malignant = 2.0}`. The test rows always count alike."""
    early_stopping: EarlyStopping | None = None

    @property
    def loss_name(self) -> str:
        """The name of the loss, without its arguments."""
        return self.loss if isinstance(self.loss, str) else self.loss.class_name
