"""The form: a line for every key of a part, with its value and its problem."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from hiss.library.fields import Field


class FieldLabel(Widget, can_focus=False):
    """A key, cut off at its beginning where it is too long: ends differ more."""

    def __init__(self, key: str) -> None:
        """Take the key."""
        super().__init__()
        self._key = key

    def render(self) -> str:
        """Return as much of the key as fits before a gap of one cell."""
        return ending(self._key, self.size.width - 1)


class FieldRow(Vertical):
    """A key beside its input, above the problem with its value."""

    def __init__(self, field: Field) -> None:
        """Take the key and its present value."""
        super().__init__()
        self.field = field
        suggester = SuggestFromList(field.choices, case_sensitive=False)
        self.input = Input(
            shown(field),
            placeholder=_placeholder(field),
            suggester=suggester if field.choices else None,
            select_on_focus=False,
            compact=True,
        )
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the key beside its input."""
        with Horizontal():
            yield FieldLabel(self.field.label)
            yield self.input
        yield self._problem

    @property
    def typed(self) -> tuple[str, Any] | None:
        """The key and the value typed, where that is not the present value."""
        if self.input.value == shown(self.field):
            return None
        return self.field.key, value_typed(self.field, self.input.value)

    def update_field(self, field: Field, overwrite: bool = False) -> None:
        """Show the present value; text in the focused input stays unless `overwrite` is set."""
        self.field = field
        if (overwrite or not self.input.has_focus) and self.input.value != shown(field):
            self.input.value = shown(field)

    def show_problem(self, problem: str) -> None:
        """Show the problem with the value; nothing if it is empty."""
        self._problem.update(problem.removeprefix(":").strip())
        self._problem.display = bool(problem)


def ending(text: str, width: int) -> str:
    """Return a text cut off at its beginning to `width` cells."""
    return text if len(text) <= width else f"…{text[len(text) - width + 1 :]}"


def shown(field: Field) -> str:
    """Return a field's value as one line of text."""
    from hiss.library.drafting import format_value

    return format_value(field.value, field.verbatim).replace("\n", " ")


def value_typed(field: Field, text: str) -> Any:
    """Return the value of a text typed into a field; None for no text."""
    from hiss.experiment.notation import parse_value

    if not text.strip():
        return None
    return text if field.verbatim else parse_value(text.strip())


def _placeholder(field: Field) -> str:
    if field.default in (None, ""):
        return field.wanted
    from hiss.library.drafting import format_value

    return f"default {format_value(field.default)}"


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Shows the fields of one part, and posts a message for every edit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "up", False, priority=True, id="field.up",
                tooltip="Go to the field above"),
        Binding("down,enter", "step(1)", "down", False, priority=True, id="field.down",
                tooltip="Go to the field below"),
    ]  # fmt: skip
    """With priority, so that the next letter typed goes into the next field."""

    class Edited(Message):
        """A key was given a value; None where its input is empty."""

        def __init__(self, key: str, value: Any) -> None:
            """Carry the key and its value."""
            super().__init__()
            self.key, self.value = key, value

    class Entered(Message):
        """A field has the focus; None where no field has it any more."""

        def __init__(self, field: Field | None) -> None:
            """Carry the field."""
            super().__init__()
            self.field = field

    class Left(Message):
        """A field has lost the focus: its value is complete."""

        def __init__(self, field: Field) -> None:
            """Carry the field."""
            super().__init__()
            self.field = field

    def __init__(self) -> None:
        """Start without fields."""
        super().__init__()
        self._changing = asyncio.Lock()

    async def show(
        self, fields: Sequence[Field], problems: Mapping[str, str], overwrite: bool = False
    ) -> None:
        """Show these fields; lines that stay keep their cursor."""
        async with self._changing:
            await self._show(fields, problems, overwrite)

    async def _show(
        self, fields: Sequence[Field], problems: Mapping[str, str], overwrite: bool
    ) -> None:
        keys = {field.key for field in fields}
        await self.remove_children([one for one in self.rows if one.field.key not in keys])
        rows = {row.field.key: row for row in self.rows}
        for field in fields:
            if field.key in rows:
                rows[field.key].update_field(field, overwrite)
        await self._mount_missing(fields)
        for row in self.rows:
            row.show_problem(problem_of(row.field, problems))

    async def _mount_missing(self, fields: Sequence[Field]) -> None:
        """Add the lines that are missing; all at once where all are."""
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
        """The lines in order."""
        return list(self.query(FieldRow))

    async def enter(self) -> None:
        """Focus the first field, once there are fields."""
        async with self._changing:
            for row in self.rows[:1]:
                self.screen.set_focus(row.input)  # at once: the next key may be waiting

    @property
    def current(self) -> FieldRow | None:
        """The line whose input has the focus."""
        return next((row for row in self.rows if row.input is self.screen.focused), None)

    def action_step(self, step: int) -> None:
        """Go to a neighbouring field."""
        rows = self.rows
        if (current := self.current) is not None:
            place = max(0, min(len(rows) - 1, rows.index(current) + step))
            self.screen.set_focus(rows[place].input)

    @on(Input.Changed)
    def post_edited(self, event: Input.Changed) -> None:
        """Post the value typed for a key."""
        event.stop()
        if (row := _row_of(event.input)) is not None and row.typed is not None:
            self.post_message(self.Edited(*row.typed))

    @on(Input.Blurred)
    def post_left(self, event: Input.Blurred) -> None:
        """Post that a field is complete."""
        event.stop()
        if (row := _row_of(event.input)) is not None:
            self.post_message(self.Left(row.field))

    def on_descendant_focus(self) -> None:
        """Post which field has the focus."""
        self._post_entered()

    def on_descendant_blur(self) -> None:
        """Post that no field has the focus, if so."""
        self._post_entered()

    def _post_entered(self) -> None:
        row = self.current
        self.post_message(self.Entered(row.field if row else None))


def problem_of(field: Field, problems: Mapping[str, str]) -> str:
    """Return the problem with a field, or the first one inside the table that it holds."""
    if field.key in problems:
        return problems[field.key]
    inside = (
        f"{key.removeprefix(field.key + '.')}{text}"
        for key, text in problems.items()
        if key.startswith(f"{field.key}.") and isinstance(field.value, dict | list)
    )
    return next(inside, "")


def _row_of(field_input: Input) -> FieldRow | None:
    return next((one for one in field_input.ancestors if isinstance(one, FieldRow)), None)
