"""What all screens with panes share: one pane at a time where room is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state.model import Lab
from hiss.tui.widgets.live_board import LiveBoard


def pane_bindings(panes: Sequence[str]) -> list[BindingType]:
    """Return the keys that lead to panes of these names."""
    return [
        Binding("tab", "next_pane(1)", "pane", False, id="view.next",
                tooltip="Go to the next pane"),
        Binding("shift+tab", "next_pane(-1)", "pane", False, id="view.previous",
                tooltip="Go to the previous pane"),
        *(Binding(str(place + 1), f"show_pane({place})", name, False, id=f"view.{name}",
                  tooltip=f"Go to the {name}") for place, name in enumerate(panes)),
    ]  # fmt: skip


class PanesScreen(ConsoleScreen):
    """Moves between the panes of its board, and keeps the keys up to date."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual does not declare it as a ClassVar
        (0, "-narrow"),
        (60, "-normal"),
        (110, "-wide"),
        (160, "-broad"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-medium"), (32, "-tall")]  # noqa: RUF012
    PANES: ClassVar[tuple[str, ...]] = ()
    """The ids of the board's panes."""
    _keys_of: tuple[str, int] | None = None
    _pane = 0
    """The place of the pane in use: the only one shown on a small screen."""

    def on_mount(self) -> None:
        """Start in the first pane, and keep the keys up to date."""
        self.add_class("-panes")
        self.watch(self.app, "lab", self._keys_changed, init=False)
        self.action_show_pane(0)
        self.call_after_refresh(self._show_tabs)

    def on_screen_resume(self) -> None:
        """Show what has changed while another screen was on top.

        A screen that is opened for the first time is resumed before its board is there.
        """
        for board in self.query(LiveBoard):
            board.update_board()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Name the panes where only one of them is shown."""
        self._show_tabs()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember the pane in use."""
        if event.widget.id in self.PANES:
            self._enter_pane(self.PANES.index(event.widget.id))

    def action_next_pane(self, step: int) -> None:
        """Go to a neighbouring pane."""
        self.action_show_pane((self._pane + step) % len(self.PANES))

    def action_show_pane(self, place: int) -> None:
        """Go to a pane, once it is there."""
        for pane in self.query(f"#{self.PANES[place]}"):
            self._enter_pane(place)
            pane.focus()

    def _enter_pane(self, place: int) -> None:
        self._pane = place
        chosen = self.query_one(f"#{self.PANES[place]}")
        for node in self.query(".pane, .column"):
            node.set_class(node in chosen.ancestors_with_self, "-shown")
        for name in self.PANES:
            self.set_class(name == self.PANES[place], f"-at-{name}")
        self._show_tabs()

    def _show_tabs(self) -> None:
        small = {"-narrow", "-low"} & self.classes
        for board in self.query(LiveBoard):
            board.show_tabs(self.PANES if small else (), self._pane)

    def _keys_changed(self, lab: Lab) -> None:
        """Refresh the keys, but not for every event of a running study."""
        seen = (lab.phase, len(lab.runs))
        if self.is_current and (seen != self._keys_of or not lab.running):
            self._keys_of = seen
            self.refresh_bindings()
