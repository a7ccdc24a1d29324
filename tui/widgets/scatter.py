"""The data of the experiment below the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from engine.preview import Preview
    from tui.pictures import Look


class Scatter(Picture):
    """Draws points by class."""

    preview: Preview | None = None
    look: Look | None = None

    def drawn(self, width: int, height: int) -> Sequence[Text]:
        """Draw the points, or say that they are being made."""
        if self.preview is None or self.look is None:
            return [Text("making the data …", style="dim")]
        if width < 3 or height < 3:
            return []
        from tui.charts import draw_points

        return draw_points(self.preview, self.look, width, height)
