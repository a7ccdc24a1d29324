"""The axes of charts: round steps and ticks, limits, labels, and places of strengths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hiss.tui.charts.downsample import Values

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.tui.charts.curves import CurvesPicture

Limits = tuple[float, float]
"""The lower and the upper end of an axis."""

GAP = 0.12
"""Share of an axis of strengths between no noise and the weakest noise."""


# Any axis.


def nice_step(span: float, count: int) -> float:
    """Return the smallest of 1, 2, 5, 10 … × 10ᵏ that cuts `span` into at most `count` pieces."""
    rough = span / max(1, count)
    if not np.isfinite(rough) or rough <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9)))


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return at most `count` + 1 round numbers from `low` to `high`, and one at least.

    Where the roundest lie outside, finer ones are taken, and `low` itself where there is no room.
    """
    for pieces in (count, 2 * count, 4 * count, 8 * count):
        step = nice_step(high - low, pieces)
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        if first <= last:
            most = np.arange(first, last + 1)[: count + 1]
            return [round(float(index) * step, 12) + 0.0 for index in most]
    return [float(low)]


def number_labels(numbers: Sequence[float]) -> dict[float, str]:
    """Write all numbers with the decimals that the finest of them needs."""
    decimals = max((len(f"{one:g}".partition(".")[2]) for one in numbers), default=0)
    return {number: f"{number:,.{decimals}f}" for number in numbers}


# Curves over epochs.


def curve_limits(picture: CurvesPicture) -> Limits:
    """Return the ends of the y axis of curves."""
    drawn = [
        line.band.rows if line.every else line.band.mean
        for line in picture.lines
        if len(line.band.mean)
    ]
    if picture.quantity == "accuracy":
        return accuracy_limits(min((float(np.nanmin(one, initial=1)) for one in drawn), default=1))
    return loss_limits(max((_highest(one) for one in drawn), default=0.0))


def accuracy_limits(lowest: float) -> Limits:
    """Return the y axis for accuracies: from 0.5, or the tenth below `lowest`, to 1."""
    return (max(0.0, min(0.5, float(np.floor(lowest * 10) / 10))), 1.0)


def loss_limits(highest: float) -> Limits:
    """Return the y axis for losses: from 0 to the next of 1, 2, 5, 10 … × 10ᵏ."""
    if not np.isfinite(highest) or highest <= 0:
        return (0.0, 1.0)
    return (0.0, nice_step(float(highest), 1))


def _highest(values: Values) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if len(finite) else 0.0


# Rows of data as points.


def point_limits(preview: Preview, width: int, height: int) -> tuple[Limits, Limits]:
    """Return the x and y limits of a scatter plot of `width` × `height` cells.

    Circles stay round, cells being twice as high as wide, unless the y axis is the target's.
    """
    low, high = preview.points.min(axis=0), preview.points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum(high - low, 1e-9) / 2
    if preview.axes[1] != "target":
        cells = np.array([max(1, width - 1), max(1, 2 * (height - 1))])
        half = (half / cells).max() * cells
    left, bottom = (middle - half).tolist()
    right, top = (middle + half).tolist()
    return (left, right), (bottom, top)


# Scores over strengths.


def strength_text(strength: float) -> str:
    """Write a strength as the user wrote it."""
    return f"{strength:.12g}"


def strength_positions(strengths: Sequence[float]) -> dict[float, float]:
    """Return a place in [0, 1] for every strength: logarithmic, with no noise left of the rest."""
    noisy = sorted({value for value in strengths if value > 0})
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
    """Return round limits with room for (mean, standard error) pairs."""
    if not points:
        return (0.0, 1.0)
    low = min(mean - se for mean, se in points)
    high = max(mean + se for mean, se in points)
    step = nice_step((high - low) or abs(low) or 1.0, 6)
    return (math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def strength_labels(
    places: Mapping[float, float], cells: int, wanted: float | None
) -> dict[float, str]:
    """Return the labels that fit below an axis.

    Args:
        places: The place in [0, 1] of every strength.
        cells: The length of the axis.
        wanted: The strength to label in any case; then comes no noise, then the weakest.
    """
    labels: dict[float, str] = {}
    for value in sorted(places, key=lambda one: (one != wanted, one > 0, one)):
        text = strength_text(value)
        middle = places[value] * cells
        if all(
            abs(middle - places[other] * cells) > (len(text) + len(label)) / 2 + 1
            for other, label in labels.items()
        ):
            labels[value] = text
    return labels
