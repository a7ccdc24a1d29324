"""Intervals drawn in text on a common axis, one to a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiss.tui.charts.axes import Limits, nice_step

LINE, LEFT, RIGHT, CROSSING, MEAN, REFERENCE, SHADE = "─├┤┼•│░"

MOST_STEPS = 16
"""Round steps that an axis is made of, at most."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers laid over cells of text."""

    low: float
    high: float
    cells: int
    """The length of the axis."""

    @classmethod
    def over(cls, values: Sequence[float], cells: int) -> Axis:
        """Return an axis with room for all values, from one round number to another."""
        low, high = min(values), max(values)
        step = nice_step((high - low) or abs(low) or 1.0, MOST_STEPS)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, cells)

    def cell(self, value: float) -> int:
        """Return the cell of a value, counted from 0; values outside lie at an end."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(min(1.0, max(0.0, share)) * (self.cells - 1))


def interval_line(
    axis: Axis,
    mean: float | None,
    limits: Limits | None,
    reference: float | None,
    shaded: Limits | None = None,
) -> str:
    """Return a line of text: shade and reference behind, the interval over them, its mean on top.

    Args:
        axis: The axis, whose cells the line fills.
        mean: The value to mark, if there is one.
        limits: The ends of the interval about it.
        reference: A value to mark by an upright line.
        shaded: The ends of a range to shade.
    """
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
    """Return a line with labels under their values; one without room between others is left out.

    Those that come first in the mapping take their room first.
    """
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
