"""A form: one line for each key of a part of a preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

if TYPE_CHECKING:
    from engine.fields import Field


class FieldRow(Vertical):
    """A key, what is typed for it, and below it what is wrong with that."""

    def __init__(self, field: Field) -> None:
        """Take the key and what it holds now."""
        super().__init__()
        self.field = field

    def compose(self) -> ComposeResult:
        """Lay out the key beside its text."""
        suggester = SuggestFromList(self.field.choices, case_sensitive=False)
        with Horizontal():
            yield Label(self.field.label, markup=False)
            yield Input(
                shown(self.field),
                placeholder=_placeholder(self.field),
                suggester=suggester if self.field.choices else None,
                select_on_focus=False,
                compact=True,
            )
        yield Static(classes="problem", markup=False)

    @property
    def input(self) -> Input:
        """Where the text is typed."""
        return self.query_one(Input)

    def take(self, field: Field, anew: bool = False) -> None:
        """Show what the key holds now; what is being typed here stays unless shown `anew`."""
        self.field = field
        if (anew or not self.input.has_focus) and self.input.value != shown(field):
            self.input.value = shown(field)

    def complain(self, problem: str) -> None:
        """Say what is wrong; nothing where nothing is."""
        line = self.query_one(".problem", Static)
        line.update(problem.removeprefix(":").strip())
        line.display = bool(problem)


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Shows the fields of one part, and tells what is typed into them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "up", show=False, id="field.up", tooltip="Go to the field above"),
        Binding("down", "step(1)", "down", show=False, id="field.down",
                tooltip="Go to the field below"),
    ]  # fmt: skip

    class Edited(Message):
        """Something was typed for a key; None where nothing is left."""

        def __init__(self, key: str, value: Any) -> None:
            """Carry the key and its value."""
            super().__init__()
            self.key, self.value = key, value

    class Entered(Message):
        """The cursor is in a field, or no longer in any."""

        def __init__(self, field: Field | None) -> None:
            """Carry the field."""
            super().__init__()
            self.field = field

    class Left(Message):
        """A field is complete: enter was pressed, or another was gone to."""

        def __init__(self, field: Field) -> None:
            """Carry the field."""
            super().__init__()
            self.field = field

    async def show(
        self, fields: Sequence[Field], problems: Mapping[str, str], anew: bool = False
    ) -> None:
        """Show these fields; lines that stay keep their cursor."""
        wanted = {field.key for field in fields}
        await self.remove_children([one for one in self.rows if one.field.key not in wanted])
        rows = {row.field.key: row for row in self.rows}
        for field in fields:
            if field.key in rows:
                rows[field.key].take(field, anew)
        await self._mount_missing(fields)
        for row in self.rows:
            row.complain(problem_of(row.field, problems))

    async def _mount_missing(self, fields: Sequence[Field]) -> None:
        """Put in the lines that are not there yet, all at once where there are none at all."""
        present = {row.field.key for row in self.rows}
        if not present:
            await self.mount_all(map(FieldRow, fields))
            return
        for place, field in enumerate(fields):
            if field.key not in present:
                at_end = place >= len(self.children)
                await self.mount(FieldRow(field), before=None if at_end else place)

    @property
    def rows(self) -> list[FieldRow]:
        """The lines in their order."""
        return list(self.query(FieldRow))

    def enter(self, key: str = "") -> None:
        """Put the cursor into a field, or into the first."""
        rows = self.rows
        named = [row for row in rows if row.field.key == key]
        for row in (named or rows)[:1]:
            self.screen.set_focus(row.input)  # at once: the next key may be waiting

    @property
    def current(self) -> Field | None:
        """The field that the cursor is in."""
        return next((row.field for row in self.rows if row.input.has_focus), None)

    def action_step(self, step: int) -> None:
        """Go to a neighbouring field."""
        rows = self.rows
        places = [place for place, row in enumerate(rows) if row.input.has_focus]
        if places:
            rows[max(0, min(len(rows) - 1, places[0] + step))].input.focus()

    @on(Input.Changed)
    def tell_edited(self, event: Input.Changed) -> None:
        """Say what a key is to be."""
        event.stop()
        field = _field_of(event.input)
        if field is not None and event.value != shown(field):
            self.post_message(self.Edited(field.key, value_typed(field, event.value)))

    @on(Input.Submitted)
    def tell_submitted(self, event: Input.Submitted) -> None:
        """Say that a field is complete, and go to the next."""
        event.stop()
        self.action_step(1)

    @on(Input.Blurred)
    def tell_left(self, event: Input.Blurred) -> None:
        """Say that a field is complete."""
        event.stop()
        if (field := _field_of(event.input)) is not None:
            self.post_message(self.Left(field))

    def on_descendant_focus(self) -> None:
        """Say which field the cursor is in."""
        self.post_message(self.Entered(self.current))

    def on_descendant_blur(self) -> None:
        """Say that the cursor has left."""
        self.post_message(self.Entered(self.current))


def shown(field: Field) -> str:
    """Return a field's value as one line of text."""
    from engine.drafting import text_of

    return text_of(field.value, field.verbatim).replace("\n", " ")


def value_typed(field: Field, text: str) -> Any:
    """Return the value that a text stands for in a field; None for no text."""
    from engine.notation import value_of

    if not text.strip():
        return None
    return text if field.verbatim else value_of(text.strip())


def problem_of(field: Field, problems: Mapping[str, str]) -> str:
    """Return what is wrong with a field or inside the table that it holds."""
    if field.key in problems:
        return problems[field.key]
    inside = (
        f"{key.removeprefix(field.key + '.')}{text}"
        for key, text in problems.items()
        if key.startswith(f"{field.key}.") and isinstance(field.value, dict | list)
    )
    return next(inside, "")


def _placeholder(field: Field) -> str:
    if field.default in (None, ""):
        return field.wanted
    from engine.drafting import text_of

    return f"default {text_of(field.default)}"


def _field_of(field_input: Input) -> Field | None:
    row = next((one for one in field_input.ancestors if isinstance(one, FieldRow)), None)
    return row.field if row else None
