"""The last step before the terminal: harmless characters, those that it has, and its colours."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from hiss.tui.style.ascii import to_ascii
from hiss.tui.style.glyphs import GlyphSet
from hiss.tui.style.themes import dimmed
from hiss.tui.terminal.printable import printable

MARKED = 100
"""Difference between two grounds, summed over red, green and blue, that marks one of them."""


class PrintableFilter(LineFilter):
    """Replaces what a terminal would obey: the last gate for foreign text; widths stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the characters of every segment that is not a control code of Textual's."""
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(harmless(segment.text), segment.style)
            for segment in segments
        ]


class AsciiFilter(LineFilter):
    """Replaces the characters that a glyph set lacks; each keeps its width."""

    def __init__(self, glyphs: GlyphSet) -> None:
        """Filter for these glyphs; the finer ones need no filter."""
        super().__init__(enabled=glyphs.name in ("dots", "ascii"))
        self._plain = glyphs.name == "ascii"

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the characters of every segment."""
        return [
            Segment(to_ascii(text, self._plain), style, control)
            for text, style, control in segments
        ]


class DimFilter(LineFilter):
    """Draws dim text in a colour that stays legible; each terminal dims differently."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Replace the attribute of every dim segment by a colour."""
        return [
            Segment(text, _undimmed(style, background.rich_color), control)
            if style is not None and style.dim
            else Segment(text, style, control)
            for text, style, control in segments
        ]


class NoColorFilter(LineFilter):
    """Removes all colours; what stands on a ground that is marked by its colour is reversed."""

    def __init__(self, theme: Callable[[], Theme]) -> None:
        """Take a function that returns the present theme, whose ground marks nothing."""
        super().__init__()
        self._theme = theme

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Remove the colours of every segment."""
        ground = Color.parse(self._theme().background or "black").rgb
        return [
            Segment(text, None if style is None else _uncolored(style, ground), control)
            for text, style, control in segments
        ]


def line_filters(glyphs: GlyphSet, theme: Callable[[], Theme]) -> tuple[LineFilter, ...]:
    """Return the filters of the console, in their order; without colours if `NO_COLOR` is set."""
    colors = NoColorFilter(theme) if os.environ.get("NO_COLOR") else DimFilter()
    filters = (PrintableFilter(), AsciiFilter(glyphs), colors)
    return tuple(one for one in filters if one.enabled)


@lru_cache(4096)
def harmless(text: str) -> str:
    """Return a text with as many cells whose control characters are replaced or, at no width, gone.

    Line breaks and tabs, which no cell holds, become blanks.
    """
    return "".join(one if one.isprintable() else _replaced(one) for one in text)


def _replaced(one: str) -> str:
    if one in "\n\t":
        return " " * cell_len(one)
    shown = printable(one)
    return shown if shown == one else shown * cell_len(one)


@lru_cache(4096)
def _undimmed(style: Style, background: RichColor) -> Style:
    ground = style.bgcolor if style.bgcolor and style.bgcolor.triplet else background
    if style.color is None or style.color.triplet is None or ground.triplet is None:
        return style
    faint = dimmed(Color(*style.color.triplet), Color(*ground.triplet))
    return style + Style(color=faint.rich_color, dim=False)


@lru_cache(4096)
def _uncolored(style: Style, ground: tuple[int, int, int]) -> Style:
    own = style.bgcolor.triplet if style.bgcolor else None
    marked = own and sum(abs(one - other) for one, other in zip(own, ground, strict=True))
    return style.without_color + Style(reverse=(marked or 0) > MARKED)
