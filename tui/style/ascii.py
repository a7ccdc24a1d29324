"""The characters of hiss in those that a plain terminal has."""

from __future__ import annotations

import codecs
from functools import lru_cache

ERRORS = "hiss.ascii"
"""Name of the error handler that writes what an encoding lacks in ASCII."""
_SQUARE = str.maketrans(
    "╭╮╰╯╌▁▂▃▄▅▆▇▀▌▐▎▊▔▕…–▸₀₁₂₃₄₅₆₇₈₉",
    "┌┐└┘─████████████─│.->0123456789",
)
_ASCII = str.maketrans(
    "─│┌┐└┘├┤┬┴┼━╸╺█▓▒░·•●○■□▲△◆◇★☆σ×±²−–—↑↓→←▶◀≥≤≈≠µᵏ\xa0",
    "-|+++++++++=--#%:..*o.#.^.*.*.sx~2---^v><><><~!uk ",
)


@lru_cache(4096)
def to_ascii(text: str, plain: bool) -> str:
    """Return a text with square corners and full blocks; in ASCII alone if `plain`.

    Every character keeps its width.
    """
    text = text.translate(_SQUARE)
    if not plain or text.isascii():
        return text
    return "".join(map(_ascii, text.translate(_ASCII)))


def register() -> None:
    """Register the error handler `ERRORS` for text that an encoding cannot write whole."""
    codecs.register_error(ERRORS, _encode_in_ascii)


def _encode_in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return to_ascii(error.object[error.start : error.end], plain=True), error.end


def _ascii(one: str) -> str:
    from rich.cells import cell_len

    return one if one.isascii() else "?" * cell_len(one)
