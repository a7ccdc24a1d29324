"""What is done with a draft as a whole: its layers put in order, run, saved, begun anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input, Static, TextArea

from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import drafts, transitions
from hiss.tui.state.drafts import Draft
from hiss.tui.widgets.outline import Outline

if TYPE_CHECKING:
    from hiss.library.drafting import CheckedText
    from hiss.tui.state.model import Lab

LAYERS = ("add_layer", "add_noise", "copy_layer", "remove_layer", "move_layer")
LETTERS = (*LAYERS, "start_over", "toggle_theme", "show_log", "leave")
"""Actions whose keys are letters, which a field takes for itself."""


class LayerEditing(StudyScreen, inherit_bindings=False):
    """Takes the keys of the editor that change more than one key of the draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add_noise", "noise", id="layer.noise",
                tooltip="Put Gaussian noise behind the layer below the cursor"),
        Binding("a", "add_layer", "add", id="layer.add",
                tooltip="Add a layer behind the one below the cursor"),
        Binding("d", "copy_layer", "double", False, id="layer.copy", tooltip="Double the layer"),
        Binding("delete,minus", "remove_layer", "remove", id="layer.remove", key_display="del",
                tooltip="Take the layer out"),
        Binding("K,shift+up", "move_layer(-1)", "up", False, id="layer.up", key_display="K",
                tooltip="Move the layer up"),
        Binding("J,shift+down", "move_layer(1)", "down", False, id="layer.down", key_display="J",
                tooltip="Move the layer down"),
        Binding("o", "start_over", "start over", False, id="draft.over",
                tooltip="Throw the draft away and begin anew"),
    ]  # fmt: skip

    draft: Draft
    checked: CheckedText

    @property
    def part(self) -> str:
        """The part whose fields are shown."""
        raise NotImplementedError

    async def change(self, text: str, key: str = "", part: str = "") -> None:
        """Take over a text, and show another part of it if one is named."""
        raise NotImplementedError

    async def replace_draft(self, draft: Draft, part: str = "", anew: bool = True) -> None:
        """Show another draft and have it written down."""
        raise NotImplementedError

    async def take_typed(self) -> None:
        """Take over what was typed last, which may still be on its way."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the draft forbids, and hide what a field takes for itself."""
        if action in LETTERS and isinstance(self.focused, Input | TextArea):
            return False
        if self._permitted(action, parameters):
            return True
        return False if action in ("enter_part", "show_help_here") else None

    def _permitted(self, action: str, parameters: tuple[object, ...]) -> bool:
        match action:
            case "show_help_here":
                return isinstance(self.focused, Input | TextArea)
            case "enter_part":
                return isinstance(self.focused, Outline)
            case "run":
                return self.checked.experiment is not None and not self.lab.running
            case "save":
                return self.checked.experiment is not None
            case "add_layer" | "add_noise" | "toggle_text":
                return self.checked.table is not None
            case "copy_layer" | "remove_layer":
                return self._layer is not None
            case "move_layer":
                step = parameters[0] if parameters else 0
                return self._layer is not None and self._layer + int(str(step)) in range(
                    self._count
                )
            case "undo":
                return bool(self.draft.past)
            case "start_over":
                return self.draft.changed and bool(self.draft.initial)
            case _:
                return True

    @property
    def _layer(self) -> int | None:
        """The number of the layer below the cursor."""
        part, _, number = self.part.partition(".")
        return int(number) if part == "layers" else None

    @property
    def _count(self) -> int:
        table = self.checked.table or {}
        layers = table.get("layers")
        return len(layers) if isinstance(layers, list) else 0

    async def _order(self, order: list[Any], place: int) -> None:
        from hiss.library.drafting import with_layer_order

        place = min(place, len(order) - 1)
        part = f"layers.{place}" if order else "about"
        await self.change(with_layer_order(self.draft.text, order), part=part)

    async def _insert(self, layer: Any) -> None:
        """Put a layer behind the one below the cursor, or else before the output layer."""
        order = list[Any](range(self._count))
        place = max(0, self._count - 1) if self._layer is None else self._layer + 1
        await self._order([*order[:place], layer, *order[place:]], place)

    async def action_add_noise(self) -> None:
        """Put Gaussian noise behind the layer."""
        from hiss.keras_names.lookup import new_layer

        await self._insert(new_layer("GaussianNoise"))

    def action_add_layer(self) -> None:
        """Ask for a layer and add it."""
        from hiss.tui.screens.dialogs.layer import LayerScreen

        self.app.push_screen(LayerScreen(), self._add)

    async def _add(self, class_name: str | None) -> None:
        from hiss.keras_names.lookup import new_layer

        if class_name is not None:
            await self._insert(new_layer(class_name))

    async def action_copy_layer(self) -> None:
        """Double the layer."""
        await self._insert(self._layer)

    async def action_remove_layer(self) -> None:
        """Take the layer out."""
        place = self._layer
        if place is not None:
            await self._order([n for n in range(self._count) if n != place], place)

    async def action_move_layer(self, step: int) -> None:
        """Move the layer up or down."""
        place, order = self._layer, list[Any](range(self._count))
        if place is not None:
            order.insert(place + step, order.pop(place))
            await self._order(order, place + step)

    async def action_run(self) -> None:
        """Train the draft, and go to where its curves are drawn."""
        await self.take_typed()
        experiment = self.checked.experiment
        if experiment is not None:
            self.console.list_experiments((experiment,))
            self.app.pop_screen()
            self.train((experiment,))

    async def action_save(self) -> None:
        """Ask for a name and save the draft under it."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_save

        await self.take_typed()
        if self.checked.experiment is None:
            return
        ask_to_save(
            self.console, self.draft.text, suggested(self.lab, self.draft.origin), self._saved
        )

    async def _saved(self, name: str) -> None:
        """Go on with the saved preset."""
        drafts.forget(self.draft.origin)
        self.lab = transitions.drafts_kept(self.lab, drafts.kept())
        await self.replace_draft(Draft(name, self.draft.text, self.draft.text))
        self.query_one("#hint", Static).update(f"Saved as {name}.")

    def action_start_over(self) -> None:
        """Throw the draft away once that is confirmed."""
        from hiss.tui.screens.dialogs.notice import ConfirmScreen

        anew = Draft(self.draft.origin, self.draft.initial, self.draft.initial)
        question = ConfirmScreen(f"The draft of {self.draft.origin} has changes.", "drop them all")
        self.app.push_screen(question, partial(self._started_over, anew))

    async def _started_over(self, anew: Draft, sure: bool | None) -> None:
        if sure:
            await self.replace_draft(anew, "about")


def suggested(lab: Lab, origin: str) -> str:
    """Return the name under which a draft might be saved."""
    return origin if origin in lab.user_presets else f"mine/{origin.rpartition('/')[2]}"
