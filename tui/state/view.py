"""How curves and scores are drawn, and the changes that keys make to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Quantity = Literal["accuracy", "loss"]
BandKind = Literal["sd", "ci95"]


@dataclass(frozen=True, slots=True)
class View:
    """How curves and scores are drawn."""

    quantity: Quantity = "accuracy"
    smooth: bool = False
    """Whether curves are drawn as moving averages."""
    band: BandKind = "sd"
    """The band about the mean of replicates: standard deviation, or 95 % confidence interval."""
    training: bool | None = None
    """Whether training curves are drawn; None draws them only for a single arm."""
    every: bool = False
    """Whether every replicate is drawn behind the mean, instead of a band."""
    replicate: int | None = None
    """Number of the only replicate that is drawn, from 0; None draws the mean."""
    strips: bool = False
    """Whether a dot plot of every replicate's score is drawn instead of the table."""


def quantity_toggled(view: View) -> View:
    """Switch between accuracy and loss."""
    return replace(view, quantity="loss" if view.quantity == "accuracy" else "accuracy")


def smoothing_toggled(view: View) -> View:
    """Switch between every epoch and moving averages."""
    return replace(view, smooth=not view.smooth)


def band_toggled(view: View) -> View:
    """Switch the band about the mean between SD and 95 % CI."""
    band: BandKind = "ci95" if view.band == "sd" else "sd"
    return replace(view, band=band, every=False, replicate=None)


def training_toggled(view: View, arms: int) -> View:
    """Show or hide the training curves of a number of arms."""
    shown = arms == 1 if view.training is None else view.training
    return replace(view, training=not shown)


def every_toggled(view: View) -> View:
    """Switch between every replicate and the mean with its band."""
    return replace(view, every=not view.every, replicate=None)


def walked(view: View, step: int, replicates: int) -> View:
    """Show the next replicate or the previous one; beyond the ends, the mean."""
    places = (None, *range(replicates))
    now = places.index(view.replicate) if view.replicate in places else 0
    return replace(view, every=False, replicate=places[(now + step) % len(places)])


def strips_toggled(view: View) -> View:
    """Switch between the table and the dot plot of every replicate's score."""
    return replace(view, strips=not view.strips)
