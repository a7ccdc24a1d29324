"""A question before what cannot be undone, or would mix numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hiss.errors import EngineError
from hiss.tui.cli.output import print_note
from hiss.tui.cli.time_check import can_ask

if TYPE_CHECKING:
    from hiss.store.records import Record


def confirm(fact: str, question: str, yes: bool) -> None:
    """Ask on the terminal whether to go on.

    Args:
        fact: Why there is a question.
        question: The question.
        yes: Whether it has been answered already.

    Raises:
        EngineError: There is no terminal to ask on.
        typer.Exit: The answer is no.
    """
    if yes:
        return
    if not can_ask():
        raise EngineError(fact, f"{question} Add --yes.")
    print_note(fact)
    if not typer.confirm(question, err=True):
        print_note("nothing was done")
        raise typer.Exit(0)


def confirm_numbers(record: Record, yes: bool) -> None:
    """Ask before numbers of other versions or machines are mixed in a kept study."""
    from hiss.store.agreement import differences

    if different := differences(record):
        fact = f"{record.id} was trained elsewhere: {'; '.join(different)}."
        confirm(fact, "Its numbers would no longer be of one kind. Go on?", yes)


def confirm_code(record: Record, yes: bool) -> None:
    """Ask before the code of a study that comes from elsewhere is run."""
    from hiss.store.agreement import foreign_code

    if files := foreign_code(record):
        fact = f"{record.id} comes from elsewhere and runs {', '.join(files)}."
        confirm(fact, "Run this code?", yes)
