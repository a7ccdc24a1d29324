"""The lines of text above and below the panes of a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from hiss.tui.state.plan import repeats, study_mode
from hiss.tui.state.settings import Setting
from hiss.tui.widgets.picture import ELLIPSIS, Picture

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab

SCREENS = {"lab": "esc", "compare": "v", "sweep": "w", "history": "H"}
"""The key of each screen."""


class TitleLine(Picture):
    """Shows the screens, the device and what comes next; where room is short, the panes."""

    lab: Lab | None = None
    panes: tuple[str, ...] = ()
    """Names of the panes, where one at a time is on the screen."""
    pane: int = 0

    def __init__(self, screen_name: str) -> None:
        """Take the name of the screen that it is part of."""
        super().__init__()
        self._screen_name = screen_name

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the line with the longest status that fits."""
        left = self._tabs() if self.panes else self._screens()
        for status in self._status():
            right = Text(f"{status} ", style="dim")
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
        """Return the status in full and in ever shorter forms."""
        if self.lab is None or not self.lab.read:
            return ["reading presets …"]
        lab, machine = self.lab, self.lab.backend
        if problem := lab.history.problem:
            return [f"! in memory only: {problem}", "! in memory only"]
        screen = self._screen_name
        setting = Setting(lab.seed, repeats(lab, screen), study_mode(lab, screen))
        seed, repeated, mode = setting.words
        recorded = " · snapshots" if lab.history.recording else ""
        plan = f"next: {seed} · {repeated} · {mode}{recorded}"
        shorter = (
            f"next: {seed} · {repeated} · {mode.removesuffix(' mode')}{recorded}",
            f"next: {seed} · {repeated}{recorded}",
            f"next: {seed} · {repeated}",
            f"next: {repeated}",
        )
        if machine is None:
            loading = [f"loading … · {each}" for each in (plan, *shorter)]
            return [f"loading TensorFlow … · {plan}", *loading, "loading …"]
        loaded = [f"{machine.device} · {lab.gpu.words} · {plan}"] if lab.gpu else []
        return [
            *[f"TensorFlow {machine.tensorflow} · {each}" for each in loaded],
            *loaded,
            f"TensorFlow {machine.tensorflow} · {machine.device} · {plan}",
            f"{machine.device} · {plan}",
            plan,
            *shorter,
        ]


class Diagram(Picture):
    """Draws the network from its inputs to its output, with the data's size where there is room."""

    lab: Lab | None = None

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the line; without its data where room is short."""
        experiment = self.lab.experiment if self.lab else None
        if experiment is None or self.lab is None:
            return []
        from hiss.experiment.diagram import diagram

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


class PlanLine(Picture):
    """Shows what a start would train."""

    lab: Lab | None = None

    def __init__(self, planned: Callable[[Lab], str]) -> None:
        """Take the function that describes the plan of a state."""
        super().__init__()
        self._planned = planned

    def show(self, lab: Lab) -> None:
        """Show the plan of a state."""
        self.lab = lab
        self.redraw()

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the line."""
        line = Text(f" {self._planned(self.lab)}" if self.lab and self.lab.read else "")
        line.truncate(width, overflow="ellipsis")
        return [line]


class AutoHeightText(Static):
    """A text whose height follows from it; the screen is laid out only when it changes."""

    _text: Text | None = None

    def show_text(self, text: Text) -> None:
        """Show a text; an empty one takes no room."""
        if text != self._text:
            self._text = text
            self.display = bool(text)
            self.update(text)


class Legend(AutoHeightText):
    """The names of arms, in as few lines as they fit into; more than `MOST_LINES` are counted."""

    _whole = Text()

    def show_text(self, text: Text) -> None:
        """Show names that are joined by `GAP`."""
        self._whole = text
        room = self.container_size.width - self.gutter.width
        super().show_text(in_lines(list(text.split(GAP)), room) if text and room > 0 else text)

    def on_resize(self) -> None:
        """Fit the names into the new width."""
        self.show_text(self._whole)


GAP = "  "
"""Stands between the names of a legend."""
MOST_LINES = 2
"""Lines that a legend takes at most."""


def in_lines(names: Sequence[Text], width: int) -> Text:
    """Return unbroken names in lines of `width` cells, with the number of those left out."""
    lines: list[Text] = []
    for place, name in enumerate(names):
        if lines and lines[-1].cell_len + len(GAP) + name.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], GAP, name)
        elif len(lines) < MOST_LINES:
            lines.append(name)
        else:
            rest = f"{ELLIPSIS} {len(names) - place} more"
            lines[-1].truncate(max(0, width - len(rest) - 1), overflow="ellipsis")
            lines[-1] = Text.assemble(lines[-1], " ", rest)
            break
    return Text("\n").join(lines)
