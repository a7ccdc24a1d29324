"""How noise strengths are laid out on an axis: logarithmic, with no noise to the left of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tui.series import nice_step

GAP = 0.12
"""Share of the axis between no noise and the weakest noise."""

Limits = tuple[float, float]


def positions(strengths: Sequence[float]) -> dict[float, float]:
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


def limits(points: Sequence[tuple[float, float]]) -> Limits:
    """Round limits with room for means and their standard errors."""
    if not points:
        return (0.0, 1.0)
    low = min(mean - se for mean, se in points)
    high = max(mean + se for mean, se in points)
    step = nice_step((high - low) or abs(low) or 1.0, 6)
    return (math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def labels(places: Mapping[float, float], cells: int, wanted: float | None) -> dict[float, str]:
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
