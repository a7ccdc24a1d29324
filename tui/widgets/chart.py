"""The curves of some runs."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from rich.text import Text

from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.pictures import Look
    from tui.runs import Runs
    from tui.state import Lab

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
    look: Look | None = None
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
        from tui.charts import draw_curves
        from tui.curves import curves_picture

        began = perf_counter()
        lines = draw_curves(curves_picture(self.lab, self.runs), self.look, width, height)
        self.cost = perf_counter() - began
        return lines
