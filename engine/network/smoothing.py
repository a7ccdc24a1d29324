"""Label smoothing whose amount is an input of the program, so that a sweep of it compiles once."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from hiss.experiment.training import Keras as Table
from hiss.network.metrics import OneHot, PerRow, loss_per_row, make_loss, one_hot, per_row_of
from hiss.noise.random import Tensor

AMOUNT = "label_smoothing"
Smoothing: TypeAlias = "Tensor | tuple[()]"
"""How much of a target is spread over all classes, a float32 scalar; () where a loss has none."""


def smoothing_of(loss: str | Table) -> Smoothing:
    """Return how much a loss smooths its targets, as a numpy scalar."""
    if isinstance(loss, str) or AMOUNT not in loss.arguments:
        return ()
    return np.float32(loss.arguments[AMOUNT])


def without_amount(loss: dict[str, Any] | str) -> dict[str, Any] | str:
    """Return the description of a loss without how much it smooths, where it smooths at all."""
    if isinstance(loss, str) or AMOUNT not in loss:
        return loss
    return {**loss, AMOUNT: None}


def smoothed_loss_per_row(loss: str | Table, smoothing: Smoothing) -> PerRow:
    """Return a loss with one value for each row, of targets smoothed as Keras does it.

    Args:
        loss: as an experiment names it; its own amount is not used.
        smoothing: the amount, for a loss that has one.

    Source: Szegedy et al., 2016, "Rethinking the inception architecture for computer vision".
    """
    if isinstance(loss, str) or isinstance(smoothing, tuple):
        return loss_per_row(loss)
    plain = {name: value for name, value in loss.arguments.items() if name != AMOUNT}
    made = make_loss(Table(class_name=loss.class_name, **plain))
    categorical = isinstance(made, OneHot)
    per_row = made.per_row if categorical else per_row_of(made)

    def smoothed(targets: Tensor, predictions: Tensor) -> Tensor:
        if categorical:
            targets = one_hot(targets, predictions)
        share = 1.0 / targets.shape[-1] if categorical else 0.5
        return per_row(targets * (1.0 - smoothing) + smoothing * share, predictions)

    return smoothed
