"""The keys of the editor, and when each can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen

if TYPE_CHECKING:
    from hiss.library.drafting import CheckedText
    from hiss.tui.state.drafts import Draft, LayerList

BINDINGS: list[BindingType] = [
    Binding("enter", "enter_part", "fields", priority=True, id="field.enter",
            tooltip="Go to the fields of the part"),
    Binding("escape", "back", "back", priority=True, id="draft.back",
            tooltip="Go back; unsaved changes stay in a draft"),
    Binding("ctrl+r", "run", "run", id="draft.run",
            tooltip="Train the draft without saving it"),
    Binding("ctrl+s", "save", "save", id="draft.save",
            tooltip="Save as a preset of your own"),
    Binding("ctrl+t", "toggle_text", "TOML", id="draft.text",
            tooltip="Switch between the form and the TOML text"),
    Binding("n", "add_noise", "noise", id="layer.noise",
            tooltip="Insert Gaussian noise after the selected layer"),
    Binding("a", "add_layer", "add", id="layer.add",
            tooltip="Insert a layer after the selected one"),
    Binding("d", "copy_layer", "double", False, id="layer.copy", tooltip="Duplicate the layer"),
    Binding("delete,minus", "remove_layer", "remove", id="layer.remove", key_display="del",
            tooltip="Remove the layer"),
    Binding("K,shift+up", "move_layer(-1)", "up", False, id="layer.up", key_display="K",
            tooltip="Move the layer up"),
    Binding("J,shift+down", "move_layer(1)", "down", False, id="layer.down", key_display="J",
            tooltip="Move the layer down"),
    Binding("o", "start_over", "start over", False, id="draft.over",
            tooltip="Discard the draft and start over"),
    Binding("ctrl+z", "undo", "undo", id="draft.undo", tooltip="Undo the latest change"),
    *ConsoleScreen.ALWAYS,
    Binding("f1", "show_help_here", "help", id="draft.help", tooltip="Show all keys"),
]  # fmt: skip

LAYERS = ("add_layer", "add_noise", "copy_layer", "remove_layer", "move_layer")
LETTERS = (*LAYERS, "start_over", "toggle_theme", "show_log", "ask_quit")
"""Actions whose keys are letters, which an input takes for itself."""


def permitted(
    action: str, step: int, draft: Draft, checked: CheckedText, layers: LayerList
) -> bool:
    """Return whether an action can be carried out on a draft.

    Args:
        action: The name of the action.
        step: How far it moves the selected layer.
        draft: The draft.
        checked: What its text says.
        layers: Its layers.
    """
    match action:
        case "run" | "save":
            return checked.experiment is not None
        case "add_layer" | "add_noise" | "toggle_text":
            return checked.table is not None
        case "copy_layer" | "remove_layer":
            return layers.selected is not None
        case "move_layer":
            return layers.can_move(step)
        case "undo":
            return bool(draft.past)
        case "start_over":
            return draft.changed and bool(draft.initial)
        case _:
            return True
