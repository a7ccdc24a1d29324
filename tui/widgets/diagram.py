"""The network and the data of the experiment below the cursor, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab


class Diagram(Picture):
    """Draws the network from its inputs to its output, with the data's size where there is room."""

    lab: Lab | None = None

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together from what is known by now."""
        experiment = self.lab.experiment if self.lab else None
        if experiment is None or self.lab is None:
            return []
        from engine.diagram import diagram

        network = Text(f" {diagram(experiment)}")
        network.truncate(width, overflow="ellipsis")
        rest = Text(self._data(self.lab), style="dim")
        gap = width - network.cell_len - rest.cell_len
        return [Text.assemble(network, " " * gap, rest) if gap >= 3 else network]

    def _data(self, lab: Lab) -> str:
        experiment, preview = lab.experiment, lab.previews.get(lab.highlighted)
        assert experiment is not None
        if preview is None:
            return f"{experiment.data.name} "
        return f"{experiment.data.name} · {preview.train_rows} train, {preview.test_rows} test "
