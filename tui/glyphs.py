"""The ladder of glyphs, from braille down to ASCII, for terminals that lack the finer ones."""

from __future__ import annotations

from dataclasses import dataclass

from tui.terminal import Glyphs

_FINE, _PLAIN = "─│┤├┬┴┼└┘┌┐╌·σ×–…₂", "-|+++++++++-.sx-.2"
_SPELLINGS: dict[int, str] = dict(zip(map(ord, _FINE), _PLAIN, strict=True)) | {ord("±"): "+-"}
_FILLED, _HOLLOW = "●■▲◆▼★", "○□△◇▽☆"


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """The characters that pictures are made of."""

    name: Glyphs
    line: str
    """plotext's marker for lines: its name of a fine grid, or one character."""
    filled: str
    """Symbols on the test curves, one for each arm."""
    hollow: str
    """Symbols on the training curves."""
    scatter: str
    """Symbols of classes in a scatter plot."""
    mark: str
    """Stands beside a marked preset."""
    cells: int
    """Points that one character holds side by side."""
    plain: bool = False
    """Whether box drawing has to be put in ASCII."""

    def spelt(self, text: str) -> str:
        """The text in characters that the terminal has."""
        return text.translate(_SPELLINGS) if self.plain else text


GLYPHS: dict[Glyphs, GlyphSet] = {
    "braille": GlyphSet("braille", "braille", _FILLED, _HOLLOW, "●○▲△◆◇■□▼▽", "●", 2),
    "blocks": GlyphSet("blocks", "hd", _FILLED, _HOLLOW, "●○▲△◆◇■□▼▽", "■", 2),
    "dots": GlyphSet("dots", "•", "ABCDEF", "abcdef", "•o+x*#%&=~", "█", 1),
    "ascii": GlyphSet("ascii", ".", "ABCDEF", "abcdef", "ox+*#%&=~.", "*", 1, plain=True),
}
