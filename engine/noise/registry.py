"""All kinds of noise. To add one, write its file beside this one and list it in `LAYERS` below.

Importing this module registers hiss's own classes with the names of Keras (`keras_names.lookup`).
It imports neither Keras nor TensorFlow nor numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hiss.keras_names import lookup
from hiss.noise import schedules
from hiss.noise.additive import FEATUREWISE_NOISE, LAPLACE_NOISE, UNIFORM_NOISE
from hiss.noise.correlated import FEATURE_CORRELATED_NOISE, TIME_CORRELATED_NOISE
from hiss.noise.corruption import MASKING_NOISE, SALT_AND_PEPPER_NOISE
from hiss.noise.cutout import CUTOUT
from hiss.noise.dropout import (
    ALPHA_DROPOUT,
    DROPOUT,
    SPATIAL_DROPOUT_1D,
    SPATIAL_DROPOUT_2D,
    STOCHASTIC_DEPTH,
)
from hiss.noise.gaussian import GAUSSIAN_DROPOUT, GAUSSIAN_NOISE
from hiss.noise.gradients import GRADIENT_NOISE
from hiss.noise.kind import LayerNoise, NoiseKind
from hiss.noise.labels import LABEL_NOISE
from hiss.noise.mixup import MIX_UP
from hiss.noise.weights import WEIGHT_NOISE

LAYERS = (
    GAUSSIAN_NOISE,
    DROPOUT,
    GAUSSIAN_DROPOUT,
    ALPHA_DROPOUT,
    SPATIAL_DROPOUT_1D,
    SPATIAL_DROPOUT_2D,
    WEIGHT_NOISE,
    MASKING_NOISE,
    SALT_AND_PEPPER_NOISE,
    UNIFORM_NOISE,
    LAPLACE_NOISE,
    FEATUREWISE_NOISE,
    TIME_CORRELATED_NOISE,
    FEATURE_CORRELATED_NOISE,
    MIX_UP,
    CUTOUT,
    STOCHASTIC_DEPTH,
)
"""The noise layers, the most usual first. They replace Keras' own layers of the same name."""

_layers: dict[str, LayerNoise] = {}
NOISE_LAYERS: Mapping[str, LayerNoise] = MappingProxyType(_layers)
"""The noise layers by class name, in that order."""


def register(kind: LayerNoise) -> None:
    """Add a noise layer."""
    _layers[kind.name] = kind
    lookup.register("layers", kind.name, kind.constructor, {kind.strength: kind.start})


def unregister(kind: LayerNoise) -> None:
    """Remove a noise layer."""
    del _layers[kind.name]
    lookup.unregister("layers", kind.name)


def all_kinds() -> tuple[NoiseKind, ...]:
    """Return every kind of noise: of layers, gradients and labels."""
    return (*_layers.values(), GRADIENT_NOISE, LABEL_NOISE)


def noise_of(class_name: str) -> NoiseKind | None:
    """Return the noise that a layer or an optimizer of that class adds, if it adds any."""
    return GRADIENT_NOISE if class_name == GRADIENT_NOISE.name else _layers.get(class_name)


for _kind in LAYERS:
    register(_kind)
lookup.register("optimizers", GRADIENT_NOISE.name, GRADIENT_NOISE.constructor)
for _alias, _schedule in schedules.NAMES.items():
    lookup.register(
        "noise_schedules", _schedule.__name__, schedules.constructor(_schedule), alias=_alias
    )
