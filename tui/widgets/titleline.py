"""The line at the top: where one is, and what the next study will be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab


class TitleLine(Picture):
    """Shows the name, the machine, the seed and the repeats; where room is short, the panes."""

    lab: Lab | None = None
    panes: tuple[str, ...] = ()
    """Names of the panes, where only one is on the screen at a time."""
    pane: int = 0

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together."""
        left = self._tabs() if self.panes else Text(" hiss ", style="bold reverse")
        right = Text(self._status(), style="dim")
        gap = width - left.cell_len - right.cell_len
        return [Text.assemble(left, " " * gap, right) if gap >= 2 else left]

    def _tabs(self) -> Text:
        tabs = Text(no_wrap=True)
        for place, name in enumerate(self.panes):
            style = Style(reverse=place == self.pane, bold=place == self.pane)
            click = Style.from_meta({"@click": f"screen.show_pane({place})"})
            tabs.append(f" {place + 1} {name} ", style + click)
        return tabs

    def _status(self) -> str:
        if self.lab is None or not self.lab.read:
            return "reading presets … "
        lab = self.lab
        machine = lab.backend
        said = (
            "loading TensorFlow …"
            if machine is None
            else f"TensorFlow {machine.tensorflow} · {machine.device}"
        )
        repeats = f"{lab.repeats} repeats" if lab.repeats > 1 else "1 repeat"
        return f"{said} · seed {lab.seed} · {repeats} "
