"""What the colours, or the shades, of a region map mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from hiss.tui.charts.regions import NOISY, SHADES, STRENGTH, Ground, RegionPicture, blend
from hiss.tui.style.themes import PictureStyle, hex_color
from hiss.views.regions import Regions, Surface

BLOCK = "██"
ENDS = {
    ("regions", True): ("class 0", "class 1"),
    ("regions", False): ("lowest", "highest"),
    ("difference", True): ("class 1 less often", "class 1 more often"),
    ("difference", False): ("lower", "higher"),
}
"""(Page, whether it is about classes) → what the ends of the scale mean."""


def map_legend(
    page: str,
    regions: Regions | Surface,
    pictures: Sequence[RegionPicture],
    style: PictureStyle,
    ground: Ground,
    width: int,
) -> Text:
    """Return a line that says what is drawn on a map, as far as there is room.

    Args:
        page: `regions` or `difference`.
        regions: of an arm.
        pictures: the maps, at least one.
        style: of the symbols.
        ground: of the colours.
        width: of the line.
    """
    picture, line = pictures[0], Text(no_wrap=True)
    for color, shade, name in _entries(page, regions):
        if ground.colors:
            line.append(BLOCK, hex_color(blend(style.color(color), ground.paper, STRENGTH)))
        line.append(f" {name}  " if ground.colors else f"{shade} {name}  ")
    if picture.rows:
        copies = any(each.copies is not None for each in pictures)
        rows = f"rows  {NOISY} noisy" if copies else "training rows"
        line.append(f"{''.join(style.glyphs.classes[:2])} {rows}  ", "dim")
    if picture.contour is not None:
        line.append(f"{'line:' if ground.colors else '·'} boundary  ", "dim")
    if picture.circle is not None:
        line.append("grey: best possible" if ground.colors else "", "dim")
    line.truncate(width, overflow="ellipsis")
    return line


def _entries(page: str, regions: Regions | Surface) -> list[tuple[int, str, str]]:
    """Return the number of a colour, the character without colours, and what they stand for."""
    if isinstance(regions, Regions) and not regions.binary:
        if page == "difference":
            return [(1, SHADES[-1], "another class")]
        return [(each, str(each), f"class {each}") for each in np.unique(regions.calls).tolist()]
    low, high = ENDS[page, isinstance(regions, Regions)]
    return [(0, "blank", low), (1, SHADES[-1], high)]
