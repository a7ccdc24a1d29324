"""Every replicate's score as a dot, arm by arm, over one axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.charts.intervals import Axis, ruler
from hiss.tui.style.themes import hex_color

if TYPE_CHECKING:
    from hiss.tui.state.model import Runs
    from hiss.tui.style.themes import PictureStyle

BRAILLE = 0x2800
LEFT, RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)
"""A character's dots in its left and its right half, from the bottom."""
HEIGHT = 4
"""Dots that a line of braille holds one above the other."""
MOST_LINES = 3
"""Lines that an arm takes at most."""


@dataclass(frozen=True, slots=True)
class DotRow:
    """The scores of one arm's replicates."""

    name: str
    scores: tuple[float, ...]
    failed: int
    """Replicates without a score."""
    color: str

    @property
    def summary(self) -> str:
        """The mean score and the number of failures, to stand beside the dots."""
        mean = f"{sum(self.scores) / len(self.scores):.3f}" if self.scores else ""
        return f"{mean} {self.failed} failed" if self.failed else mean


def dot_rows(runs: Runs, style: PictureStyle, metric: str | None = None) -> list[DotRow]:
    """Return the rows of some arms on a metric, by default the one that they are judged by."""
    from hiss.results.scores import measured_metric, scores

    if metric is None:
        metric = measured_metric((one for run in runs for one in run.replicates), None)
    return [
        DotRow(
            run.name.rpartition("/")[2],
            tuple(scores(run.replicates, metric).values()),
            len(run.failed),
            hex_color(style.color(run.place)),
        )
        for run in runs
    ]


def dot_plot(rows: Sequence[DotRow], style: PictureStyle, width: int, height: int) -> list[Text]:
    """Stack equal scores of each arm on one another, over an axis that all arms share.

    Args:
        rows: At least one arm.
        style: Its glyphs decide: dots in braille, else the number of scores in every cell.
        width: Cells of every line.
        height: Lines to fill at most; an arm takes at least one, and the axis one more.
    """
    scores = [score for row in rows for score in row.scores]
    names = max((len(row.name) for row in rows), default=0)
    cells = width - names - max((len(row.summary) for row in rows), default=0) - 4
    if not scores or cells < 8:
        return [Text("No scores yet: every repeat will be a dot here.", style="dim")]
    axis = Axis.over(scores, cells)
    room = max(1, min(MOST_LINES, (height - 2) // len(rows)))
    if style.glyphs.name == "braille":
        bodies, note = _dotted(rows, axis, room)
    else:
        bodies, note = [[_figures(row, axis)] for row in rows], "a figure counts repeats"
    lines = [
        line
        for row, body in zip(rows, bodies, strict=True)
        for line in _row_lines(row, body, names)
    ]
    middle = (axis.low + axis.high) / 2
    labels = {value: f"{value:.3g}" for value in (axis.low, axis.high, middle)}
    lines.append(Text(f"{'':{names}}  {ruler(axis, labels)}", style="dim"))
    if height > room * len(rows) + 1:
        lines.append(Text(note, style="dim"))
    return lines


def _row_lines(row: DotRow, body: Sequence[str], names: int) -> Iterator[Text]:
    """Put the name, in `names` cells, and the summary beside the lowest line of an arm's dots."""
    for place, line in enumerate(body, 1):
        lowest = place == len(body)
        yield Text.assemble(
            (f"{row.name if lowest else '':{names}}  ", row.color),
            (line, row.color),
            f"  {row.summary if lowest else ''}",
            no_wrap=True,
        )


def _dotted(rows: Sequence[DotRow], axis: Axis, room: int) -> tuple[list[list[str]], str]:
    """Return the lines of every row in braille, `room` at most, and what a dot stands for."""
    halves = Axis(axis.low, axis.high, 2 * axis.cells)
    counts = [Counter(map(halves.cell, row.scores)) for row in rows]
    tallest = max(max(count.values(), default=0) for count in counts)
    lines = min(room, -(-tallest // HEIGHT))
    per_dot = -(-tallest // (HEIGHT * lines))
    bodies = [
        [
            "".join(_braille(count, cell, line, per_dot) for cell in range(axis.cells))
            for line in reversed(range(lines))
        ]
        for count in counts
    ]
    return bodies, "a dot is a repeat" if per_dot == 1 else f"a dot is up to {per_dot} repeats"


def _braille(counts: Counter[int], cell: int, line: int, per_dot: int) -> str:
    """Return one character: of two columns of dots, those in one line, counted from the lowest."""
    dots = 0
    for column, bits in ((2 * cell, LEFT), (2 * cell + 1, RIGHT)):
        high = -(-counts[column] // per_dot) - line * HEIGHT
        dots |= sum(bits[: max(0, min(HEIGHT, high))])
    return chr(BRAILLE + dots) if dots else " "


def _figures(row: DotRow, axis: Axis) -> str:
    """Return a line with the number of scores in every cell."""
    counts = Counter(map(axis.cell, row.scores))
    figures = (counts[cell] for cell in range(axis.cells))
    return "".join(" " if not count else str(count) if count < 10 else "+" for count in figures)
