"""Private API of Textual, Rich and plotext, in one place.

Read in plotext 5.3.2 and textual-plotext 1.0.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual_plotext import Plot


def set_figure_size(figure: Plot, width: int, height: int) -> None:
    """Set the size of a figure in cells; `plot_size()` would clip it to the terminal of fd 1."""
    figure._set_size(width, height)


def figure_rows(figure: Plot) -> Iterator[tuple[Sequence[str], Sequence[object]]]:
    """Build a figure and return its rows, from the top, as characters and their colours.

    This is `build()` without its last step, which turns the cells into one string with escape
    sequences. A colour is what was passed to plotext, or "default".
    """
    untyped: Any = figure  # the stubs know nothing of the cells
    untyped._set_sizes()
    untyped._build_matrix()
    matrix = untyped.monitor.matrix
    return zip(reversed(matrix.marker), reversed(matrix.fullground), strict=True)
