"""What a picture shows, and in which colours and characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.glyphs import GlyphSet
    from tui.series import Spread
    from tui.state import Quantity

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """The colours and characters of a picture."""

    glyphs: GlyphSet
    axis: Rgb
    ceiling: Rgb
    arms: tuple[Rgb, ...]
    """A colour for every arm or class, told apart in 256 colours too."""
    faint: tuple[Rgb, ...]
    """The same, nearer to the background: training curves and bands."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve to draw."""

    spread: Spread
    arm: int
    """The arm's place on the screen, which gives the colour and symbol."""
    training: bool
    """Whether it was measured on the training rows: faint, with a hollow symbol."""


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """What a chart of curves shows."""

    lines: tuple[Line, ...]
    epochs: int
    """The epochs of the longest run: the end of the x axis."""
    quantity: Quantity
    ceilings: tuple[float, ...] = ()
    """Accuracies that no classifier can beat."""
