"""What a file holds: the columns of a table, or the network of a preset."""

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

SHARE = 4
"""Of this number of lines, one may tell of a trap."""
LONGEST = 20
"""Cells of a column's name at most."""


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
        """The name of the column at the cursor."""
        return None if self.highlighted is None else self.names[self.highlighted]

    def show(self, choice: Choice, proposal: Proposal) -> None:
        """List the columns of a table, with the cursor on the same one, or else on the target."""
        before = self.column
        self.names = tuple(column.name for column in proposal.columns)
        first = tuple(zip(*proposal.preview, strict=True)) or ((),) * len(self.names)
        form = _form(proposal)
        self.set_options(
            Option(form.line(role(choice, proposal, column.name), column, values))
            for column, values in zip(proposal.columns, first, strict=True)
        )
        at = before if before in self.names else proposal.target
        self.highlighted = self.names.index(at) if at else 0
        self.call_after_refresh(self.scroll_to_highlight)


def head(proposal: Proposal) -> str:
    """Return the heading above the lines of the columns."""
    form = _form(proposal)
    gaps = f" {'missing':>7}" if form.gaps else ""
    return f"{'use':8} {'column':{form.width}}  kind   differ{gaps}  values"


class _Form(NamedTuple):
    """The layout of the lines of a table's columns."""

    width: int
    """Cells of the names."""
    gaps: bool
    """Whether any value is missing."""

    def line(self, role: str, column: Column, values: tuple[str, ...]) -> Text:
        """Return one column as a line."""
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


KEYS = {
    "--drop": "d leaves a column out",
    "--one-hot": "h encodes it one-hot",
    "--task": "p switches the task",
    "--target": "space chooses another target",
    "--decimal": "o sets decimal or thousands",
    "--header": "o sets header",
    "--na-values": "o sets na_values",
    "--missing": "o sets missing",
    "--duplicates": "o sets duplicates",
    "--group": "o sets group",
}
"""The keys that correspond to options of the command, which error messages name."""


class TableView(Vertical):
    """Shows a table, a preset, or why a file is neither."""

    proposal: Proposal | None = None
    experiment: Experiment | None = None
    error: EngineError | None = None

    def compose(self) -> ComposeResult:
        """Lay out the description and the problems above the columns."""
        yield Static(id="about", markup=False)
        yield Static(id="problems", markup=False)
        yield Static(id="traps", markup=False)
        yield Static(id="columns-head", markup=False)
        yield ColumnList()

    def on_mount(self) -> None:
        """Start without a file."""
        self.show_text("Go to a file.")

    @property
    def usable(self) -> bool:
        """Whether experiments can be made from the file."""
        return self.experiment is not None or (
            self.proposal is not None and not self.proposal.problems
        )

    @property
    def target(self) -> str:
        """The column that is predicted."""
        return self.proposal.target if self.proposal is not None else ""

    @property
    def remedies(self) -> str:
        """The keys that solve the problems, or else avoid the traps."""
        found = self.proposal.problems or self.proposal.traps if self.proposal else ()
        hints = self.error.hint if self.error else " ".join(hint for _, hint in found)
        keys = {hints.index(flag): key for flag, key in KEYS.items() if flag in hints}
        return " · ".join(key for _, key in sorted(keys.items()))

    @property
    def next_step(self) -> str:
        """What can be done with the file, and by which keys."""
        if self.usable:
            return " · ".join(filter(None, ("enter adds it to the presets", self.remedies)))
        return self.remedies or "change the file, then open it again"

    def show_text(self, text: str) -> None:
        """Show a text in place of a file's contents."""
        self.proposal = self.experiment = self.error = None
        self._lay_out(text, "")

    def show(self, choice: Choice, found: Proposal | Experiment | EngineError) -> None:
        """Show what a file holds, or why it cannot be read."""
        from hiss.experiment.spec import Experiment

        self.error = found if isinstance(found, EngineError) else None
        if isinstance(found, EngineError):
            is_changed = choice.target or choice.drop or choice.one_hot or choice.options
            kept = self.proposal if is_changed else None
            self.proposal, self.experiment = kept, None
            self._lay_out("" if kept is None else about(kept), "\n".join(_reason(found)))
        elif isinstance(found, Experiment):
            from hiss.experiment.diagram import diagram

            self.proposal, self.experiment = None, found
            self._lay_out(f"A preset: {found.title}\n{diagram(found)}", "")
        else:
            self.proposal, self.experiment = found, None
            self._lay_out(about(found), "\n".join(_problems(found)))
            self.query_one("#columns-head", Static).update(head(found))
            self.query_one(ColumnList).show(choice, found)

    def _lay_out(self, text: str, problems: str) -> None:
        self.query_one("#about", Static).update(text)
        self.query_one("#about").display = bool(text)
        self.query_one("#problems", Static).update(problems)
        self.query_one("#problems").display = bool(problems)
        self._show_traps()
        self.set_class(self.proposal is not None, "-table")
        if self.proposal is None:
            self.query_one(ColumnList).clear_options()

    def on_resize(self) -> None:
        """Show as many traps as there is room for."""
        self._show_traps()

    def _show_traps(self) -> None:
        found = self.proposal.traps if self.proposal is not None and self.error is None else ()
        lines = [f"! {text} {hint}" for text, hint in found]
        room = max(1, self.size.height // SHARE)
        if len(lines) > room:
            more = len(lines) - room + 1
            lines[room - 1 :] = [f"… {more} more: {'; '.join(text for text, _ in found[-more:])}"]
        self.query_one("#traps", Static).update("\n".join(lines))
        self.query_one("#traps").display = bool(lines)


def about(proposal: Proposal) -> str:
    """Return what a table holds and what would be predicted from it."""
    lines = (
        f"{proposal.path.name}: {proposal.rows:,} rows, {len(proposal.columns):,} columns",
        _predicted(proposal),
        *proposal.notes,
    )
    return "\n".join(lines)


def _predicted(proposal: Proposal) -> str:
    if proposal.predict == "reconstruct":
        return "reconstruct the features from noisy ones: an autoencoder"
    target = next(column for column in proposal.columns if column.name == proposal.target)
    kind = f"{target.distinct} classes" if proposal.predict == "classification" else "a quantity"
    return f"predict {proposal.target}: {proposal.predict}, {kind}"


def _problems(proposal: Proposal) -> Iterator[str]:
    for text, hint in proposal.problems:
        yield text if not hint or "--" in hint else f"{text} {hint}"


def _reason(error: EngineError) -> Iterator[str]:
    yield error.message
    if error.hint and "--" not in error.hint:
        yield error.hint
