"""Axes and strokes, worked out before they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.series import Values, accuracy_limits, loss_limits

if TYPE_CHECKING:
    from tui.pictures import CurvesPicture


def limits(picture: CurvesPicture) -> tuple[float, float]:
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
