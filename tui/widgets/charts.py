"""The chart of curves and the scatter plot of the data."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.errors import PresetError
    from hiss.tui.state.model import Lab, Runs
    from hiss.tui.style.themes import PictureStyle

HINT = (
    "",
    "  Curves appear here as networks train.",
    "",
    "  enter   train the selected preset",
    "  a enter train its whole group",
    "  space   mark one more",
    "  ?       all keys",
)


class Chart(Picture):
    """Draws the curves of runs, when something about them has changed."""

    lab: Lab | None = None
    runs: Runs = ()
    """The runs whose curves are drawn."""
    look: PictureStyle | None = None
    cost: float = 0.0
    """Duration of the last drawing, in seconds."""
    _outdated = False
    """Whether anything but the number of epochs has changed since the last drawing."""
    _counts: tuple[object, ...] = ()
    """Epochs per run and replicate in the last drawing."""

    def __init__(self, hint: Sequence[str] = HINT) -> None:
        """Take the lines to show before there are curves."""
        super().__init__()
        self._hint = hint

    def show(self, lab: Lab, runs: Runs) -> None:
        """Take the runs to draw from now on."""
        self.lab, self.runs, self._outdated = lab, runs, True

    def draw_new_epochs(self) -> None:
        """Draw the curves if anything has changed since the last drawing."""
        counts = tuple(tuple(run.curves.counts.tolist()) for run in self.runs if run.curves)
        if self._outdated or counts != self._counts:
            self._outdated, self._counts = False, counts
            self.redraw()

    def draw_lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the curves, or a hint how to get some."""
        if self.lab is None or self.look is None or not self.runs or width < 3 or height < 3:
            return [Text(line, style="dim") for line in self._hint[:height]]
        if not any(run.curves and run.curves.counts.any() for run in self.runs):
            waiting = next((run for run in self.runs if run.curves), self.runs[0])
            line = f"  {waiting.name}: {waiting.state} …"
            line = line if len(line) <= width else f"  {waiting.state} …"
            return [Text(""), Text(line, style="dim")]
        from hiss.tui.charts.curves import curves_picture
        from hiss.tui.charts.plotext_backend import draw_curves

        began = perf_counter()
        lines = draw_curves(curves_picture(self.lab, self.runs), self.look, width, height)
        self.cost = perf_counter() - began
        return lines


class Scatter(Picture):
    """Draws data points by class; of a preset that cannot be read, its error."""

    preview: Preview | None = None
    error: PresetError | None = None
    look: PictureStyle | None = None

    def draw_lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the points; a note while there are none yet, or the error."""
        if self.error is not None:
            sentences = f"{self.error.message} {self.error.hint}".strip()
            return list(Text(sentences).wrap(self.app.console, max(1, width)))
        if self.preview is None or self.look is None:
            return [Text("making the data …", style="dim")]
        if width < 3 or height < 3:
            return []
        from hiss.tui.charts.plotext_backend import draw_points

        return draw_points(self.preview, self.look, width, height)
