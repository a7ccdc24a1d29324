"""The pages of the explain screen as pictures: region maps, and lines over strengths or epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from hiss.data.theory import bayes_circle
from hiss.reports.explanation_report import sentences
from hiss.tui.charts.regions import Ground, RegionPicture, draw_regions, region_picture
from hiss.tui.charts.series import Series, draw_pairs, draw_series
from hiss.tui.state.explaining import PAGES, SCRUBBED, Scene
from hiss.tui.style.themes import PictureStyle, hex_color

if TYPE_CHECKING:
    from hiss.views.explanation import ExplainedArm, Explanation

GAP = 2
"""Cells between two maps."""
LEAST_WIDTH = 18
"""Cells of a map below which fewer stand side by side."""
TITLES = {
    "regions": "Decision regions: share of repeats that call each class",
    "difference": "Regions: where the arm calls class 1 more often than its baseline, or less",
    "paired": "Change of the Jacobian norm against change of the score, a dot a repeat",
    "robustness": "Test score by noise added to the test rows, in SDs of each feature",
    "calibration": "Share called rightly by confidence; the diagonal is perfect",
    "margins": "Margin of the test rows in logits, by quantile",
    "noise": "Variance of the signal over that of the noise, by epoch",
    "memorisation": "Train and test score with the noise off, by epoch",
    "weights": "Norm of each layer's weights by epoch: context, not a reason",
}


def page_lines(
    scene: Scene, style: PictureStyle, ground: Ground, width: int, height: int
) -> list[Text]:
    """Draw the page of a scene as at most `height` lines of `width` cells."""
    found = scene.explanation
    title = wrap(_title(scene), max(1, width))
    head = [_tabs(scene, width), *(Text(line, style="dim") for line in title)]
    if found is None or width < LEAST_WIDTH or height < 6:
        live = _live(scene, style, ground, width, height - len(head))
        return [*head, *(live or [Text(""), Text(scene.progress or "…")])][:height]
    said = _said(scene, found, width, max(2, height // 4))
    room = height - len(head) - len(said) - 1
    drawn = _draw(scene, found, style, ground, width, max(3, room))
    return [*head, *drawn, *([Text(line) for line in said])][:height]


def _title(scene: Scene) -> str:
    title = TITLES[scene.page]
    if scene.page not in SCRUBBED:
        return f"{title}. {scene.progress}"
    frame = scene.frame
    epochs = sorted({each.epoch for each in frame.arms}) if frame else []
    at = f"epoch {epochs[-1]:,}" if epochs else "end of training"
    count = len(scene.frames) + bool(scene.explanation)
    return f"{title}; {at}, {count} moments. {scene.progress}"


def _tabs(scene: Scene, width: int) -> Text:
    """Return the names of the pages with their keys, or the present one where room is short."""
    tabs = [(f"{number} {name}", name == scene.page) for number, name in enumerate(PAGES, 1)]
    if sum(len(text) + 2 for text, _ in tabs) > width:
        tabs = [(f"{text}  ({len(PAGES)} pages)", True) for text, present in tabs if present]
    return Text("  ").join(Text(text, style="reverse" if here else "") for text, here in tabs)


def _said(scene: Scene, found: Explanation, width: int, most: int) -> list[str]:
    view = {"difference": "regions", "paired": "jacobian"}.get(scene.page, scene.page)
    texts = [one.text for one in sentences(found) if one.view == view]
    reasons = {
        f"{arm.name.rpartition('/')[2]}: {arm.reasons[view]}."
        for arm in found.arms
        if view in arm.reasons
    }
    lines = [
        line
        for text in (*texts, *sorted(reasons))
        for line in wrap(text, width, subsequent_indent="  ")
    ]
    return [*lines[: most - 1], "…"] if len(lines) > most else lines


def _draw(
    scene: Scene,
    found: Explanation,
    style: PictureStyle,
    ground: Ground,
    width: int,
    height: int,
) -> list[Text]:
    match scene.page:
        case "regions" | "difference":
            return _maps(scene, found, style, ground, width, height)
        case "paired":
            return draw_pairs(_pairs(scene, found), style, width, height)
        case _:
            series = [
                one for arm, place in _placed(scene, found) for one in _series(scene, arm, place)
            ]
            return draw_series(series, style, width, height) if series else []


def _placed(scene: Scene, found: Explanation) -> list[tuple[ExplainedArm, int]]:
    return list(zip(found.arms, scene.places, strict=True))


def _maps(
    scene: Scene,
    found: Explanation,
    style: PictureStyle,
    ground: Ground,
    width: int,
    height: int,
) -> list[Text]:
    named = _differences(scene, found) if scene.page == "difference" else _pictures(scene, found)
    if not named:
        return [Text("There is no map here: no arm has a baseline, or none has regions.")]
    return _beside(named, style, ground, width, height)


def _beside(
    named: Sequence[tuple[str, int, RegionPicture]],
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


def _live(scene: Scene, style: PictureStyle, ground: Ground, width: int, height: int) -> list[Text]:
    """Draw the arms that have been trained so far, as they were seen last."""
    named = []
    for one in scene.live:
        arm = scene.study.arms[one.number]
        picture = region_picture(one.now.regions, bayes_circle(arm.data))
        if picture is not None:
            title = f"{arm.name.rpartition('/')[2]}, epoch {one.now.epoch:,}"
            named.append((title, scene.places[one.number], picture))
    if not named or scene.page != "regions" or height < 5:
        return []
    return _beside(named, style, ground, width, height)


def _pictures(scene: Scene, found: Explanation) -> list[tuple[str, int, RegionPicture]]:
    made = []
    for number, (arm, place) in enumerate(_placed(scene, found)):
        regions = scene.frame.arms[number].regions if scene.frame else arm.regions
        circle = bayes_circle(scene.study.arms[number].data)
        picture = region_picture(regions, circle)
        if picture is not None:
            made.append((arm.name.rpartition("/")[2], place, picture))
    return made


def _differences(scene: Scene, found: Explanation) -> list[tuple[str, int, RegionPicture]]:
    pictures = {
        arm.name: picture
        for (arm, _), (_, _, picture) in zip(
            _placed(scene, found), _pictures(scene, found), strict=False
        )
    }
    places = dict(zip((arm.name for arm in found.arms), scene.places, strict=True))
    made = []
    for change in found.paired:
        one, other = pictures.get(change.arm), pictures.get(change.baseline)
        if one is None or other is None:
            continue
        values = 0.5 + (one.values - other.values) / 2
        names = [each.rpartition("/")[2] for each in (change.arm, change.baseline)]
        picture = replace(one, values=values, calls=None, contour=None)
        made.append((" − ".join(names), places[change.arm], picture))
    return made


def _pairs(scene: Scene, found: Explanation) -> list[Series]:
    places = dict(zip((arm.name for arm in found.arms), scene.places, strict=True))
    return [
        Series(
            change.arm.rpartition("/")[2],
            places[change.arm],
            np.array(change.relative) * 100,
            np.array(change.score),
        )
        for change in found.paired
    ]


def _series(scene: Scene, arm: ExplainedArm, place: int) -> list[Series]:
    """Return the lines of an arm on the present page."""
    name = arm.name.rpartition("/")[2]
    match scene.page:
        case "robustness" if arm.robustness:
            table = arm.robustness.scores
            return [_over(name, place, arm.robustness.stddev, table)]
        case "calibration" if arm.calibration:
            x, y = np.array(arm.calibration.confidence), np.array(arm.calibration.accuracy)
            kept = np.isfinite(x)
            return [Series(name, place, x[kept], y[kept])]
        case "margins" if arm.margins:
            from hiss.views.margins import QUANTILES

            return [_over(name, place, QUANTILES, arm.margins.test)]
        case "noise" if arm.noise:
            return [
                _over(f"{name} {one.site}", place, one.epochs, one.ratios)
                for one in arm.noise
                if np.isfinite(one.ratios).all()
            ]
        case "memorisation" if arm.memorisation:
            found = arm.memorisation
            test = _over(name, place, found.epochs, found.test)
            train = _over(f"{name} train", place, found.epochs, found.train)
            return [replace(train, faint=True, sd=None), test]
        case "weights" if arm.weights:
            pairs = zip(arm.weights.layers, arm.weights.values, strict=True)
            lines = [
                _over(f"{name} {layer}", place, arm.weights.epochs, values)
                for layer, values in pairs
            ]
            return [replace(line, sd=None, faint=k % 2 > 0) for k, line in enumerate(lines)]
        case _:
            return []


def _over(name: str, place: int, x: Sequence[Any], table: NDArray[np.float64]) -> Series:
    """Return the mean and SD over the replicates, the rows of a table."""
    sd = table.std(axis=0, ddof=1) if len(table) > 1 else None
    return Series(name, place, np.array(x, float), np.asarray(table.mean(axis=0)), sd)
