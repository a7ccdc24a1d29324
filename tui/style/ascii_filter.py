"""The screen in characters that a plain terminal has."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from hiss.tui.style.glyphs import GlyphSet

_SQUARE = str.maketrans(
    "╭╮╰╯╌▁▂▃▄▅▆▇▀▌▐▎▊▔▕…–▸₀₁₂₃₄₅₆₇₈₉",
    "┌┐└┘─████████████─│.->0123456789",
)
_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼━█▓▒░·•σ×±²−↑↓→←\xa0", "-|+++++++++=#%:..*sx~2-^v>< ")


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


@lru_cache(4096)
def to_ascii(text: str, plain: bool) -> str:
    """Return a text with square corners and full blocks; in ASCII alone if `plain`."""
    text = text.translate(_SQUARE)
    if not plain or text.isascii():
        return text
    return "".join(map(_ascii, text.translate(_ASCII)))


def _ascii(one: str) -> str:
    return one if one.isascii() else "?" * cell_len(one)
