"""The screen on which a preset is changed, as a form or as its text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea

from hiss.library.drafting import check_text, with_known_arguments, with_layer_order, with_value
from hiss.library.fields import fields_of
from hiss.tui.screens import editor_keys
from hiss.tui.screens.mixins.study import StudyScreen
from hiss.tui.state import drafts, transitions
from hiss.tui.state.drafts import Draft, LayerList
from hiss.tui.widgets.form import Form
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.outline import DraftHead, DraftHint, Outline

if TYPE_CHECKING:
    from hiss.library.fields import Field

PAUSE = 0.3
"""Seconds after the last change until a draft is written to disk."""


class EditorScreen(StudyScreen, inherit_bindings=False):
    """Shows a draft, the problems with it, and the network that it describes."""

    NAME = "lab"
    CSS_PATH = "editor.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = editor_keys.BINDINGS

    part = "about"
    """The part whose fields are shown."""
    _field: Field | None = None
    """The field that has the focus."""
    _writing: Timer | None = None

    def __init__(self, draft: Draft) -> None:
        """Take the draft to edit."""
        super().__init__()
        self.draft, self.checked = draft, check_text(draft.text, draft.name)

    def compose(self) -> ComposeResult:
        """Lay out the parts beside the fields of one of them."""
        yield DraftHead(check_text(self.draft.initial, self.draft.name).experiment)
        with Horizontal(id="panes"):
            yield Outline()
            yield Form()
            yield TextArea(self.draft.text, id="source", show_line_numbers=False, compact=True)
        yield DraftHint()
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the draft; as text if it is no TOML."""
        self.set_class(self.checked.table is None, "-text")
        self.watch(self.app, "lab", self.refresh_bindings, init=False)
        await self._show_draft()
        self.query_one("#source" if self.as_text else Outline).focus()

    def on_unmount(self) -> None:
        """Write what has not been written yet."""
        if self._writing is not None:
            self._write()

    @property
    def as_text(self) -> bool:
        """Whether the text is shown instead of the form."""
        return self.has_class("-text")

    @property
    def layer_list(self) -> LayerList:
        """The draft's layers, and the selected one."""
        return LayerList.of(self.checked.table or {}, self.part)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what the draft forbids, and hide the keys that an input takes for itself."""
        typing = isinstance(self.focused, Input | TextArea)
        match action:
            case "show_help_here":
                return typing
            case "enter_part":
                return isinstance(self.focused, Outline)
            case _ if typing and action in editor_keys.LETTERS:
                return False
        return super().check_action(action, parameters)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        step = int(str(parameters[0])) if action == "move_layer" and parameters else 0
        return editor_keys.refusal(action, step, self.draft, self.checked, self.layer_list)

    async def change(self, text: str, key: str = "", part: str = "") -> None:
        """Replace the text; undo joins successive changes of one key.

        Args:
            text: The new text.
            key: The key that was changed; empty if it was more than one.
            part: The part to show; empty for the present one.
        """
        if text != self.draft.text:
            draft = drafts.edited(self.draft, text, key)
            await self.replace_draft(draft, part, overwrite=not key)

    async def replace_draft(self, draft: Draft, part: str = "", overwrite: bool = True) -> None:
        """Show another draft and write it to disk after a pause."""
        self.draft, self.part = draft, part or self.part
        await self._show_draft(overwrite)
        if self._writing is not None:
            self._writing.stop()
        self._writing = self.set_timer(PAUSE, self._write)

    async def take_typed(self) -> None:
        """Apply what was typed last, whose message may not have arrived yet."""
        row = self.query_one(Form).current
        if row is not None and row.typed is not None:
            key, value = row.typed
            await self.change(with_value(self.draft.text, key, value), key)
        elif self.as_text:
            await self.change(self.query_one("#source", TextArea).text, "text")

    async def _show_draft(self, overwrite: bool = True) -> None:
        self.checked = check_text(self.draft.text, self.draft.name)
        table, problems = self.checked.table, self.checked.problems
        source = self.query_one("#source", TextArea)
        if source.text != self.draft.text and not source.has_focus:
            source.text = self.draft.text
        if table is not None and not self.as_text:
            self.query_one(Outline).show(table, problems, self.part)
            self.part = self.query_one(Outline).part
            await self.query_one(Form).show(fields_of(table, self.part), problems, overwrite)
        self.query_one(DraftHead).show(self.draft, self.checked)
        self._show_hint()

    def _show_hint(self) -> None:
        self.query_one(DraftHint).show(self.draft, self.checked, self._field)
        self.refresh_bindings()

    def _write(self) -> None:
        from hiss.tui.screens.dialogs.notice import ProblemDialog

        self._writing = None
        try:
            drafts.keep(self.draft)
        except OSError as error:
            message = f"The draft cannot be written: {error.strerror}."
            self.app.push_screen(ProblemDialog(message, "Save it as a preset before you quit."))
        self.lab = transitions.drafts_kept(self.lab, drafts.kept())

    @on(OptionList.OptionHighlighted)
    async def show_part(self, event: OptionList.OptionHighlighted) -> None:
        """Show the fields of the selected part."""
        if event.option_id == self.query_one(Outline).part:
            await self._show_part(event.option_id)

    @on(OptionList.OptionSelected)
    async def enter_clicked(self) -> None:
        """Go to the fields of the part that was clicked."""
        await self.action_enter_part()

    async def _show_part(self, part: str) -> None:
        if part != self.part and self.checked.table is not None:
            self.part = part
            fields = fields_of(self.checked.table, part)
            await self.query_one(Form).show(fields, self.checked.problems)
            self.refresh_bindings()

    async def action_enter_part(self) -> None:
        """Go to the fields of the selected part."""
        await self._show_part(self.query_one(Outline).part)
        self.add_class("-fields")
        await self.query_one(Form).enter()

    @on(Form.Edited)
    async def change_key(self, event: Form.Edited) -> None:
        """Change the value of a key."""
        await self.change(with_value(self.draft.text, event.key, event.value), event.key)

    @on(Form.Entered)
    def show_expected(self, event: Form.Entered) -> None:
        """Show what the focused field expects."""
        self._field = event.field
        self._show_hint()

    @on(Form.Left)
    async def fit_arguments(self, event: Form.Left) -> None:
        """Remove arguments that do not belong to a class or data set just named."""
        if event.field.label in ("class_name", "name") and self.draft.touched == event.field.key:
            place = event.field.key.rpartition(".")[0]
            await self.change(with_known_arguments(self.draft.text, place), event.field.key)

    @on(TextArea.Changed)
    async def change_text(self, event: TextArea.Changed) -> None:
        """Apply what is typed as text."""
        if self.as_text:
            await self.change(event.text_area.text, "text")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the pane in use, where only one is shown."""
        self.set_class(isinstance(event.widget, Input), "-fields")
        self.refresh_bindings()

    async def action_toggle_text(self) -> None:
        """Switch between the form and the text."""
        self.toggle_class("-text")
        self._field = None
        self.query_one("#source" if self.as_text else Outline).focus()
        await self._show_draft()

    async def action_undo(self) -> None:
        """Undo the latest change."""
        await self.replace_draft(drafts.undone(self.draft))

    def action_show_help_here(self) -> None:
        """Show all keys where `?` is a letter like any other."""
        self.action_show_help()

    def action_back(self) -> None:
        """Go from the fields to the parts, and from there back to where the editor was opened."""
        if isinstance(self.focused, Input):
            self.query_one(Outline).focus()
        else:
            self.app.pop_screen()

    async def action_add_noise(self) -> None:
        """Insert Gaussian noise after the selected layer."""
        await self._insert("GaussianNoise")

    def action_add_layer(self) -> None:
        """Ask for a layer and insert it."""
        from hiss.tui.screens.dialogs.choose import LayerDialog

        self.app.push_screen(LayerDialog(), self._insert)

    async def _insert(self, class_name: str | None) -> None:
        from hiss.keras_names.lookup import new_layer

        if class_name is not None:
            await self._reorder(*self.layer_list.inserted(new_layer(class_name)))

    async def action_copy_layer(self) -> None:
        """Duplicate the layer."""
        await self._reorder(*self.layer_list.copied())

    async def action_remove_layer(self) -> None:
        """Remove the layer."""
        await self._reorder(*self.layer_list.removed())

    async def action_move_layer(self, step: int) -> None:
        """Move the layer up or down."""
        await self._reorder(*self.layer_list.moved(step))

    async def _reorder(self, order: tuple[Any, ...], place: int) -> None:
        part = f"layers.{place}" if order else "about"
        await self.change(with_layer_order(self.draft.text, order), part=part)

    async def action_run(self) -> None:
        """Train the draft, and go to the screen that shows its curves."""
        await self.take_typed()
        experiment = drafts.unchanged(self.draft, self.lab.experiments) or self.checked.experiment
        if experiment is not None:
            self.console.list_experiments((experiment,))
            self.app.pop_screen()
            self.train((experiment,))

    async def action_save(self) -> None:
        """Ask for a name and save the draft under it."""
        from hiss.tui.screens.dialogs.preset_files import ask_to_save

        await self.take_typed()
        if self.checked.experiment is not None:
            name = drafts.suggested_name(self.draft.origin, self.lab.user_presets)
            ask_to_save(self.console, self.draft.text, name, self._edit_saved)

    async def _edit_saved(self, name: str) -> None:
        drafts.forget(self.draft.origin)
        self.lab = transitions.drafts_kept(self.lab, drafts.kept())
        await self.replace_draft(Draft(name, self.draft.text, self.draft.text))
        self.query_one("#hint", Static).update(f"Saved as {name}.")

    def action_start_over(self) -> None:
        """Discard the draft after confirmation."""
        from hiss.tui.screens.dialogs.notice import ConfirmDialog

        fresh = Draft(self.draft.origin, self.draft.initial, self.draft.initial)
        dialog = ConfirmDialog(f"The draft of {self.draft.origin} has changes.", "discard them")
        self.app.push_screen(dialog, partial(self._start_over, fresh))

    async def _start_over(self, fresh: Draft, sure: bool | None) -> None:
        if sure:
            await self.replace_draft(fresh, "about")
