"""Private API of Textual, Rich and plotext, in one place.

Read in Textual 8.2.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Event


def is_stopped(event: Event) -> bool:
    """Return whether a handler has kept an event from the widgets above it."""
    return event._stop_propagation


def write_to_terminal(app: App[Any], text: str) -> None:
    """Write to the terminal that an app draws on, if it draws on one."""
    if app._driver is not None:
        app._driver.write(text)
