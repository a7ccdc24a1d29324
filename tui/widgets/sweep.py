"""The results of a sweep: its texts, its grid of scores, and its findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from hiss.tui.state import plan, sweeping
from hiss.tui.state.settings import counted
from hiss.tui.widgets.picture import Picture, lines_of, marked_cuts, window

if TYPE_CHECKING:
    from hiss.studies.search import Place, Search
    from hiss.tui.charts.curves import Strength
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.model import Lab
    from hiss.tui.style.themes import PictureStyle

LEAST_TABLE = 5
"""Lines that the table of points takes at least: its head and three points."""
ROOMY = 38
"""Cells from which on standard errors are shown beside standard deviations."""


def planned(lab: Lab) -> str:
    """Return what would be swept, at which sites, and over which strengths."""
    from hiss.errors import EngineError

    try:
        search = plan.search_of(lab)
    except EngineError as error:
        return error.message
    grids = " × ".join(
        f"{symbol} {', '.join(f'{value:.12g}' for value in axis.strengths)} at {axis.site.name}"
        for symbol, axis in zip(search.symbols, search.axes, strict=True)
    )
    name = search.experiment.name.rpartition("/")[2]
    return f"{'next: ' if lab.sweeping.search else ''}{name} · {grids}"


def shown_metric(lab: Lab) -> str:
    """Return the score that is drawn: the one that points are ranked by, or the loss."""
    found = lab.sweeping.findings
    judged = found.found.metric if found else "test_accuracy"
    return "test_loss" if lab.view.quantity == "loss" else judged


def title(lab: Lab) -> str:
    """Return which score is drawn, of which experiment."""
    from hiss.results.scores import metric_name

    search = lab.sweeping.shown
    name = metric_name(shown_metric(lab))
    score = f"{name[0].upper()}{name[1:]}"
    if search is None:
        return score
    sites = " and ".join(axis.site.name for axis in search.axes)
    return f"{score} by noise at {sites}, {search.experiment.name.rpartition('/')[2]}"


def marks(lab: Lab, symbols: tuple[str, str]) -> str:
    """Return the meaning of the symbols and the bars."""
    search = lab.sweeping.shown
    if search is None:
        return ""
    if len(search.axes) == 2:
        return "* best · + within one SE"
    best, plateau = symbols
    return f"{best} best · {plateau} within one SE · bars ± SE"


def point_title(search: Search | None, place: Place | None) -> str:
    """Return the strengths of a point."""
    return search.describe(place) if search and place is not None else "Point"


def point_lines(lab: Lab, place: Place | None, width: int) -> list[str]:
    """Return the scores of a point, in lines of `width` cells."""
    found = lab.sweeping.findings
    if found is None or place is None:
        return ["Nothing has been trained here yet."]
    lines = []
    for metric in found.found.metrics:
        point = found.points[metric].get(place)
        if point is None or point.mean is None:
            continue
        spread = "" if point.sd is None else f" ± {point.sd:.3f} SD"
        error = "" if point.se is None or width < ROOMY else f", SE {point.se:.4f}"
        lines.append(f"{_short(metric):9} {point.mean:.3f}{spread}{error}")
    if not lines:
        return ["Nothing has been trained here yet."]
    run = sweeping.run_at(lab, place)
    point = found.points[found.found.metric].get(place)
    repeats = run.repeats if run else found.found.search.base.repeats
    failed = found.failed(place)
    counted = f"n {point.n if point else 0} of {repeats}" + (f", {failed} failed" if failed else "")
    rank = "best" if place == found.best else "on the plateau" if place in found.plateau else ""
    return [" · ".join(filter(None, (counted, rank))), *lines]


def _short(metric: str) -> str:
    from hiss.results.scores import metric_name

    rows, _, name = metric.partition("_")
    return rows if name == "accuracy" else metric_name(metric)


def idle(lab: Lab, width: int) -> str:
    """Return what a start would train."""
    from hiss.errors import EngineError

    try:
        count = len(plan.search_of(lab).places)
    except EngineError as error:
        return error.hint or error.message
    repeats = plan.repeats(lab, "sweep")
    start = f"{count} points × {counted(repeats, 'repeat')} · enter sweeps them"
    found = lab.sweeping.findings
    if found is None or found.best is None or width < 60:
        return start
    confirmed = found.found.confirmation or found.best == found.found.search.zero_noise
    return start if confirmed else f"{start} · c confirms the best"


HINT = (
    "",
    "  The grid fills in here as points are trained.",
    "",
    "  enter  sweep the strengths above",
    "  d      choose other strengths",
    "  o      choose another noise site",
    "  p      choose another preset",
)


class SweepGrid(Picture):
    """Draws a curve over one strength, or a heat map of two, with a cursor on one point."""

    lab: Lab | None = None
    look: PictureStyle | None = None

    def draw_lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the curve or the heat map, or a hint how to get one."""
        search = self.lab.sweeping.shown if self.lab else None
        if search is None or self.lab is None or self.look is None or width < 12 or height < 4:
            return [Text(line, style="dim") for line in HINT[:height]]
        if len(search.axes) == 2:
            return self._heat(self.lab, search, width, height)
        from hiss.tui.charts.curves import SweepPicture
        from hiss.tui.charts.plotext_backend import draw_sweep

        cursor = sweeping.place(self.lab)
        picture = SweepPicture(self._points(self.lab, search), cursor[0] if cursor else None)
        return draw_sweep(picture, self.look, width, height)

    def _points(self, lab: Lab, search: Search) -> tuple[Strength, ...]:
        from hiss.tui.charts.curves import Strength

        found = lab.sweeping.findings
        scores = found.points[shown_metric(lab)] if found else {}
        points = []
        for place in search.places:
            point = scores.get(place)
            best = found is not None and place == found.best
            flat = found is not None and place in found.plateau
            points.append(
                Strength(
                    place[0],
                    point.mean if point else None,
                    point.se if point else None,
                    "best" if best else "plateau" if flat else "other",
                )
            )
        return tuple(points)

    def _heat(self, lab: Lab, search: Search, width: int, height: int) -> list[Text]:
        from hiss.tui.charts.heat_map import Palette, heat_lines

        assert self.look is not None
        plain = self.look.glyphs.name in ("dots", "ascii")
        palette = Palette.of(self.app.console.color_system, plain)
        cursor = sweeping.place(lab)
        metric = shown_metric(lab)
        return heat_lines(search, lab.sweeping.findings, metric, cursor, palette, (width, height))


class SweepFound(Picture):
    """Shows the findings in sentences; below, where there is room, a table of all points."""

    lab: Lab | None = None

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the sentences above the rows about the cursor."""
        found = self.lab.sweeping.findings if self.lab else None
        if found is None or self.lab is None:
            return [Text("No findings yet.", style="dim")]
        sentences = [
            line
            for sentence in found.sentences
            for line in Text(sentence).wrap(self.app.console, max(1, width))
        ]
        if height < 2 * LEAST_TABLE and height - len(sentences) - 1 < LEAST_TABLE:
            return sentences
        room = max(LEAST_TABLE, height - len(sentences) - 1)
        words = marked_cuts(sentences, width, height - room - 1)
        return [*words, Text(""), *self._table(self.lab, found, width, room)]

    def _table(self, lab: Lab, found: Findings, width: int, height: int) -> list[Text]:
        from hiss.tui.tables.results import drawn_table, fitting

        table = drawn_table(fitting(found.columns, width))
        lines = lines_of(self.app.console, table, width)
        places = [cell.place for cell in found.found.cells]
        cursor = sweeping.place(lab)
        at = places.index(cursor) if cursor in places else 0
        rows = lines[2:]
        if cursor in places:
            highlight = Style(bgcolor=self.app.theme_variables["panel"], bold=True)
            rows[at].stylize_before(highlight)
        return [*lines[:2], *window(rows, at, height - 2)]
