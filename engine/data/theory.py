"""Scores of the best possible predictor, computed from the distribution of the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.sources import SOURCES
from hiss.data.spec import Data

Floats = NDArray[np.float64]

REACH = 8.0
"""Standard deviations of noise beyond which the density is negligible."""


def bayes_accuracy(data: Data) -> float | None:
    """Return the accuracy of the Bayes rule in [0, 1], or None where it is not known.

    It is the highest expected accuracy of any classifier; on a sample of test rows a classifier can
    exceed it.
    """
    given = _arguments(data)
    match data.name:
        case _ if data.reconstructs:
            return None
        case "make_circles":
            return _circles(given["noise"], given["factor"])
        case "make_moons":
            return _moons(given["noise"])
        case "two_frequencies":
            return _frequencies(given["n_steps"], given["amplitude"], given["noise"])
        case _:
            return None


def bayes_rmse(data: Data) -> float | None:
    """Return the RMSE of the true regression function, or None where it is not known.

    It is the standard deviation of the noise, in the target's unit.
    """
    match data.name:
        case _ if data.reconstructs:
            return None
        case "make_friedman1" | "noisy_sine":
            return float(_arguments(data)["noise"])
        case _:
            return None


def bayes_circle(data: Data) -> float | None:
    """Return the radius of the best possible boundary between circles; None for other data."""
    given = _arguments(data)
    if data.name != "make_circles" or data.standardize or not given["noise"]:
        return None
    noise, factor = given["noise"], given["factor"]
    radius = np.arange(0.0, 1 + REACH * noise, noise / 100)
    outer, inner = _rice(radius, 1, noise), _rice(radius, factor, noise)
    return float(radius[np.flatnonzero(outer > inner)[0]])


def _arguments(data: Data) -> Mapping[str, Any]:
    parameters = SOURCES[data.name].parameters
    return {name: each.default for name, each in parameters.items()} | data.arguments


def _circles(noise: float, factor: float) -> float:
    """Integrate the larger of the two radial densities over the radius."""
    if noise == 0:
        return 1.0
    step = max(noise / 50, 1e-5)
    radius = np.arange(0, 1 + REACH * noise, step)
    largest = np.maximum(_rice(radius, 1, noise), _rice(radius, factor, noise))
    return min(1.0, float(largest.sum() * step / 2))


def _rice(radius: Floats, centre: float, noise: float) -> Floats:
    """Density of the radius of a point at `centre` plus normal noise in both directions."""
    from scipy.special import i0e

    decay = np.exp(-((radius - centre) ** 2) / (2 * noise**2))
    return np.asarray(radius / noise**2 * decay * i0e(radius * centre / noise**2))


def _moons(noise: float) -> float:
    """Integrate the larger of the two densities over the plane."""
    if noise == 0:
        return 1.0
    step = max(noise / 6, 0.004)
    x = np.arange(-1 - REACH * noise, 2 + REACH * noise, step)
    y = np.arange(-0.5 - REACH * noise, 1 + REACH * noise, step)
    angle = np.linspace(0, np.pi, 1_000)
    upper = _curve_density(x, y, np.cos(angle), np.sin(angle), noise)
    lower = _curve_density(x, y, 1 - np.cos(angle), 0.5 - np.sin(angle), noise)
    largest = np.maximum(upper, lower)
    return min(1.0, float(largest.sum() * step * step / 2))


def _curve_density(x: Floats, y: Floats, curve_x: Floats, curve_y: Floats, noise: float) -> Floats:
    """Density on the grid x × y of points spread evenly along a curve, plus normal noise."""
    across, along = _normal(x, curve_x, noise), _normal(y, curve_y, noise)
    return np.asarray(across @ along.T / len(curve_x))


def _normal(grid: Floats, means: Floats, sd: float) -> Floats:
    """Normal density at each point of the grid (rows) about each mean (columns)."""
    z = (grid[:, None] - means) / sd
    return np.asarray(np.exp(-z * z / 2) / (sd * np.sqrt(2 * np.pi)))


def _frequencies(steps: int, amplitude: float, noise: float) -> float:
    """Detect one of two orthogonal tones of unknown phase by the larger amplitude.

    The error is ½·exp(-E / 2N₀), where E is the tone's energy and N₀ twice the noise's variance per
    step.

    Source:
        Proakis, "Digital Communications": noncoherent detection of binary orthogonal signals.
    """
    if noise == 0:
        return 1.0
    energy = steps * amplitude**2 / 2
    return float(1 - np.exp(-energy / (4 * noise**2)) / 2)
