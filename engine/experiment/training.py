"""Layers, and how a network is compiled and fitted, in the words of Keras."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, field_validator

from hiss.data.spec import Call, Count, Frozen, checked_size
from hiss.errors import expected
from hiss.keras_names.checks import check_class, check_name
from hiss.noise import registry  # noqa: F401 (registers the names of hiss's own classes)
from hiss.validation import refuse


class Keras(Call):
    """A Keras layer or optimizer: its class name and its constructor's arguments."""

    class_name: str


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
        return checked_size(size)


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
