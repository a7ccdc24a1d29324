"""The screen on which a preset is changed, as a form or as its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea

from hiss.experiment.advice import advice
from hiss.experiment.diagram import diagram
from hiss.library.drafting import CheckedText, check_text, with_known_arguments, with_value
from hiss.library.fields import fields_of
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.mixins.layer_editing import LayerEditing
from hiss.tui.state import drafts, transitions
from hiss.tui.state.drafts import Draft
from hiss.tui.widgets.form import Form
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.lines import AutoHeightText
from hiss.tui.widgets.outline import Outline
from hiss.tui.widgets.readout import told

if TYPE_CHECKING:
    from hiss.library.fields import Field

PAUSE = 0.3
"""Seconds after the last change until a draft is written down."""


class EditorScreen(LayerEditing, inherit_bindings=False):
    """Shows a draft, what is wrong with it, and the network that it describes."""

    NAME = "lab"
    CSS_PATH = "editor.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter_part", "fields", priority=True, id="field.enter",
                tooltip="Go to the fields of the part"),
        Binding("escape", "back", "back", priority=True, id="draft.back",
                tooltip="Go back; what is not saved stays a draft"),
        Binding("ctrl+r", "run", "run", id="draft.run",
                tooltip="Train the draft without saving it"),
        Binding("ctrl+s", "save", "save", id="draft.save",
                tooltip="Save as a preset of your own"),
        Binding("ctrl+t", "toggle_text", "TOML", id="draft.text",
                tooltip="Switch between the form and the TOML text"),
        *LayerEditing.BINDINGS,
        Binding("ctrl+z", "undo", "undo", id="draft.undo", tooltip="Take back the latest change"),
        *ConsoleScreen.ALWAYS,
        Binding("f1", "show_help_here", "help", id="draft.help", tooltip="Show all keys"),
    ]  # fmt: skip

    _part = "about"
    _field: Field | None = None
    _writing: Timer | None = None

    def __init__(self, draft: Draft) -> None:
        """Take a draft to go on with."""
        super().__init__()
        self.draft, self.checked = draft, check_text(draft.text, draft.name)
        self._sound = check_text(draft.initial, draft.name).experiment

    def compose(self) -> ComposeResult:
        """Lay out the parts beside the fields of one of them."""
        yield Static(id="title")
        yield Static(id="network", markup=False)
        yield AutoHeightText(id="advice")
        with Horizontal(id="panes"):
            yield Outline()
            yield Form()
            yield TextArea(self.draft.text, id="source", show_line_numbers=False, compact=True)
        yield Static(id="hint", markup=False)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the draft, as text if it cannot be shown otherwise."""
        self.set_class(self.checked.table is None, "-text")
        self.watch(self.app, "lab", self.refresh_bindings, init=False)
        await self.follow()
        self.query_one("#source" if self.as_text else Outline).focus()

    def on_unmount(self) -> None:
        """Write down what has not been written yet."""
        if self._writing is not None:
            self._keep()

    @property
    def as_text(self) -> bool:
        """Whether the text is shown instead of the form."""
        return self.has_class("-text")

    @property
    def part(self) -> str:
        """The part whose fields are shown."""
        return self._part

    async def change(self, text: str, key: str = "", part: str = "") -> None:
        """Take over a text, and show another part of it if one is named."""
        if text != self.draft.text:
            await self.replace_draft(drafts.edited(self.draft, text, key), part, anew=not key)

    async def take_typed(self) -> None:
        """Take over what was typed last, which may still be on its way."""
        row = self.query_one(Form).current
        if row is not None and row.typed is not None:
            key, value = row.typed
            await self.change(with_value(self.draft.text, key, value), key)
        elif self.as_text:
            await self.change(self.query_one("#source", TextArea).text, "text")

    async def replace_draft(self, draft: Draft, part: str = "", anew: bool = True) -> None:
        """Show another draft and have it written down."""
        self.draft, self._part = draft, part or self._part
        await self.follow(anew)
        if self._writing is not None:
            self._writing.stop()
        self._writing = self.set_timer(PAUSE, self._keep)

    async def follow(self, anew: bool = True) -> None:
        """Show the draft as it is now."""
        self.checked = check_text(self.draft.text, self.draft.name)
        table, problems = self.checked.table, self.checked.problems
        source = self.query_one("#source", TextArea)
        if source.text != self.draft.text and not source.has_focus:
            source.text = self.draft.text
        if table is not None and not self.as_text:
            self.query_one(Outline).show(table, problems, self._part)
            self._part = self.query_one(Outline).part
            await self.query_one(Form).show(fields_of(table, self._part), problems, anew)
        self._say()
        self.refresh_bindings()

    def _say(self) -> None:
        origin = f" edit {self.draft.origin}{' *' if self.draft.changed else ''}"
        self.query_one("#title", Static).update(f"[bold reverse] hiss [/]{origin}")
        self._sound = self.checked.experiment or self._sound
        network = self.query_one("#network", Static)
        network.update(diagram(self._sound) if self._sound else "")
        network.set_class(self.checked.experiment is None, "-old")
        odd = told(advice(self.checked.experiment)) if self.checked.experiment else ""
        self.query_one(AutoHeightText).say(Text(odd))
        hint = self.query_one("#hint", Static)
        hint.update(said(self.draft, self.checked, self._field))
        hint.set_class(bool(self.checked.problems) and self._field is None, "-problem")

    def _keep(self) -> None:
        from hiss.tui.screens.dialogs.notice import ProblemScreen

        self._writing = None
        try:
            drafts.keep(self.draft)
        except OSError as error:
            message = f"The draft cannot be kept: {error.strerror}."
            self.app.push_screen(ProblemScreen(message, "Save it before you leave."))
        self.lab = transitions.drafts_kept(self.lab, drafts.kept())

    @on(OptionList.OptionHighlighted)
    async def show_part(self, event: OptionList.OptionHighlighted) -> None:
        """Show the fields of the part below the cursor."""
        if event.option_id == self.query_one(Outline).part:
            await self._show_part(event.option_id)

    @on(OptionList.OptionSelected)
    async def enter_clicked(self) -> None:
        """Go to the fields of the part that was clicked."""
        await self.action_enter_part()

    async def _show_part(self, part: str) -> None:
        if part != self._part and self.checked.table is not None:
            self._part = part
            fields = fields_of(self.checked.table, part)
            await self.query_one(Form).show(fields, self.checked.problems)
            self.refresh_bindings()

    async def action_enter_part(self) -> None:
        """Go to the fields of the part below the cursor."""
        await self._show_part(self.query_one(Outline).part)
        self.add_class("-fields")
        await self.query_one(Form).enter()

    @on(Form.Edited)
    async def change_key(self, event: Form.Edited) -> None:
        """Give a key another value."""
        await self.change(with_value(self.draft.text, event.key, event.value), event.key)

    @on(Form.Entered)
    def explain(self, event: Form.Entered) -> None:
        """Say what the field below the cursor expects."""
        self._field = event.field
        self._say()
        self.refresh_bindings()

    @on(Form.Left)
    async def settle(self, event: Form.Left) -> None:
        """Fit the arguments to a name that is complete."""
        if event.field.label in ("class_name", "name") and self.draft.touched == event.field.key:
            place = event.field.key.rpartition(".")[0]
            await self.change(with_known_arguments(self.draft.text, place), event.field.key)

    @on(TextArea.Changed)
    async def change_text(self, event: TextArea.Changed) -> None:
        """Take over what is typed as text."""
        if self.as_text:
            await self.change(event.text_area.text, "text")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the pane that is worked in, where only one is shown."""
        self.set_class(isinstance(event.widget, Input), "-fields")
        self.refresh_bindings()

    async def action_toggle_text(self) -> None:
        """Show the text instead of the form, or the form again."""
        self.toggle_class("-text")
        self._field = None
        self.query_one("#source" if self.as_text else Outline).focus()
        await self.follow()

    async def action_undo(self) -> None:
        """Take back the latest change."""
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


def said(draft: Draft, checked: CheckedText, field: Field | None) -> str:
    """Return what helps most now: what a field expects, what is wrong, or what can be done."""
    if field is not None and (field.wanted or not field.known):
        wanted = field.wanted or "nothing: there is no such key; empty it"
        completes = " · → completes a name" if field.choices else ""
        return f"{field.label}: {wanted}{completes}"
    if checked.problems:
        key, text = next(iter(checked.problems.items()))
        count = len(checked.problems)
        more = f" (and {count - 1} more)" if count > 1 else ""
        return f"{key}{text}{more}"
    return "Not saved; kept as a draft." if draft.changed else "No mistakes found."
