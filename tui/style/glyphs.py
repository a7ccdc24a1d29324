"""Sets of glyphs, from braille down to ASCII, for terminals that lack the finer ones."""

from __future__ import annotations

from dataclasses import dataclass

from hiss.tui.terminal.options import Glyphs

_FILLED, _HOLLOW = "●■▲◆▼★", "○□△◇▽☆"
_CLASSES = "●○▲△◆◇■□▼▽"


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """The characters that pictures are made of."""

    name: Glyphs
    line: str
    """plotext's marker for lines: its name for a fine grid, or one character."""
    cells: int
    """Points of a line that one cell holds side by side."""
    levels: int
    """Points of a line that one cell holds one above the other."""
    filled: str = _FILLED
    """Symbols on the test curves, one for each arm."""
    hollow: str = _HOLLOW
    """Symbols on the training curves."""
    classes: str = _CLASSES
    """Symbols of classes in a scatter plot."""
    mark: str = "●"
    """Stands beside a marked preset."""
    best: str = "★"
    plateau: str = "●"
    other: str = "○"
    """Symbols of the points of a sweep."""


GLYPHS: dict[Glyphs, GlyphSet] = {
    "braille": GlyphSet("braille", "braille", 2, 4),
    "blocks": GlyphSet("blocks", "hd", 2, 2),
    "dots": GlyphSet("dots", "•", 1, 1, "ABCDEF", "abcdef", "•o+x*#%&=~", "█", "*", "O", "o"),
    "ascii": GlyphSet("ascii", ".", 1, 1, "ABCDEF", "abcdef", "ox+*#%&=~.", "*", "*", "O", "o"),
}
