"""`hiss note`: what the user writes about a study."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Store, StudyId
from hiss.tui.cli.output import print_note


def note(
    study: StudyId,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="The note; by default it is printed.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the study is called.")
    ] = None,
    store: Store = None,
) -> None:
    """Write a note about a kept study, or print what is noted."""
    from hiss.files import why
    from hiss.store.history import find
    from hiss.store.place import store_folder
    from hiss.store.records import notes_of, write_notes
    from hiss.tui.cli.output import wrap_lines, write_stdout

    record = find(store_folder(store), study)
    notes = notes_of(record.folder)
    if text is None and name is None:
        lines = [line for each in (notes.name, notes.text) for line in each.splitlines()]
        write_stdout(wrap_lines(lines, terminal=False))
        if not lines:
            print_note(f"nothing is noted about {record.id}")
        return
    if text is not None:
        notes = replace(notes, text=text)
    if name is not None:
        notes = replace(notes, name=name)
    try:
        write_notes(record.folder, notes)
    except OSError as error:
        raise EngineError(f"{record.folder} cannot be written: {why(error)}.") from error
