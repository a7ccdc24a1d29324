"""The keys that edit, open, export, copy, rename and delete presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.study import READING, UNREADABLE, StudyScreen
from hiss.tui.state import drafts, models, transitions
from hiss.tui.state.drafts import Draft

if TYPE_CHECKING:
    from hiss.errors import PresetError


class PresetScreen(StudyScreen, inherit_bindings=False):
    """Has the keys that open the screens and dialogs about one preset."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="preset.edit",
                tooltip="Edit the preset: data, layers, noise, training"),
        Binding("o", "open_file", "open", id="preset.open",
                tooltip="Open a table, a model or a preset file"),
        Binding("y", "take", "export", id="preset.take",
                tooltip="Export the preset as a Keras script or as TOML"),
        Binding("d", "duplicate", "copy", False, id="preset.copy",
                tooltip="Save a copy as a preset of your own"),
        Binding("R", "rename", "rename", False, id="preset.rename",
                tooltip="Rename a preset of your own"),
        Binding("D,delete", "delete", "delete", False, id="preset.delete", key_display="D",
                tooltip="Delete a preset of your own"),
    ]  # fmt: skip

    def on_mount(self) -> None:
        """Look for drafts once the presets have been read."""
        self.watch(self.app, "lab", self._find_drafts)

    def _find_drafts(self) -> None:
        if self.lab.read and self.lab.drafts is None:
            names = drafts.kept()
            self.lab = replace(self.lab, drafts=names)
            self._list_drafts_without_preset(names)

    def _list_drafts_without_preset(self, names: frozenset[str]) -> None:
        from hiss.library.drafting import check_text

        listed = {one.name for one in self.lab.experiments}
        found = [check_text(drafts.recall(name) or "", name) for name in sorted(names - listed)]
        experiments = tuple(each.experiment for each in found if each.experiment is not None)
        self.console.list_experiments(experiments, follow=False)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        lab, name = self.lab, self.lab.highlighted
        match action:
            case "edit" | "take" | "duplicate" | "rename" | "delete" if not name:
                return READING
            case "take" | "duplicate" | "rename" | "delete" if lab.experiment is None:
                return UNREADABLE
            case "duplicate" if lab.experiment is not None and lab.experiment.model is not None:
                return f"{name} is a model of your own, which a preset does not hold."
            case "rename" if name not in lab.user_presets:
                return f"{name} is no preset of your own: d saves a copy of it as one."
            case "delete" if not transitions.belongs_to_user(lab, name):
                return f"{name} comes with hiss and stays."
            case _:
                return super().refusal(action, parameters)

    def action_edit(self) -> None:
        """Edit the preset, or its draft if there is one; of a model, its noise and its data."""
        from hiss.library.user_presets import source

        if (choice := models.choice_of(self.lab.opened, self.lab.highlighted)) is not None:
            from hiss.tui.screens.user_model import ModelScreen

            path, model = models.split(choice.reference)
            self.app.push_screen(ModelScreen(Path(path), model, choice))
            return
        if self.lab.highlighted in self.lab.broken:
            self._edit_broken(self.lab.broken[self.lab.highlighted])
            return
        name = drafts.origin_of(self.lab.highlighted)
        experiment = next((one for one in self.lab.experiments if one.name == name), None)
        self.edit(name, "" if experiment is None else source(experiment))

    def _edit_broken(self, error: PresetError) -> None:
        """Open the editor on the text of a file that holds no valid preset."""
        from hiss.library.presets import user_presets

        path = error.message.partition(": ")[0]
        names = [name for name, file in user_presets() if str(file) == path]
        try:
            self.edit(names[0], Path(path).read_text(encoding="utf-8"))
        except (IndexError, OSError, UnicodeDecodeError):
            self.say(f"{error.message} {error.hint}".strip())

    def edit(self, name: str, initial: str = "") -> None:
        """Open the editor on the draft of a preset, else on the text `initial`."""
        from hiss.tui.screens.editor import EditorScreen

        text = drafts.recall(name)
        self.app.push_screen(EditorScreen(Draft(name, initial, initial if text is None else text)))

    def action_open_file(self) -> None:
        """Open the files screen."""
        from hiss.tui.screens.files import FilesScreen

        self.app.push_screen(FilesScreen())

    def action_take(self) -> None:
        """Open the screen that exports the preset."""
        if self.lab.experiment is not None:
            from hiss.tui.screens.take import TakeScreen

            self.app.push_screen(TakeScreen(self.lab.experiment))

    def action_duplicate(self) -> None:
        """Save a copy as a preset of the user's."""
        if self.lab.experiment is not None:
            from hiss.tui.screens.dialogs.preset_files import ask_to_duplicate

            ask_to_duplicate(self.console, self.lab.experiment)

    def action_rename(self) -> None:
        """Rename a preset of the user's."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_rename

        ask_to_rename(self.console, self.lab.highlighted)

    def action_delete(self) -> None:
        """Delete a preset of the user's."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_delete

        ask_to_delete(self.console, self.lab.highlighted)

    def draft_commands(self) -> dict[str, Callable[[], None]]:
        """Return the commands that edit drafts whose presets are missing."""
        listed = {one.name for one in self.lab.experiments}
        missing = sorted((self.lab.drafts or frozenset()) - listed)
        return {f"draft: Edit {name}": partial(self.edit, name) for name in missing}
