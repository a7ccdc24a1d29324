"""One line of a form: a key, what is typed for it, and what is wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from engine.fields import Field


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
    from engine.drafting import text_of

    return text_of(field.value, field.verbatim).replace("\n", " ")


def value_typed(field: Field, text: str) -> Any:
    """Return the value that a text stands for in a field; None for no text."""
    from engine.notation import value_of

    if not text.strip():
        return None
    return text if field.verbatim else value_of(text.strip())


def _placeholder(field: Field) -> str:
    if field.default in (None, ""):
        return field.wanted
    from engine.drafting import text_of

    return f"default {text_of(field.default)}"
