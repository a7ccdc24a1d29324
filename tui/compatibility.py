"""Private API of Textual, Rich and plotext, in one place.

Read in Textual 8.2.8, plotext 5.3.2 and textual-plotext 1.0.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Event
    from textual_plotext import Plot


def is_stopped(event: Event) -> bool:
    """Return whether a handler has kept an event from the widgets above it."""
    return event._stop_propagation


def write_to_terminal(app: App[Any], text: str) -> None:
    """Write to the terminal that an app draws on, if it draws on one."""
    if app._driver is not None:
        app._driver.write(text)


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
