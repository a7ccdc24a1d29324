"""A picture that sends to the terminal only the lines that have changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Picture(Widget, can_focus=False):
    """Lines of text that are drawn anew as a whole and refreshed one by one."""

    _strips: tuple[Strip, ...] = ()

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the picture anew, in so many cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw the picture anew and refresh the lines that differ from what is on the screen."""
        width, height = self.content_size
        lines = self.drawn(width, height) if width and height else ()
        before, self._strips = self._strips, tuple(map(self._strip, lines))
        for y, (old, new) in enumerate(zip_longest(before, self._strips)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture, as wide as the widget."""
        width, style = self.content_size.width, self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[y].adjust_cell_length(width).apply_style(style)

    def _strip(self, line: Text) -> Strip:
        return Strip(line.render(self.app.console), line.cell_len)

    def on_resize(self, _: events.Resize) -> None:
        """Draw the picture for the new size."""
        self.redraw()
