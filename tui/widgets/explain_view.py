"""The widget that draws a page of the explain screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.style.themes import PictureStyle
from hiss.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from hiss.tui.charts.regions import Ground
    from hiss.tui.state.explaining import Scene


class ExplainView(Picture):
    """Draws a scene."""

    scene: Scene | None = None
    look: PictureStyle | None = None
    ground: Ground | None = None

    def draw_lines(self, width: int, height: int) -> Sequence[Text]:
        """Return the page that the scene is at."""
        if self.scene is None or self.look is None or self.ground is None:
            return []
        from hiss.tui.charts.explained import page_lines

        return page_lines(self.scene, self.look, self.ground, width, height)
