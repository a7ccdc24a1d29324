"""Noise layers: Keras' own, drawn by `engine.noise` with the strength a variable, and one more."""

from __future__ import annotations

from hiss.noise.dropout import AlphaDropout, Dropout, SpatialDropout1D, SpatialDropout2D
from hiss.noise.gaussian import GaussianDropout, GaussianNoise
from hiss.noise.layer import NoiseLayer
from hiss.noise.weights import WeightNoise

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
