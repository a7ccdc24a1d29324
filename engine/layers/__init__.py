"""Noise layers: Keras' own, drawn by `engine.noise` with the strength a variable, and one more."""

from __future__ import annotations

from engine.layers.alpha import AlphaDropout
from engine.layers.base import NoiseLayer
from engine.layers.dropout import Dropout, SpatialDropout1D, SpatialDropout2D
from engine.layers.gaussian import GaussianDropout, GaussianNoise
from engine.layers.weights import WeightNoise

__all__ = ["KINDS", "NoiseLayer"]

KINDS: dict[str, type[NoiseLayer]] = {
    kind.__name__: kind
    for kind in (
        AlphaDropout,
        Dropout,
        GaussianDropout,
        GaussianNoise,
        SpatialDropout1D,
        SpatialDropout2D,
        WeightNoise,
    )
}
"""The layers that hiss puts in the place of Keras' own of the same name, and those of its own."""
