"""One line of a form: a key, what is typed for it, and what is wrong with that."""

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
    """A key; where it is cut off, its end stays, which tells it from its neighbours."""

    def __init__(self, key: str) -> None:
        """Take the key."""
        super().__init__()
        self._key = key

    def render(self) -> str:
        """Draw as much of the key as there is room for, and a gap."""
        return ending(self._key, self.size.width - 1)


class FieldRow(Vertical):
    """A key, what is typed for it, and below it what is wrong with that."""

    def __init__(self, field: Field) -> None:
        """Take the key and what it holds now."""
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
        """Lay out the key beside its text."""
        with Horizontal():
            yield FieldLabel(self.field.label)
            yield self.input
        yield self._problem

    @property
    def typed(self) -> tuple[str, Any] | None:
        """The key and what it is to be, where that is not what it holds."""
        if self.input.value == shown(self.field):
            return None
        return self.field.key, value_typed(self.field, self.input.value)

    def take(self, field: Field, anew: bool = False) -> None:
        """Show what the key holds now; what is being typed here stays unless shown `anew`."""
        self.field = field
        if (anew or not self.input.has_focus) and self.input.value != shown(field):
            self.input.value = shown(field)

    def complain(self, problem: str) -> None:
        """Say what is wrong; nothing where nothing is."""
        self._problem.update(problem.removeprefix(":").strip())
        self._problem.display = bool(problem)


def ending(text: str, width: int) -> str:
    """Cut a text off at its beginning to fit into so many cells."""
    return text if len(text) <= width else f"…{text[len(text) - width + 1 :]}"


def shown(field: Field) -> str:
    """Return a field's value as one line of text."""
    from hiss.library.drafting import format_value

    return format_value(field.value, field.verbatim).replace("\n", " ")


def value_typed(field: Field, text: str) -> Any:
    """Return the value that a text stands for in a field; None for no text."""
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
    """Shows the fields of one part, and tells what is typed into them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "up", False, priority=True, id="field.up",
                tooltip="Go to the field above"),
        Binding("down,enter", "step(1)", "down", False, priority=True, id="field.down",
                tooltip="Go to the field below"),
    ]  # fmt: skip
    """Carried out at once: what is typed next goes into the next field."""

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

    def __init__(self) -> None:
        """Begin without fields."""
        super().__init__()
        self._changing = asyncio.Lock()

    async def show(
        self, fields: Sequence[Field], problems: Mapping[str, str], anew: bool = False
    ) -> None:
        """Show these fields; lines that stay keep their cursor."""
        async with self._changing:
            await self._show(fields, problems, anew)

    async def _show(self, fields: Sequence[Field], problems: Mapping[str, str], anew: bool) -> None:
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

    async def enter(self) -> None:
        """Put the cursor into the first field, once there are fields."""
        async with self._changing:
            for row in self.rows[:1]:
                self.screen.set_focus(row.input)  # at once: the next key may be waiting

    @property
    def current(self) -> FieldRow | None:
        """The line that the cursor is in."""
        return next((row for row in self.rows if row.input is self.screen.focused), None)

    def action_step(self, step: int) -> None:
        """Go to a neighbouring field."""
        rows = self.rows
        if (current := self.current) is not None:
            place = max(0, min(len(rows) - 1, rows.index(current) + step))
            self.screen.set_focus(rows[place].input)

    @on(Input.Changed)
    def tell_edited(self, event: Input.Changed) -> None:
        """Say what a key is to be."""
        event.stop()
        if (row := _row_of(event.input)) is not None and row.typed is not None:
            self.post_message(self.Edited(*row.typed))

    @on(Input.Blurred)
    def tell_left(self, event: Input.Blurred) -> None:
        """Say that a field is complete."""
        event.stop()
        if (row := _row_of(event.input)) is not None:
            self.post_message(self.Left(row.field))

    def on_descendant_focus(self) -> None:
        """Say which field the cursor is in."""
        self._tell_entered()

    def on_descendant_blur(self) -> None:
        """Say that the cursor has left."""
        self._tell_entered()

    def _tell_entered(self) -> None:
        row = self.current
        self.post_message(self.Entered(row.field if row else None))


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


def _row_of(field_input: Input) -> FieldRow | None:
    return next((one for one in field_input.ancestors if isinstance(one, FieldRow)), None)
