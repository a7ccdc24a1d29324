"""Private API of Textual, Rich and plotext, in one place.

Read in Textual 8.2.8, plotext 5.3.2 and textual-plotext 1.0.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import App
    from textual.driver import Driver
    from textual.events import Event
    from textual.message import Message
    from textual.notifications import Notifications
    from textual_plotext import Plot


def is_stopped(event: Event) -> bool:
    """Return whether a handler has kept an event from the widgets above it."""
    return event._stop_propagation


def write_to_terminal(app: App[Any], text: str) -> None:
    """Write to the terminal that an app draws on, if it draws on one."""
    if app._driver is not None:
        app._driver.write(text)


def has_palette(app: App[Any]) -> bool:
    """Return whether a command palette is open, or still being closed: a second one fails."""
    return app._nodes._get_by_id("--command-palette") is not None


def end_app(app: App[Any], line: Text) -> None:
    """End an app in which something was raised, with a line below it for the first of all errors.

    Textual itself draws the traceback with all variables, which takes a minute for large arrays.
    """
    if not app._exit_renderables:
        app._exit_renderables.append(line)
    app._close_messages_no_wait()


def forget_notifications(app: App[Any], message: str, most: int) -> None:
    """Forget the notifications of an app that say the same as a new one, and all but the last few.

    Args:
        app: The app.
        message: Of the new notification.
        most: Notifications that stay beside it.
    """
    held = list(app._notifications)
    for number, each in enumerate(held):
        if each.message == message or number < len(held) - most:
            del app._notifications[each]


class InputFilter(Protocol):
    """Changes the characters of the input before Textual parses them."""

    def feed(self, text: str) -> str:
        """Return what to parse of a piece of input."""
        ...

    def expired(self) -> str:
        """Return what to parse although the rest of it has not come in time."""
        ...


def filter_input(new_filter: Callable[[], InputFilter]) -> None:
    """Have Textual's driver parse the input of the terminal through a filter."""
    from textual._xterm_parser import XTermParser
    from textual.drivers import linux_driver

    class FilteredParser(XTermParser):
        def __init__(self, debug: bool = False) -> None:
            super().__init__(debug)
            self._filter = new_filter()

        def feed(self, data: str) -> Iterable[Message]:
            rest = self._filter.feed(data) if data else ""
            if rest or not data:  # an empty string is the end of the input
                yield from super().feed(rest)

        def tick(self) -> Iterable[Message]:
            if rest := self._filter.expired():
                yield from super().feed(rest)
            yield from super().tick()

    linux_driver.XTermParser = FilteredParser  # type: ignore[attr-defined]


def console_driver() -> type[Driver]:
    """Return Textual's driver, which goes on properly after SIGSTOP too.

    Nothing announces SIGSTOP: after it, Textual's own takes the raw mode for the terminal's
    attributes before, and starts a second thread that reads keys.
    """
    from textual.drivers.linux_driver import LinuxDriver

    class ConsoleDriver(LinuxDriver):
        def _sigcont_application(self, *_: object) -> None:
            if self._auto_restart and not self._must_signal_resume:
                self.suspend_application_mode()
                self._must_signal_resume = True
            super()._sigcont_application()

    return ConsoleDriver


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


@cache
def repair_textual() -> None:
    """Replace methods of Textual's: two leak memory, others raise `KeyError` or `NoMatches`."""
    from textual._styles_cache import StylesCache
    from textual.command import CommandList, CommandPalette
    from textual.widgets import OptionList
    from textual.widgets._toast import ToastHolder, ToastRack

    untyped: Any = StylesCache
    # Cached as a method, it keeps 1,024 caches, each with the lines of a widget long gone.
    grounds = lru_cache(1024)(partial(untyped.get_inner_outer.__wrapped__, None))
    move_page = OptionList._move_page
    show_toasts = ToastRack.show
    query_one: Any = CommandPalette.query_one

    def move_if_laid_out(self: OptionList, direction: Any) -> None:
        """Move by a page; a list without a height, such as a new palette's, has no lines."""
        if (self.highlighted or 0) in self._index_to_line:
            move_page(self, direction)

    def show_only_these(self: ToastRack, notifications: Notifications) -> None:
        """Remove the holders of toasts that are gone too; Textual removes the toasts alone."""
        wanted = {self._toast_id(each) for each in notifications}
        for holder in self.query(ToastHolder):
            if holder.id not in wanted:
                holder.remove()
        show_toasts(self, notifications)

    def query_one_or_make(self: CommandPalette, *asked: Any) -> Any:
        """Return a widget; a palette that closes has none any more, and gets one shown nowhere.

        It may still be searching, or waiting to say that nothing was found.
        """
        return query_one(self, *asked) if self.query(CommandList) else asked[-1]()

    untyped.get_inner_outer = lambda self, base, background: grounds(base, background)
    OptionList._move_page = move_if_laid_out  # type: ignore[method-assign]
    ToastRack.show = show_only_these  # type: ignore[method-assign]
    CommandPalette.query_one = query_one_or_make  # type: ignore[assignment, method-assign]
