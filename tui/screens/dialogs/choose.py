"""The dialog that asks for presets."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from hiss.tui.state import transitions
from hiss.tui.state.model import Lab
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.presets import PresetList


class ChooseDialog(ModalScreen[tuple[str, ...]]):
    """Asks for presets, or for one; returns no names when cancelled."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take", id="dialog.take",
                tooltip="Take the marked presets, else the selected one"),
        Binding("space", "mark", "mark", id="preset.mark", tooltip="Mark or unmark the preset"),
        Binding("a", "mark_group", "all", id="preset.group",
                tooltip="Mark or unmark the preset's whole group"),
        Binding("escape", "dismiss(())", "back", id="dialog.back", tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(self, lab: Lab, title: str, several: bool, mark: str) -> None:
        """Offer the presets of a state.

        Args:
            lab: The state; its marks and its cursor are where the dialog starts.
            title: The title of the dialog.
            several: Whether more than one preset may be chosen.
            mark: The character that marks a preset.
        """
        super().__init__()
        self._lab, self._title, self._several, self._mark = lab, title, several, mark

    def compose(self) -> ComposeResult:
        """Lay out the list above its keys."""
        with Vertical(classes="dialog -list") as dialog:
            dialog.border_title = self._title
            yield PresetList(id="choices")
            yield KeyBar()

    def on_mount(self) -> None:
        """Fill the list."""
        presets = self.query_one(PresetList)
        presets.mark = self._mark
        presets.show(self._lab)
        presets.focus()
        self.watch(presets, "highlighted", self._move_cursor)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that mark presets where one is asked for."""
        return self._several or action not in ("mark", "mark_group")

    def _move_cursor(self) -> None:
        self._lab = transitions.highlighted(self._lab, self.query_one(PresetList).selected)

    @on(PresetList.DoubleClicked)
    def action_take(self) -> None:
        """Return the names of the chosen presets."""
        self.dismiss(tuple(one.name for one in self._lab.chosen))

    def action_mark(self) -> None:
        """Mark or unmark the selected preset."""
        self._show(transitions.mark_toggled(self._lab))

    def action_mark_group(self) -> None:
        """Mark or unmark all presets of its group."""
        self._show(transitions.group_toggled(self._lab))

    def _show(self, lab: Lab) -> None:
        self._lab = lab
        self.query_one(PresetList).show_marks(lab)
