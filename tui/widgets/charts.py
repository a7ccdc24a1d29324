"""The curves of some runs."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.tui.state.model import Lab, Runs
    from hiss.tui.style.themes import PictureStyle

HINT = (
    "",
    "  Curves appear here as networks train.",
    "",
    "  enter   train the preset below the cursor",
    "  a enter train its whole group",
    "  space   mark one more",
    "  ?       all keys",
)


class Chart(Picture):
    """Draws the curves of the runs; what was drawn last stays until something changes."""

    lab: Lab | None = None
    runs: Runs = ()
    """Those whose curves are drawn."""
    look: PictureStyle | None = None
    cost: float = 0.0
    """Seconds that the last drawing took."""
    _outdated = False
    """Whether more than the number of epochs has changed since the last drawing."""
    _seen: tuple[object, ...] = ()

    def __init__(self, hint: Sequence[str] = HINT) -> None:
        """Take what stands in the place of curves before there are any."""
        super().__init__()
        self._hint = hint

    def show(self, lab: Lab, runs: Runs) -> None:
        """Take what to draw at the next pull."""
        self.lab, self.runs, self._outdated = lab, runs, True

    def pull(self) -> None:
        """Draw anew if anything has changed since the last time."""
        seen = tuple(tuple(run.curves.counts.tolist()) for run in self.runs if run.curves)
        if self._outdated or seen != self._seen:
            self._outdated, self._seen = False, seen
            self.redraw()

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the curves, or say how to get some."""
        if self.lab is None or self.look is None or not self.runs or width < 3 or height < 3:
            return [Text(line, style="dim") for line in self._hint[:height]]
        if not any(run.curves and run.curves.counts.any() for run in self.runs):
            waiting = next((run for run in self.runs if run.curves), self.runs[0])
            said = f"  {waiting.name}: {waiting.state} …"
            said = said if len(said) <= width else f"  {waiting.state} …"
            return [Text(""), Text(said, style="dim")]
        from hiss.tui.charts.curves import curves_picture
        from hiss.tui.charts.plotext_backend import draw_curves

        began = perf_counter()
        lines = draw_curves(curves_picture(self.lab, self.runs), self.look, width, height)
        self.cost = perf_counter() - began
        return lines


class Scatter(Picture):
    """Draws points by class."""

    preview: Preview | None = None
    look: PictureStyle | None = None

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the points, or say that they are being made."""
        if self.preview is None or self.look is None:
            return [Text("making the data …", style="dim")]
        if width < 3 or height < 3:
            return []
        from hiss.tui.charts.plotext_backend import draw_points

        return draw_points(self.preview, self.look, width, height)
