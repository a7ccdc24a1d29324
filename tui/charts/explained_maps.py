"""The region maps of several arms side by side: at a moment, against their baselines, or live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from hiss.data.theory import bayes_circle
from hiss.tui.charts.explained_charts import regions_now
from hiss.tui.charts.map_legend import map_legend
from hiss.tui.charts.regions import (
    Ground,
    RegionPicture,
    difference_picture,
    draw_regions,
    region_picture,
)
from hiss.tui.state.explaining import Scene, short_names
from hiss.tui.style.themes import PictureStyle, hex_color

if TYPE_CHECKING:
    from hiss.views.explanation import Explanation

GAP = 2
"""Cells between two pictures."""
LEAST_WIDTH = 18
"""Cells of a map below which fewer stand side by side."""
Named = tuple[str, int, RegionPicture]
"""A map with its title, and the number of its arm that decides on the title's colour."""


def draw_maps(
    scene: Scene, found: Explanation, style: PictureStyle, ground: Ground, width: int, height: int
) -> list[Text]:
    """Draw the maps of the arms that are seen, or of their differences, above a legend."""
    named = (_differences if scene.page == "difference" else _pictures)(scene, found)
    if not named:
        return []
    regions = next(each for each in regions_now(scene, found).values() if each is not None)
    pictures = [picture for _, _, picture in named]
    legend = map_legend(scene.page, regions, pictures, style, ground, width)
    return [*_beside(named, style, ground, width, height - 1), legend]


def draw_live(
    scene: Scene, style: PictureStyle, ground: Ground, width: int, height: int
) -> list[Text]:
    """Draw the arms that have been trained so far, as they were seen last."""
    named, names = [], short_names(scene)
    for one in scene.live:
        arm = scene.asked.study.arms[one.number]
        picture = region_picture(one.now.regions, bayes_circle(arm.data))
        if picture is not None:
            title = f"{names[arm.name]}, epoch {one.now.epoch:,}"
            named.append((title, scene.place(arm.name), picture))
    if not named or scene.page != "regions" or height < 5:
        return []
    progress = [Text(line) for line in wrap(scene.progress, width)]
    return [*progress, *_beside(named[-4:], style, ground, width, height - len(progress))]


def _beside(
    named: Sequence[Named],
    style: PictureStyle,
    ground: Ground,
    width: int,
    height: int,
) -> list[Text]:
    """Draw named maps side by side, as many as fit, square where there is room."""
    beside = max(1, min(len(named), (width + GAP) // (LEAST_WIDTH + GAP)))
    rows = -(-len(named) // beside)
    deep = max(3, height // rows - 1)
    across = max(4, min((width + GAP) // beside - GAP, 2 * deep))
    deep = min(deep, -(-across // 2))
    lines: list[Text] = []
    for start in range(0, len(named), beside):
        part = named[start : start + beside]
        titles = [
            Text(f"{name[:across]:<{across}}", style=f"bold {hex_color(style.color(place))}")
            for name, place, _ in part
        ]
        drawn = [draw_regions(picture, style, ground, across, deep) for _, _, picture in part]
        lines.append(Text(" " * GAP).join(titles))
        lines += [Text(" " * GAP).join(each) for each in zip(*drawn, strict=True)]
    return lines


def _pictures(scene: Scene, found: Explanation) -> list[Named]:
    regions, names = regions_now(scene, found), short_names(scene)
    made = []
    for name in scene.shown:
        arm = next(one for one in scene.asked.study.arms if one.name == name)
        picture = region_picture(regions.get(name), bayes_circle(arm.data))
        if picture is not None:
            picture = replace(picture, copies=_copies(found, name))
            made.append((names[name], scene.place(name), picture))
    return made


def _copies(found: Explanation, name: str) -> NDArray[np.float64] | None:
    """Return the training rows with the noise of an arm, where that acts on two features."""
    noise = next((arm.noise for arm in found.arms if arm.name == name), None) or ()
    made = (one.copies for one in noise if one.copies is not None)
    return next((each.astype(float) for each in made if each.shape[1:] == (2,)), None)


def _differences(scene: Scene, found: Explanation) -> list[Named]:
    regions, names = regions_now(scene, found), short_names(scene)
    made = []
    for change in found.paired:
        picture = difference_picture(regions.get(change.arm), regions.get(change.baseline))
        if picture is not None and change.arm in scene.shown:
            title = " − ".join(names[each] for each in (change.arm, change.baseline))
            made.append((title, scene.place(change.arm), picture))
    return made
