"""The columns of a table, each with what it is for and its first values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hiss.errors import EngineError
from hiss.tui.state.choices import Choice, role

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Column, Proposal
    from hiss.experiment.spec import Experiment

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


WAYS = {
    "--drop": "d leaves a column out",
    "--one-hot": "h takes it one-hot",
    "--task": "p switches the task",
    "--target": "space takes another target",
}
"""The keys that stand for the command's options."""


class TableLook(Vertical):
    """Shows a table, a preset, or why a file is neither."""

    proposal: Proposal | None = None
    experiment: Experiment | None = None

    def compose(self) -> ComposeResult:
        """Lay out what is said, and what is wrong, above the columns."""
        yield Static(id="about", markup=False)
        yield Static(id="problems", markup=False)
        yield Static(id="columns-head", markup=False)
        yield ColumnList()

    def on_mount(self) -> None:
        """Begin with nothing."""
        self.say("Go to a file.")

    @property
    def sound(self) -> bool:
        """Whether experiments can be made of it."""
        return self.experiment is not None or (
            self.proposal is not None and not self.proposal.problems
        )

    @property
    def target(self) -> str:
        """The column that is predicted."""
        return self.proposal.target if self.proposal is not None else ""

    @property
    def ways(self) -> str:
        """By which keys what is wrong can be mended."""
        hints = " ".join(hint for _, hint in (self.proposal.problems if self.proposal else ()))
        ways = {hints.index(flag): way for flag, way in WAYS.items() if flag in hints}
        return " · ".join(way for _, way in sorted(ways.items()))

    def say(self, text: str) -> None:
        """Say something in the place of what a file holds."""
        self.proposal = self.experiment = None
        self._lay_out(text, "")

    def show(self, choice: Choice, found: Proposal | Experiment | EngineError) -> None:
        """Show what a file holds, or say why that cannot be."""
        from hiss.experiment.spec import Experiment

        if isinstance(found, EngineError):
            kept = self.proposal if choice.target or choice.drop or choice.one_hot else None
            self.proposal, self.experiment = kept, None
            self._lay_out("" if kept is None else about(kept), "\n".join(_told(found)))
        elif isinstance(found, Experiment):
            from hiss.experiment.diagram import diagram

            self.proposal, self.experiment = None, found
            self._lay_out(f"A preset: {found.title}\n{diagram(found)}", "")
        else:
            self.proposal, self.experiment = found, None
            self._lay_out(about(found), "\n".join(_problems(found)))
            self.query_one("#columns-head", Static).update(head(found))
            self.query_one(ColumnList).show(choice, found)

    def _lay_out(self, said: str, problems: str) -> None:
        self.query_one("#about", Static).update(said)
        self.query_one("#about").display = bool(said)
        self.query_one("#problems", Static).update(problems)
        self.query_one("#problems").display = bool(problems)
        self.set_class(self.proposal is not None, "-table")
        if self.proposal is None:
            self.query_one(ColumnList).clear_options()


def about(proposal: Proposal) -> str:
    """Say what a table holds and what would be learnt from it."""
    target = next(column for column in proposal.columns if column.name == proposal.target)
    kind = f"{target.distinct} classes" if proposal.predict == "classification" else "a quantity"
    lines = (
        f"{proposal.path.name}: {proposal.rows:,} rows, {len(proposal.columns):,} columns",
        f"predict {proposal.target}: {proposal.predict}, {kind}",
        *proposal.notes,
    )
    return "\n".join(lines)


def _problems(proposal: Proposal) -> Iterator[str]:
    for text, hint in proposal.problems:
        yield text if not hint or "--" in hint else f"{text} {hint}"


def _told(error: EngineError) -> Iterator[str]:
    yield error.message
    if error.hint and "--" not in error.hint:
        yield error.hint
