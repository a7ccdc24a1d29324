"""A question before what cannot be undone, or would mix numbers."""

from __future__ import annotations

import typer

from hiss.errors import EngineError
from hiss.tui.cli.output import print_note
from hiss.tui.cli.time_check import can_ask


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
