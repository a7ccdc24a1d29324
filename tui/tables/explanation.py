"""An explanation for a plain terminal: region maps side by side, and its numbers as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text

from hiss.data.theory import bayes_circle
from hiss.reports.columns import NOTHING, Column
from hiss.reports.explanation_report import Measure, measures
from hiss.results.outcomes import Result
from hiss.results.scores import metric_name
from hiss.tui.charts.regions import draw_regions, ground_of, region_picture
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.tui.tables.results import drawn_table, fitting, without_groups
from hiss.views.explanation import ExplainedArm, Explanation

GAP = 2
"""Cells between two maps."""
MOST_WIDTH, LEAST_WIDTH = 56, 24
"""Cells that a map takes."""
MOST_ARMS = 4


def explanation_pictures(
    explanation: Explanation, result: Result, console: Console
) -> Iterator[RenderableType]:
    """Yield the pictures and tables of an explanation, for a terminal or a file."""
    arms = explanation.arms
    if any(arm.regions is not None for arm in arms):
        yield Group(*_maps(arms[:MOST_ARMS], result, console))
    numbers = tuple(_numbers(arms))
    if len(numbers[0].cells):
        yield drawn_table(fitting(numbers, console.width))
    if any(arm.robustness for arm in arms):
        yield drawn_table(fitting(_robustness(arms), console.width))


def _maps(arms: Sequence[ExplainedArm], result: Result, console: Console) -> Iterator[Text]:
    """Yield lines that hold the maps side by side, as many as fit, under their names."""
    width = max(LEAST_WIDTH, min(MOST_WIDTH, console.width // max(1, len(arms)) - GAP))
    beside = max(1, (console.width + GAP) // (width + GAP))
    data = {arm.experiment.name: arm.experiment.data for arm in result.arms}
    style = picture_style(DARK, GLYPHS["braille"])
    ground = ground_of(DARK, GLYPHS["braille"], console.color_system)
    names = _names(arms)
    drawn = []
    for arm, name in zip(arms, names, strict=True):
        picture = region_picture(arm.regions, bayes_circle(data[arm.name]))
        if picture is not None:
            lines = draw_regions(picture, style, ground, width, width // 2)
            drawn.append((name, lines))
    for start in range(0, len(drawn), beside):
        row = drawn[start : start + beside]
        yield Text(
            (" " * GAP).join(f"{name[:width]:<{width}}" for name, _ in row).rstrip(), style="bold"
        )
        for parts in zip(*(lines for _, lines in row), strict=True):
            yield Text(" " * GAP).join(parts)


def _numbers(arms: Sequence[ExplainedArm]) -> Iterator[Column]:
    """Yield the columns of a table with a row for each view that is one number a replicate."""
    table = zip(*map(measures, arms), strict=True)
    rows = [row for row in table if any(one.summary for one in row)]
    yield Column("Mean ± SD over repeats", tuple(row[0].name for row in rows), 0, text=True)
    for place, name in enumerate(_names(arms)):
        yield Column(name, tuple(_cell(row[place]) for row in rows), 1)


def _robustness(arms: Sequence[ExplainedArm]) -> tuple[Column, ...]:
    """Return the mean test score by strength of the noise on the test rows."""
    first = next(arm.robustness for arm in arms if arm.robustness)
    names = _names(arms)
    title = f"{metric_name(first.metric).capitalize()} at test noise, SD"
    columns = [Column(title, names, 0, text=True)]
    for place, strength in enumerate(first.stddev):
        cells = tuple(
            f"{arm.robustness.mean[place]:.3f}" if arm.robustness else NOTHING for arm in arms
        )
        columns.append(Column(f"{strength:g}", cells, 1 + place))
    return tuple(columns)


def _names(arms: Sequence[ExplainedArm]) -> tuple[str, ...]:
    return without_groups(Column("", tuple(arm.name for arm in arms), 0)).cells


def _cell(measure: Measure) -> str:
    summary, decimals = measure.summary, measure.decimals
    if summary is None or summary.mean is None:
        return NOTHING
    spread = "" if summary.sd is None else f" ± {summary.sd:.{decimals}f}"
    return f"{summary.mean:.{decimals}f}{spread}"
