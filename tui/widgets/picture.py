"""A picture that sends to the terminal only the parts of lines that have changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console, RenderableType
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Cell = tuple[str, Style | None]


class Picture(Widget, can_focus=False):
    """Lines of text that are drawn anew as a whole and refreshed in part."""

    _strips: tuple[Strip, ...] = ()

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the picture anew, in so many cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw the picture anew and refresh what differs from what is on the screen."""
        width, height = self.content_size
        lines = self.drawn(width, height) if width and height else ()
        before, self._strips = self._strips, tuple(map(self._strip, lines))
        for y, (old, new) in enumerate(zip_longest(before, self._strips, fillvalue=Strip([]))):
            if old != new:
                start, end = changed(_cells(old), _cells(new))
                self.refresh(Region(start, y, end - start, 1))

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


def changed(old: Sequence[Cell], new: Sequence[Cell]) -> tuple[int, int]:
    """The stretch outside which two lines agree, as its start and its end."""
    pairs = list(zip_longest(old, new))
    places = [at for at, (before, after) in enumerate(pairs) if before != after]
    return (places[0], places[-1] + 1) if places else (0, 0)


def _cells(strip: Strip) -> list[Cell]:
    """Every cell of a line of characters that are one cell wide."""
    return [(character, part.style) for part in strip for character in part.text]


def lines_of(console: Console, renderable: RenderableType, width: int) -> list[Text]:
    """The lines that a renderable takes in so many cells."""
    options = console.options.update(width=max(1, width), height=None)
    rendered = console.render_lines(renderable, options, pad=False)
    return [Text.assemble(*((part.text, part.style or "") for part in line)) for line in rendered]


def window(lines: Sequence[Text], about: int, most: int) -> list[Text]:
    """At most so many neighbouring lines, the one that is looked at among them."""
    start = max(0, min(about - most // 2, len(lines) - most))
    return list(lines[start : start + max(0, most)])
