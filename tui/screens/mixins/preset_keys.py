"""What is done with the presets themselves: edited, copied, renamed, deleted, brought, taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import drafts, transitions
from hiss.tui.state.drafts import Draft


class PresetScreen(StudyScreen, inherit_bindings=False):
    """Takes the keys that lead from a preset to the screens that change or hand it over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="preset.edit",
                tooltip="Edit the preset: data, layers, noise, training"),
        Binding("o", "open_file", "open", id="preset.open",
                tooltip="Open a table of your own, or a preset file"),
        Binding("y", "take", "take", id="preset.take",
                tooltip="Take the preset with you as a Keras script or as TOML"),
        Binding("d", "duplicate", "copy", False, id="preset.copy",
                tooltip="Save a copy of the preset as your own"),
        Binding("R", "rename", "rename", False, id="preset.rename",
                tooltip="Rename a preset of your own"),
        Binding("D,delete", "delete", "delete", False, id="preset.delete", key_display="D",
                tooltip="Delete a preset of your own"),
    ]  # fmt: skip

    def on_mount(self) -> None:
        """Wait for the presets, to see of which there are drafts."""
        self.watch(self.app, "lab", self._find_drafts)

    def _find_drafts(self) -> None:
        if self.lab.read and self.lab.drafts is None:
            names = drafts.kept()
            self.lab = replace(self.lab, drafts=names)
            self._list_orphans(names)

    def _list_orphans(self, names: frozenset[str]) -> None:
        """List what was edited and has no preset any more."""
        from hiss.library.drafting import check_text

        listed = {one.name for one in self.lab.experiments}
        found = [check_text(drafts.recall(name) or "", name) for name in sorted(names - listed)]
        orphans = tuple(each.experiment for each in found if each.experiment is not None)
        self.console.list_experiments(orphans, follow=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done with the preset below the cursor."""
        name = self.lab.highlighted
        match action:
            case "edit" | "take" | "duplicate":
                return True if name else None
            case "rename":
                return True if name in self.lab.user_presets else None
            case "delete":
                return True if name and transitions.belongs_to_user(self.lab, name) else None
            case _:
                return super().check_action(action, parameters)

    def action_edit(self) -> None:
        """Edit the preset, going on with its draft, or with the one that was run, if there is."""
        from hiss.library.user_presets import source

        name = drafts.origin_of(self.lab.highlighted)
        experiment = next((one for one in self.lab.experiments if one.name == name), None)
        self.edit(name, "" if experiment is None else source(experiment))

    def edit(self, name: str, initial: str = "") -> None:
        """Open the editor on a preset's text, or on what is left of it."""
        from hiss.tui.screens.editor import EditorScreen

        text = drafts.recall(name)
        self.app.push_screen(EditorScreen(Draft(name, initial, initial if text is None else text)))

    def action_open_file(self) -> None:
        """Look for a table."""
        from hiss.tui.screens.files import FilesScreen

        self.app.push_screen(FilesScreen())

    def action_take(self) -> None:
        """Hand the preset over."""
        if self.lab.experiment is not None:
            from hiss.tui.screens.take import TakeScreen

            self.app.push_screen(TakeScreen(self.lab.experiment))

    def action_duplicate(self) -> None:
        """Save a copy as an own preset."""
        if self.lab.experiment is not None:
            from hiss.tui.screens.dialogs.preset_files import ask_to_duplicate

            ask_to_duplicate(self.console, self.lab.experiment)

    def action_rename(self) -> None:
        """Rename an own preset."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_rename

        ask_to_rename(self.console, self.lab.highlighted)

    def action_delete(self) -> None:
        """Delete an own preset."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_delete

        ask_to_delete(self.console, self.lab.highlighted)

    def drafts_offered(self) -> dict[str, Callable[[], None]]:
        """Offer every draft in the command palette, also of presets that are gone."""
        listed = {one.name for one in self.lab.experiments}
        gone = sorted((self.lab.drafts or frozenset()) - listed)
        return {f"draft: Go on with {name}": partial(self.edit, name) for name in gone}
