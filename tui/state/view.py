"""Transitions of how curves and scores are drawn."""

from __future__ import annotations

from dataclasses import replace

from hiss.tui.state.model import BandKind, View


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
