"""Every replicate's score as a dot, arm by arm, over one axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.charts.intervals import Axis, ruler

if TYPE_CHECKING:
    from hiss.tui.state.model import Runs
    from hiss.tui.style.themes import PictureStyle

BRAILLE = 0x2800
LEFT, RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)
"""A character's dots in its left and its right half, from the bottom."""
HEIGHT = 4
"""Dots that a line of braille holds one above the other."""
TALLEST = 3
"""Lines that an arm takes at most."""


@dataclass(frozen=True, slots=True)
class DotRow:
    """The scores of one arm's replicates."""

    name: str
    scores: tuple[float, ...]
    failed: int
    color: str


def dot_rows(runs: Runs, look: PictureStyle, metric: str | None = None) -> list[DotRow]:
    """The strips of some arms on a metric, or on the usual one."""
    from hiss.results.scores import measured_metric, scores

    metric = measured_metric((one for run in runs for one in run.replicates), metric)
    return [
        DotRow(
            run.name.rpartition("/")[2],
            tuple(scores(run.replicates, metric).values()),
            len(run.failed),
            "#{:02x}{:02x}{:02x}".format(*look.arms[arm % len(look.arms)]),
        )
        for arm, run in enumerate(runs)
    ]


def dot_plot(rows: Sequence[DotRow], look: PictureStyle, width: int, height: int) -> list[Text]:
    """Stack equal scores of each arm on one another, over an axis that all arms share."""
    values = [score for row in rows for score in row.scores]
    names = max((len(row.name) for row in rows), default=0)
    tails = [_tail(row) for row in rows]
    cells = width - names - max(map(len, tails), default=0) - 4
    if not values or cells < 8:
        return [Text("No scores yet: every repeat will be a dot here.", style="dim")]
    axis = Axis.over(values, cells)
    braille = look.glyphs.name == "braille"
    counts = [_counts(axis, row.scores, 2 if braille else 1) for row in rows]
    tallest = max(max(one.values(), default=0) for one in counts)
    room = max(1, min(TALLEST, (height - 2) // len(rows)))
    noted = height > room * len(rows) + 1
    lines = min(room, -(-tallest // HEIGHT)) if braille else 1
    worth = -(-tallest // (HEIGHT * lines)) if braille else 1
    made = [
        line
        for row, count, tail in zip(rows, counts, tails, strict=True)
        for line in _drawn(row, count, tail, names, cells, lines, worth, braille)
    ]
    ends = {axis.low: f"{axis.low:.3g}", axis.high: f"{axis.high:.3g}"}
    middle = (axis.low + axis.high) / 2
    labelled = ruler(axis, {**ends, middle: f"{middle:.3g}"})
    note = "a figure counts repeats" if not braille else _note(worth)
    below = [Text(f"{'':{names}}  {labelled}", style="dim")]
    return [*made, *below, *([Text(note, style="dim")] if noted else [])]


def _note(worth: int) -> str:
    return "a dot is a repeat" if worth == 1 else f"a dot is up to {worth} repeats"


def _tail(row: DotRow) -> str:
    mean = f"{sum(row.scores) / len(row.scores):.3f}" if row.scores else ""
    return f"{mean} {row.failed} failed" if row.failed else mean


def _counts(axis: Axis, scores: Sequence[float], fine: int) -> Counter[int]:
    grid = Axis(axis.low, axis.high, axis.cells * fine)
    return Counter(grid.cell(score) for score in scores)


def _drawn(
    row: DotRow,
    counts: Counter[int],
    tail: str,
    names: int,
    cells: int,
    lines: int,
    worth: int,
    braille: bool,
) -> list[Text]:
    drawn = []
    for line in reversed(range(lines)):
        said = line == 0
        body = "".join(_cell(counts, at, line, worth, braille) for at in range(cells))
        drawn.append(
            Text.assemble(
                (f"{row.name if said else '':{names}}  ", row.color),
                (body, row.color),
                f"  {tail if said else ''}",
                no_wrap=True,
            )
        )
    return drawn


def _cell(counts: Counter[int], at: int, line: int, worth: int, braille: bool) -> str:
    """One character of an arm's dots, or the number of its scores where there is no braille."""
    if not braille:
        count = counts[at]
        return " " if not count else str(count) if count < 10 else "+"
    dots = 0
    for column, bits in ((2 * at, LEFT), (2 * at + 1, RIGHT)):
        high = -(-counts[column] // worth) - line * HEIGHT
        dots |= sum(bits[: max(0, min(HEIGHT, high))])
    return chr(BRAILLE + dots) if dots else " "
