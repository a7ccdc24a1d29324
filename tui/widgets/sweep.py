"""The scores of a sweep as a curve or a heat map, and its findings in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from hiss.tui.state import sweeping
from hiss.tui.widgets.picture import Picture, lines_of, window
from hiss.tui.widgets.sweep_text import shown_metric

if TYPE_CHECKING:
    from hiss.studies.search import Search
    from hiss.tui.charts.pictures import Strength
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.model import Lab
    from hiss.tui.style.themes import PictureStyle

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
        from hiss.tui.charts.pictures import SweepPicture
        from hiss.tui.charts.plotext_backend import draw_sweep

        cursor = sweeping.place(self.lab)
        picture = SweepPicture(self._points(self.lab, search), cursor[0] if cursor else None)
        return draw_sweep(picture, self.look, width, height)

    def _points(self, lab: Lab, search: Search) -> tuple[Strength, ...]:
        from hiss.tui.charts.pictures import Strength

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
        room = height - len(sentences) - 1
        if room <= 3:
            return sentences
        return [*sentences, Text(""), *self._table(self.lab, found, width, room)]

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
