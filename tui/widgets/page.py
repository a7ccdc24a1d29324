"""Rich renderables as lines of a picture."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.text import Text


def lines_of(console: Console, renderable: RenderableType, width: int) -> list[Text]:
    """The lines that a renderable takes in so many cells."""
    options = console.options.update(width=max(1, width), height=None)
    rendered = console.render_lines(renderable, options, pad=False)
    return [Text.assemble(*((part.text, part.style or "") for part in line)) for line in rendered]


def window(lines: Sequence[Text], about: int, most: int) -> list[Text]:
    """At most so many neighbouring lines, the one that is looked at among them."""
    start = max(0, min(about - most // 2, len(lines) - most))
    return list(lines[start : start + max(0, most)])
