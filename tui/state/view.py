"""How the user wants to see curves and scores, and the keys' changes to that."""

from __future__ import annotations

from dataclasses import replace

from hiss.tui.state.model import BandKind, View


def quantity_toggled(view: View) -> View:
    """Show loss instead of accuracy, or accuracy instead of loss."""
    return replace(view, quantity="loss" if view.quantity == "accuracy" else "accuracy")


def smoothing_toggled(view: View) -> View:
    """Draw moving averages instead of every epoch, or every epoch again."""
    return replace(view, smooth=not view.smooth)


def band_toggled(view: View) -> View:
    """Draw the 95 % CI of the mean instead of the SD, or the SD again, about the mean."""
    band: BandKind = "ci95" if view.band == "sd" else "sd"
    return replace(view, band=band, every=False, replicate=None)


def training_toggled(view: View, arms: int) -> View:
    """Draw the training curves too, or the test curves alone, of so many arms."""
    shown = arms == 1 if view.training is None else view.training
    return replace(view, training=not shown)


def every_toggled(view: View) -> View:
    """Draw every replicate, or the mean with its band."""
    return replace(view, every=not view.every, replicate=None)


def walked(view: View, step: int, replicates: int) -> View:
    """Go to the next of so many replicates or the one before; beyond the ends lies the mean."""
    places = (None, *range(replicates))
    now = places.index(view.replicate) if view.replicate in places else 0
    return replace(view, every=False, replicate=places[(now + step) % len(places)])


def strips_toggled(view: View) -> View:
    """Draw every replicate's score, or the table."""
    return replace(view, strips=not view.strips)
