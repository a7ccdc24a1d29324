"""The screen on which presets are chosen, trained and looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui import state
from tui.screens.base import ConsoleScreen
from tui.screens.study import StudyScreen
from tui.widgets.board import PANES, Board
from tui.widgets.keybar import KeyBar
from tui.widgets.presets import PresetList


class LabScreen(StudyScreen, inherit_bindings=False):
    """Takes the keys for choosing presets and for moving between the panes."""

    CSS_PATH = "lab.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual does not declare it as a ClassVar
        (0, "-narrow"),
        (60, "-normal"),
        (110, "-wide"),
        (160, "-broad"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-medium"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *StudyScreen.BINDINGS[:1],
        Binding("space", "mark", "mark", id="preset.mark", tooltip="Mark or unmark the preset"),
        Binding("a", "mark_group", "all", id="preset.group",
                tooltip="Mark or unmark the preset's whole group"),
        Binding("l", "toggle_quantity", "loss", id="view.quantity",
                tooltip="Switch between accuracy and loss"),
        *StudyScreen.BINDINGS[1:],
        Binding("m", "toggle_smoothing", "smooth", id="view.smoothing",
                tooltip="Switch between every epoch and moving averages"),
        *ConsoleScreen.BINDINGS,
        Binding("exclamation_mark", "show_problems", "broken", False, "!", id="preset.problems",
                tooltip="Show the presets that cannot be read"),
        Binding("tab", "next_pane(1)", "pane", False, id="view.next",
                tooltip="Go to the next pane"),
        Binding("shift+tab", "next_pane(-1)", "pane", False, id="view.previous",
                tooltip="Go to the pane before"),
        *(Binding(str(place + 1), f"show_pane({place})", name, False, id=f"view.{name}",
                  tooltip=f"Go to the {name}") for place, name in enumerate(PANES)),
    ]  # fmt: skip

    _pane = 0
    """The place of the pane that is worked in: the only one shown on a small screen."""

    def compose(self) -> ComposeResult:
        """Lay out the panes above the line of keys."""
        yield Board()
        yield KeyBar()

    def on_mount(self) -> None:
        """Start in the list of presets, and keep the keys up to date."""
        self.watch(self.app, "lab", self.refresh_bindings, init=False)
        self.action_show_pane(0)

    def on_resize(self) -> None:
        """Name the panes where only one of them is shown."""
        self._show_tabs()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember the pane that is worked in."""
        if event.widget.id in PANES:
            self._pane = PANES.index(event.widget.id)
            self._show_tabs()

    def _show_tabs(self) -> None:
        small = {"-narrow", "-low"} & self.classes
        self.query_one(Board).show_tabs(PANES if small else (), self._pane)

    @on(PresetList.OptionHighlighted)
    def follow_cursor(self, event: PresetList.OptionHighlighted) -> None:
        """Show the data of the preset below the cursor."""
        if event.option_id:
            self.lab = state.highlighted(self.lab, event.option_id)

    @on(PresetList.Doubled)
    def train_clicked(self) -> None:
        """Train the preset that was clicked twice."""
        if self.lab.experiment is not None and not self.lab.running:
            self.train((self.lab.experiment,))

    def action_mark(self) -> None:
        """Mark or unmark the preset below the cursor."""
        self.lab = state.mark_toggled(self.lab)

    def action_mark_group(self) -> None:
        """Mark or unmark all presets of its group."""
        self.lab = state.group_toggled(self.lab)

    def action_toggle_quantity(self) -> None:
        """Show the other quantity."""
        self.lab = state.quantity_toggled(self.lab)

    def action_toggle_smoothing(self) -> None:
        """Draw moving averages, or every epoch."""
        self.lab = state.smoothing_toggled(self.lab)

    def action_show_problems(self) -> None:
        """Say which presets cannot be read, and why."""
        from tui.screens.problem import ProblemScreen

        problems = self.lab.problems
        text = "\n".join(problem.message for problem in problems)
        self.app.push_screen(ProblemScreen(text, problems[0].hint))

    def action_next_pane(self, step: int) -> None:
        """Go to a neighbouring pane."""
        self.action_show_pane((self._pane + step) % len(PANES))

    def action_show_pane(self, place: int) -> None:
        """Go to a pane."""
        self._pane = place
        chosen = self.query_one(f"#{PANES[place]}")
        for node in self.query(".pane, .column"):
            node.set_class(node in chosen.ancestors_with_self, "-shown")
        chosen.focus()
        self._show_tabs()

    def commands(self) -> dict[str, Callable[[], None]]:
        """Offer every preset in the command palette."""
        if self.lab.running:
            return {}
        return {
            f"preset: Train {one.name}": partial(self.train, (one,)) for one in self.lab.experiments
        }
