"""The columns of a table, each with what it is for and its first values."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.choices import Choice, role

if TYPE_CHECKING:
    from engine.own_data import Column, Proposal

LONGEST = 20
"""Cells of a column's name."""


class ColumnList(OptionList, inherit_bindings=False):
    """Lists a table's columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "up", show=False, id="list.up", tooltip="Move up"),
        Binding("down", "cursor_down", "down", show=False, id="list.down", tooltip="Move down"),
        Binding("home", "first", "first", show=False, id="list.first", tooltip="Go to the first"),
        Binding("end", "last", "last", show=False, id="list.last", tooltip="Go to the last"),
        Binding("pageup", "page_up", "page up", show=False, id="list.page_up",
                tooltip="Move up a page"),
        Binding("pagedown", "page_down", "page down", show=False, id="list.page_down",
                tooltip="Move down a page"),
    ]  # fmt: skip

    names: tuple[str, ...] = ()

    @property
    def column(self) -> str | None:
        """The name of the column below the cursor."""
        return None if self.highlighted is None else self.names[self.highlighted]

    def show(self, choice: Choice, proposal: Proposal) -> None:
        """List the columns of a table, with the cursor where it was, or else on the target."""
        before = self.column
        self.names = tuple(column.name for column in proposal.columns)
        first = tuple(zip(*proposal.preview, strict=True)) or ((),) * len(self.names)
        form = _form(proposal)
        self.set_options(
            Option(form.line(role(choice, proposal, column.name), column, values))
            for column, values in zip(proposal.columns, first, strict=True)
        )
        at = before if before in self.names else proposal.target
        self.highlighted = self.names.index(at)
        self.call_after_refresh(self.scroll_to_highlight)


def head(proposal: Proposal) -> str:
    """Return the line that says what stands where in the lines of the columns."""
    form = _form(proposal)
    gaps = f" {'missing':>7}" if form.gaps else ""
    return f"{'use':8} {'column':{form.width}}  kind   differ{gaps}  values"


class _Form(NamedTuple):
    """How the lines of a table's columns are laid out."""

    width: int
    """Cells of the names."""
    gaps: bool
    """Whether anything is missing anywhere."""

    def line(self, role: str, column: Column, values: tuple[str, ...]) -> Text:
        """Write one column as a line."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{role:8} ", style="bold")
        name = Text(column.name, style="dim" if role == "left out" else "")
        name.truncate(self.width, overflow="ellipsis", pad=True)
        line.append_text(name)
        line.append(f"  {column.kind:6} {column.distinct:>6,}")
        if self.gaps:
            line.append(f" {column.missing:>7,}" if column.missing else f"{'–':>8}", style="dim")
        return line.append(f"  {', '.join(values)}", style="dim")


def _form(proposal: Proposal) -> _Form:
    longest = max(cell_len(column.name) for column in proposal.columns)
    gaps = any(column.missing for column in proposal.columns)
    return _Form(max(len("column"), min(LONGEST, longest)), gaps)
