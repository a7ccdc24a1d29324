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
    *ConsoleScreen.VIEWER,
    Binding("f1", "show_help_here", "help", id="draft.help", tooltip="Show all keys"),
]  # fmt: skip

DONE = {"run": "trained", "save": "saved"}
LAYERS = ("add_layer", "add_noise", "copy_layer", "remove_layer", "move_layer")
LETTERS = (*LAYERS, "start_over", "toggle_theme", "show_log", "close")
"""Actions whose keys are letters, which an input takes for itself."""


def refusal(action: str, step: int, draft: Draft, checked: CheckedText, layers: LayerList) -> str:
    """Return why an action cannot be carried out on a draft, in a sentence; empty if it can.

    Args:
        action: The name of the action.
        step: How far it moves the selected layer.
        draft: The draft.
        checked: What its text says.
        layers: Its layers.
    """
    match action:
        case "run" | "save" if checked.experiment is None:
            return " ".join((f"It cannot be {DONE[action]} like this.", first_problem(checked)))
        case "add_layer" | "add_noise" | "toggle_text" if checked.table is None:
            return " ".join(("The text is no TOML.", first_problem(checked)))
        case "copy_layer" | "remove_layer" | "move_layer" if layers.selected is None:
            return "No layer is selected."
        case "move_layer" if not layers.can_move(step):
            return f"The layer is the {'first' if step < 0 else 'last'}."
        case "undo" if not draft.past:
            return "There is nothing to undo."
        case "start_over" if not draft.initial:
            return "There is no saved preset to start over from."
        case "start_over" if not draft.changed:
            return "There are no changes to discard."
        case _:
            return ""


def first_problem(checked: CheckedText) -> str:
    """Return the first problem of a text; empty if there is none."""
    return next((f"{key}{text}" for key, text in checked.problems.items()), "")
