"""The line at the top: where one is, and what the next study will be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tui.plan import repeats, study_mode
from tui.widgets.picture import Picture

if TYPE_CHECKING:
    from tui.state import Lab

SCREENS = {"lab": "esc", "compare": "v", "sweep": "w"}
"""The keys that lead to each screen."""


class TitleLine(Picture):
    """Shows the screens, the machine, the seed and the repeats; where room is short, the panes."""

    lab: Lab | None = None
    panes: tuple[str, ...] = ()
    """Names of the panes, where only one is on the screen at a time."""
    pane: int = 0

    def __init__(self, screen_name: str) -> None:
        """Take the name of the screen that it stands on."""
        super().__init__()
        self._screen_name = screen_name

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together, with as much said as there is room for."""
        left = self._tabs() if self.panes else self._screens()
        for said in self._status():
            right = Text(f"{said} ", style="dim")
            gap = width - left.cell_len - right.cell_len
            if gap >= 2:
                return [Text.assemble(left, " " * gap, right)]
        left.truncate(width)
        return [left]

    def _screens(self) -> Text:
        names = Text(" hiss ", style="bold", no_wrap=True)
        for name, key in SCREENS.items():
            here = name == self._screen_name
            click = Style.from_meta({"@click": f"app.show_screen('{name}')"})
            label = f" {name.capitalize()} " if here else f" {key} {name.capitalize()} "
            names.append(label, Style(reverse=here, bold=here, dim=not here) + click)
        return names

    def _tabs(self) -> Text:
        tabs = Text(no_wrap=True)
        for place, name in enumerate(self.panes):
            style = Style(reverse=place == self.pane, bold=place == self.pane)
            click = Style.from_meta({"@click": f"screen.show_pane({place})"})
            tabs.append(f" {place + 1} {name} ", style + click)
        return tabs

    def _status(self) -> list[str]:
        """What is to be said, in full and ever shorter."""
        if self.lab is None or not self.lab.read:
            return ["reading presets …"]
        lab, machine = self.lab, self.lab.backend
        count = repeats(lab, self._screen_name)
        times = f"{count} repeats" if count > 1 else "1 repeat"
        plan = f"seed {lab.seed} · {times} · {study_mode(lab, self._screen_name)} mode"
        if machine is None:
            return [f"loading TensorFlow … · {plan}", "loading TensorFlow …"]
        return [
            f"TensorFlow {machine.tensorflow} · {machine.device} · {plan}",
            f"{machine.device} · {plan}",
            plan,
            plan.removesuffix(" mode"),
            times,
        ]
