"""What a picture shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hiss.tui.charts.mean_band import MeanBand
    from hiss.tui.state.model import Quantity


@dataclass(frozen=True, slots=True)
class Line:
    """One curve to draw."""

    band: MeanBand
    arm: int
    """The arm's place on the screen, which decides on colour and symbol."""
    training: bool
    """Whether it was measured on the training rows: faint, with a hollow symbol."""
    every: bool = False
    """Whether every replicate is drawn below the mean, instead of a band."""


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """What a chart of curves shows."""

    lines: tuple[Line, ...]
    epochs: int
    """The epochs of the longest run: the end of the x axis."""
    quantity: Quantity
    ceilings: tuple[float, ...] = ()
    """Accuracies that no classifier can beat, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Strength:
    """One point of a sweep to draw."""

    value: float
    mean: float | None
    """None where nothing has been trained yet."""
    se: float | None
    rank: Literal["best", "plateau", "other"]


@dataclass(frozen=True, slots=True)
class SweepPicture:
    """What a curve of scores over noise strengths shows."""

    points: tuple[Strength, ...]
    """From the weakest."""
    cursor: float | None
    """The strength below the cursor."""
