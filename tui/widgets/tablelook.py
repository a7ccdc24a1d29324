"""What a file holds: its columns, what could be learnt from them, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from engine.errors import EngineError
from tui.choices import Choice
from tui.widgets.columns import ColumnList, head

if TYPE_CHECKING:
    from engine.own_data import Proposal
    from engine.spec import Experiment

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
        from engine.spec import Experiment

        if isinstance(found, EngineError):
            kept = self.proposal if choice.target or choice.drop or choice.one_hot else None
            self.proposal, self.experiment = kept, None
            self._lay_out("" if kept is None else about(kept), "\n".join(_told(found)))
        elif isinstance(found, Experiment):
            from engine.diagram import diagram

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


def preset_in(path: Path) -> Experiment:
    """Read a preset file, to be listed under a name of its own.

    Raises:
        PresetError: if it holds none.
    """
    from engine.presets import find

    return find(str(path))[0].model_copy(update={"name": f"opened/{path.stem}"})


def _problems(proposal: Proposal) -> Iterator[str]:
    for text, hint in proposal.problems:
        yield text if not hint or "--" in hint else f"{text} {hint}"


def _told(error: EngineError) -> Iterator[str]:
    yield error.message
    if error.hint and "--" not in error.hint:
        yield error.hint
