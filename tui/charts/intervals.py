"""Intervals drawn in text on a common axis, one to a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiss.tui.charts.downsample import nice_step

LINE, LEFT, RIGHT, CROSSING, MEAN, REFERENCE, SHADE = "─├┤┼•│░"

STEPS = 16
"""Of so many steps or fewer, each a round number, an axis is made."""

Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers laid over cells of text."""

    low: float
    high: float
    cells: int

    @classmethod
    def over(cls, values: Sequence[float], cells: int) -> Axis:
        """An axis with room for all values, from one round number to another."""
        low, high = min(values), max(values)
        step = nice_step((high - low) or abs(low) or 1.0, STEPS)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, cells)

    def cell(self, value: float) -> int:
        """Where a value lies, from 0; values outside lie at an end."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(min(1.0, max(0.0, share)) * (self.cells - 1))


def draw(
    axis: Axis,
    mean: float | None,
    limits: Limits | None,
    reference: float | None,
    shaded: Limits | None = None,
) -> str:
    """A line of text: shade and reference behind, the interval over them, its mean on top."""
    line = [" "] * axis.cells
    if shaded is not None:
        _fill(line, axis, shaded, SHADE)
    if limits is not None:
        _fill(line, axis, limits, LINE)
    if reference is not None:
        place = axis.cell(reference)
        line[place] = CROSSING if line[place] == LINE else REFERENCE
    if limits is not None:
        line[axis.cell(limits[0])], line[axis.cell(limits[1])] = LEFT, RIGHT
    if mean is not None:
        line[axis.cell(mean)] = MEAN
    return "".join(line)


def ruler(axis: Axis, labels: Mapping[float, str]) -> str:
    """The labels under their places; a label without room between others is left out."""
    line = " " * axis.cells
    for value, label in labels.items():
        start = min(max(0, axis.cell(value) - len(label) // 2), axis.cells - len(label))
        taken = line[max(0, start - 1) : start + len(label) + 1]
        if start >= 0 and not taken.strip():
            line = line[:start] + label + line[start + len(label) :]
    return line


def _fill(line: list[str], axis: Axis, limits: Limits, glyph: str) -> None:
    first, last = axis.cell(limits[0]), axis.cell(limits[1])
    line[first : last + 1] = glyph * (last + 1 - first)
