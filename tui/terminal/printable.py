"""Foreign text made harmless: no control character from a file or an argument is obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that a terminal would obey instead of drawing it."""
_OBEYED = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
_FOREIGN = re.compile(_OBEYED)
_RENDERED = re.compile(f"(\x1b\\[[0-9;]*m)|{_OBEYED}")


def printable(text: str) -> str:
    """Replace all that a terminal would obey: control characters, bidi overrides, lone surrogates.

    Line breaks and tabs stay.
    """
    return text if text.isprintable() else _FOREIGN.sub(REPLACEMENT, text)


def printable_rendered(text: str) -> str:
    """Do the same to text that has been rendered: its colour sequences stay."""
    return _RENDERED.sub(lambda found: found[1] or REPLACEMENT, text)


@dataclass(frozen=True, slots=True)
class PrintableText:
    """A rich renderable whose texts, but not its colours, go through `printable`."""

    renderable: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the segments of the renderable."""
        from rich.segment import Segment

        for text, style, control in console.render(self.renderable, options):
            yield Segment(text if control else printable(text), style, control)


class PrintableStream(TextIOWrapper):
    """A terminal's stdout or stderr through which rendered text alone passes unchanged."""

    def write(self, text: str, /) -> int:
        """Write text without what the terminal would obey, except colours."""
        super().write(printable_rendered(text))
        return len(text)


def printable_stream(stream: TextIOWrapper, encoding: str, errors: str) -> PrintableStream:
    """Return a stream that writes to the same descriptor in an encoding, and leaves it open."""
    buffer = open(stream.fileno(), "wb", closefd=False)  # noqa: SIM115
    return PrintableStream(buffer, encoding=encoding, errors=errors, line_buffering=True)
