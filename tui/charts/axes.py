"""Axes and strokes, worked out before they are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hiss.tui.charts.downsample import Values, accuracy_limits, loss_limits, nice_step

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.tui.charts.pictures import CurvesPicture


def curve_limits(picture: CurvesPicture) -> tuple[float, float]:
    """The ends of the y axis of curves."""
    drawn = [
        line.spread.rows if line.every else line.spread.mean
        for line in picture.lines
        if len(line.spread.mean)
    ]
    if picture.quantity == "accuracy":
        return accuracy_limits(min((float(np.nanmin(one, initial=1)) for one in drawn), default=1))
    return loss_limits(max((_highest(one) for one in drawn), default=0.0))


def _highest(values: Values) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if len(finite) else 0.0


def number_labels(numbers: Sequence[float]) -> dict[float, str]:
    """Spell all numbers with the decimals that the finest of them needs."""
    decimals = max((len(f"{one:g}".partition(".")[2]) for one in numbers), default=0)
    return {number: f"{number:,.{decimals}f}" for number in numbers}


def path(low: Values, high: Values) -> tuple[list[float], list[float]]:
    """Down and up in every column, in one stroke; columns without a number are left out."""
    x = np.repeat(np.arange(len(low)), 2)
    y = np.stack([low, high], axis=1).ravel()
    kept = np.isfinite(y)
    kept[1::2] &= low != high
    return x[kept].tolist(), y[kept].tolist()


Limits = tuple[float, float]


def point_groups(preview: Preview) -> NDArray[np.intp]:
    """The group of every row: its class, or the third that its target lies in."""
    if preview.classes:
        return preview.targets.astype(np.intp)
    if preview.axes[1] == "target":
        return np.zeros(len(preview.targets), np.intp)
    return np.digitize(preview.targets, np.quantile(preview.targets, [1 / 3, 2 / 3]))


def point_limits(preview: Preview, width: int, height: int) -> tuple[Limits, Limits]:
    """Limits that keep circles round, cells being twice as high as wide; but for a target axis."""
    low, high = preview.points.min(axis=0), preview.points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum(high - low, 1e-9) / 2
    if preview.axes[1] != "target":
        cells = np.array([max(1, width - 1), max(1, 2 * (height - 1))])
        half = (half / cells).max() * cells
    left, bottom = (middle - half).tolist()
    right, top = (middle + half).tolist()
    return (left, right), (bottom, top)


GAP = 0.12
"""Share of the axis between no noise and the weakest noise."""


def strength_positions(strengths: Sequence[float]) -> dict[float, float]:
    """A place from 0 to 1 for every strength."""
    noisy = sorted(value for value in strengths if value > 0)
    if not noisy:
        return dict.fromkeys(strengths, 0.5)
    start = GAP if len(noisy) < len(set(strengths)) else 0.0
    first, last = math.log10(noisy[0]), math.log10(noisy[-1])
    scale = (1 - start) / (last - first) if last > first else 0.0
    places = {value: start + scale * (math.log10(value) - first) for value in noisy}
    if not scale:
        places = dict.fromkeys(noisy, (1 + start) / 2)
    return {0.0: 0.0, **places} if start else places


def strength_limits(points: Sequence[tuple[float, float]]) -> Limits:
    """Round limits with room for means and their standard errors."""
    if not points:
        return (0.0, 1.0)
    low = min(mean - se for mean, se in points)
    high = max(mean + se for mean, se in points)
    step = nice_step((high - low) or abs(low) or 1.0, 6)
    return (math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def strength_labels(
    places: Mapping[float, float], cells: int, wanted: float | None
) -> dict[float, str]:
    """The strengths to name below an axis of so many cells: that wanted first, then who fits."""
    shown: dict[float, str] = {}
    for value in sorted(places, key=lambda one: (one != wanted, one > 0, one)):
        text = f"{value:.12g}"
        middle = places[value] * cells
        if all(
            abs(middle - places[other] * cells) > (len(text) + len(spelt)) / 2 + 1
            for other, spelt in shown.items()
        ):
            shown[value] = text
    return shown
