"""A question before what cannot be undone, or would mix numbers."""

from __future__ import annotations

import sys

import typer

from hiss.errors import EngineError
from hiss.tui.cli.output import print_note


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


def can_ask() -> bool:
    """Whether there is a terminal to ask on."""
    return all(each is not None and each.isatty() for each in (sys.stdin, sys.stderr))
