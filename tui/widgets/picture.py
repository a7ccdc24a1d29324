"""Pictures that send to the terminal only the parts of their lines that have changed."""

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

ELLIPSIS = "…"
"""Stands where something is cut off."""
Cell = tuple[str, Style | None]


class Picture(Widget, can_focus=False):
    """Lines of text that are drawn as a whole and refreshed in part.

    Textual sends refreshed regions whole, whatever was there before; over SSH it is what a picture
    sends that counts.
    """

    _strips: tuple[Strip, ...] = ()

    def draw_lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the lines of the picture, in cells; every subclass draws its own."""
        raise NotImplementedError  # Textual's metaclass is no ABCMeta

    def redraw(self) -> None:
        """Draw the picture and refresh what differs from what is on the screen."""
        width, height = self.content_size
        lines = self.draw_lines(width, height) if width and height else ()
        lines = marked_cuts(lines, width, height)
        before, self._strips = self._strips, tuple(map(self._strip, lines))
        for y, (old, new) in enumerate(zip_longest(before, self._strips, fillvalue=Strip([]))):
            if old != new:
                start, end = changed_cells(_cells(old), _cells(new))
                self.refresh(Region(start, y, end - start, 1))

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture, as wide as the widget."""
        width, style = self.content_size.width, self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[y].adjust_cell_length(width).apply_style(style)

    def on_resize(self, _: events.Resize) -> None:
        """Draw the picture for the new size."""
        self.redraw()

    def _strip(self, line: Text) -> Strip:
        return Strip(line.render(self.app.console), line.cell_len)


def marked_cuts(lines: Sequence[Text], width: int, height: int) -> Sequence[Text]:
    """Return the lines that fit, each with an ellipsis where something is cut off."""
    shown = [_cut(line, width) if line.cell_len > width else line for line in lines[:height]]
    if len(lines) > height > 0:
        rest = shown[-1].copy()
        rest.rstrip()
        rest.truncate(max(0, width - 2), overflow="ellipsis")
        shown[-1] = rest if rest.plain.endswith(ELLIPSIS) else rest.append(f" {ELLIPSIS}")
    return shown


def _cut(line: Text, width: int) -> Text:
    line = line.copy()
    line.truncate(width, overflow="ellipsis")
    return line


def changed_cells(old: Sequence[Cell], new: Sequence[Cell]) -> tuple[int, int]:
    """Return the start and the end of the stretch in which two lines differ."""
    pairs = list(zip_longest(old, new))
    places = [at for at, (before, after) in enumerate(pairs) if before != after]
    return (places[0], places[-1] + 1) if places else (0, 0)


def lines_of(console: Console, renderable: RenderableType, width: int) -> list[Text]:
    """Return the lines of a renderable that is drawn `width` cells wide."""
    options = console.options.update(width=max(1, width), height=None)
    rendered = console.render_lines(renderable, options, pad=False)
    return [Text.assemble(*((part.text, part.style or "") for part in line)) for line in rendered]


def window(lines: Sequence[Text], about: int, most: int) -> list[Text]:
    """Return at most `most` neighbouring lines, the one at place `about` among them.

    The first and the last of them end in an ellipsis where there are more beyond.
    """
    start = max(0, min(about - most // 2, len(lines) - most))
    shown = list(lines[start : start + max(0, most)])
    if shown and start > 0:
        shown[0] = Text.assemble(shown[0], f" {ELLIPSIS}")
    if shown and start + len(shown) < len(lines):
        shown[-1] = Text.assemble(shown[-1], f" {ELLIPSIS}")
    return shown


def _cells(strip: Strip) -> list[Cell]:
    """Return every cell of a line of characters that are one cell wide."""
    return [(character, part.style) for part in strip for character in part.text]
