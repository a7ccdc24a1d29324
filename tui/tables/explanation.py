"""An explanation for a plain terminal: region maps side by side, and its numbers as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.text import Text

from hiss.data.theory import bayes_circle
from hiss.reports.columns import NOTHING, Column
from hiss.reports.explanation_report import Measure, measures
from hiss.reports.explanation_words import capitalized
from hiss.results.outcomes import Result
from hiss.results.scores import metric_name
from hiss.tui.charts.regions import draw_regions, ground_of, region_picture
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.tui.tables.results import drawn_table, fitting, without_groups
from hiss.views.along import Along
from hiss.views.explanation import ExplainedArm, Explanation, usual

GAP = 2
"""Cells between two maps."""
MOST_WIDTH, LEAST_WIDTH = 56, 24
"""Cells that a map takes."""
MOMENTS = 6
"""Epochs in a table."""


def explanation_pictures(
    explanation: Explanation, result: Result, console: Console
) -> Iterator[RenderableType]:
    """Yield the pictures and tables of an explanation, for a terminal or a file."""
    arms, shown = explanation.arms, usual(explanation)
    mapped = [arm for arm in arms if arm.name in shown and arm.regions is not None]
    if mapped:
        yield Group(*_maps(mapped, explanation, result, console))
    numbers = _numbers(explanation)
    if any(len(column.cells) for column in numbers):
        yield drawn_table(fitting(numbers, console.width))
    if any(arm.robustness for arm in arms):
        yield drawn_table(fitting(_robustness(explanation), console.width))
    for view in ("jacobian", "robustness", "calibration"):
        if any(view in arm.along for arm in arms):
            yield drawn_table(fitting(_along(explanation, view), console.width))


def _maps(
    arms: Sequence[ExplainedArm], explanation: Explanation, result: Result, console: Console
) -> Iterator[Text]:
    """Yield lines that hold the maps side by side, as many as fit, under their names."""
    width = max(LEAST_WIDTH, min(MOST_WIDTH, console.width // max(1, len(arms)) - GAP))
    beside = max(1, (console.width + GAP) // (width + GAP))
    data = {arm.experiment.name: arm.experiment.data for arm in result.arms}
    style = picture_style(DARK, GLYPHS["braille"])
    ground = ground_of(DARK, GLYPHS["braille"], console.color_system)
    names = dict(zip((arm.name for arm in explanation.arms), _names(explanation), strict=True))
    drawn = []
    for arm in arms:
        picture = region_picture(arm.regions, bayes_circle(data[arm.name]))
        if picture is not None:
            lines = draw_regions(picture, style, ground, width, width // 2)
            drawn.append((names[arm.name], lines))
    for start in range(0, len(drawn), beside):
        row = drawn[start : start + beside]
        yield Text(
            (" " * GAP).join(f"{name[:width]:<{width}}" for name, _ in row).rstrip(), style="bold"
        )
        for parts in zip(*(lines for _, lines in row), strict=True):
            yield Text(" " * GAP).join(parts)


def _numbers(explanation: Explanation) -> tuple[Column, ...]:
    """Return a table of the views that are one number a replicate: a row for each.

    Of a sweep, a row for each strength.
    """
    table = list(zip(*map(measures, explanation.arms), strict=True))
    rows = [row for row in table if any(one.summary for one in row)]
    names = _names(explanation)
    if explanation.sites:
        ranked = enumerate(rows, 1)
        columns = (Column(row[0].name, tuple(map(_cell, row)), rank) for rank, row in ranked)
        return Column("Mean ± SD at", names, 0, text=True), *columns
    first = Column("Mean ± SD over repeats", tuple(row[0].name for row in rows), 0, text=True)
    by_arm = enumerate(names)
    return first, *(Column(name, tuple(_cell(row[at]) for row in rows), 1) for at, name in by_arm)


def _robustness(explanation: Explanation) -> tuple[Column, ...]:
    """Return the mean test score by strength of the noise on the test rows."""
    arms = explanation.arms
    first = next(arm.robustness for arm in arms if arm.robustness)
    title = f"{capitalized(metric_name(first.metric))} at test noise, SD"
    columns = [Column(title, _names(explanation), 0, text=True)]
    for place, strength in enumerate(first.stddev):
        cells = tuple(
            f"{arm.robustness.mean[place]:.3f}" if arm.robustness else NOTHING for arm in arms
        )
        columns.append(Column(f"{strength:g}", cells, 1 + place))
    return tuple(columns)


def _along(explanation: Explanation, view: str) -> tuple[Column, ...]:
    """Return the mean of a view's number by epoch, at a few of them.

    An arm that stopped early stays as it was then.
    """
    along = [arm.along.get(view) for arm in explanation.arms]
    longest = max((one for one in along if one), key=lambda one: one.epochs[-1])
    even = np.linspace(0, len(longest.epochs) - 1, min(MOMENTS, len(longest.epochs)))
    columns = [Column(f"{capitalized(longest.name)}, epoch", _names(explanation), 0, text=True)]
    for rank, at in enumerate(even.round().astype(int)):
        epoch = longest.epochs[at]
        cells = tuple(_at(one, epoch) if one else NOTHING for one in along)
        columns.append(Column(f"{epoch:,}", cells, 1 + rank % 2))
    return tuple(columns)


def _at(along: Along, epoch: int) -> str:
    """Write the mean at the last moment up to an epoch."""
    place = max(at for at, each in enumerate(along.epochs) if each <= epoch)
    return f"{float(along.values[:, place].mean()):.3g}"


def _names(explanation: Explanation) -> tuple[str, ...]:
    arms = explanation.arms
    if explanation.sites:
        return tuple(map(explanation.strength_of, arms))
    return without_groups(Column("", tuple(arm.name for arm in arms), 0)).cells


def _cell(measure: Measure) -> str:
    summary, decimals = measure.summary, measure.decimals
    if summary is None or summary.mean is None:
        return NOTHING
    spread = "" if summary.sd is None else f" ± {summary.sd:.{decimals}f}"
    return f"{summary.mean:.{decimals}f}{spread}"
