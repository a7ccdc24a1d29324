"""The scores of a sweep: a curve over one strength, or a heat map of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui import sweeping
from tui.sweep_words import shown_metric
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from engine.search import Search
    from tui.pictures import Look, Strength
    from tui.state import Lab

HINT = (
    "",
    "  The grid fills in here as points are trained.",
    "",
    "  enter  sweep the strengths above",
    "  d      choose other strengths",
    "  o      put the noise elsewhere",
    "  p      choose another preset",
)


class SweepGrid(Picture):
    """Draws every point of a sweep that has been trained, with the cursor on one of them."""

    lab: Lab | None = None
    look: Look | None = None

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the curve or the heat map, or say how to get one."""
        search = self.lab.sweeping.shown if self.lab else None
        if search is None or self.lab is None or self.look is None or width < 12 or height < 4:
            return [Text(line, style="dim") for line in HINT[:height]]
        if len(search.axes) == 2:
            return self._heat(self.lab, search, width, height)
        from tui.charts import draw_sweep
        from tui.pictures import SweepPicture

        cursor = sweeping.place(self.lab)
        picture = SweepPicture(self._points(self.lab, search), cursor[0] if cursor else None)
        return draw_sweep(picture, self.look, width, height)

    def _points(self, lab: Lab, search: Search) -> tuple[Strength, ...]:
        from tui.pictures import Strength

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
        from tui.heat import Palette, heat_lines

        assert self.look is not None
        plain = self.look.glyphs.name in ("dots", "ascii")
        palette = Palette.of(self.app.console.color_system, plain)
        cursor = sweeping.place(lab)
        metric = shown_metric(lab)
        return heat_lines(search, lab.sweeping.findings, metric, cursor, palette, (width, height))
