"""Lists to choose from: presets, and kinds of layers."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

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
        Binding("escape,q", "dismiss(())", "back", id="dialog.back", tooltip="Change nothing"),
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
        self._lab = replace(lab, problems=())
        self._title, self._several, self._mark = title, several, mark

    def compose(self) -> ComposeResult:
        """Lay out the list above its keys."""
        with Vertical(classes="dialog -list") as dialog:
            dialog.border_title = Text(self._title)
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


USUAL = ("Dense", "Activation", "Conv2D", "MaxPooling2D", "Flatten", "LSTM", "BatchNormalization")


class LayerDialog(ModalScreen[str | None]):
    """Lists the noise layers first, then the most usual ones, then all others of Keras."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "add", priority=True, id="dialog.submit",
                tooltip="Add this layer"),
        Binding("up", "step(-1)", "up", False, priority=True, id="list.up", tooltip="Move up"),
        Binding("down", "step(1)", "down", False, priority=True, id="list.down",
                tooltip="Move down"),
        Binding("escape", "dismiss(None)", "back", id="dialog.back", tooltip="Change nothing"),
    ]  # fmt: skip

    _part: str | None = None
    """Letters that the names in the list contain."""

    def compose(self) -> ComposeResult:
        """Lay out the filter above the list."""
        with Vertical(classes="dialog -list"):
            yield Input(placeholder="part of a layer's name", compact=True)
            layers = OptionList()
            layers.can_focus = False
            yield layers
            yield KeyBar()

    def on_mount(self) -> None:
        """List all layers."""
        self.narrow()

    @on(Input.Changed)
    def narrow(self) -> None:
        """List the layers whose names contain the letters typed so far."""
        part = self.query_one(Input).value.strip().lower()
        if part != self._part:
            self._part = part
            self._list(part)

    @on(OptionList.OptionSelected)
    def take_clicked(self, event: OptionList.OptionSelected) -> None:
        """Return the layer that was clicked."""
        self.dismiss(event.option_id)

    def action_take(self) -> None:
        """Return the selected layer."""
        self.narrow()
        layers = self.query_one(OptionList)
        if layers.highlighted is not None:
            self.dismiss(layers.get_option_at_index(layers.highlighted).id)

    def action_step(self, step: int) -> None:
        """Go to a neighbouring layer."""
        self.narrow()
        layers = self.query_one(OptionList)
        layers.action_cursor_down() if step > 0 else layers.action_cursor_up()

    def _list(self, part: str) -> None:
        from hiss.noise.registry import NOISE_LAYERS

        names = [name for name in offered() if part in name.lower()]
        names.sort(key=lambda name: not name.lower().startswith(part))
        layers = self.query_one(OptionList)
        layers.set_options(
            Option(Text(f"σ {name}" if name in NOISE_LAYERS else f"  {name}"), name)
            for name in names
        )
        layers.highlighted = 0 if names else None


def offered() -> tuple[str, ...]:
    """Return the names of all layers in the order in which they are listed."""
    from hiss.keras_names.lookup import classes
    from hiss.noise.registry import NOISE_LAYERS

    return tuple(dict.fromkeys((*NOISE_LAYERS, *USUAL, *classes("layer"))))
