"""`hiss export` and `hiss import`: a study as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hiss.tui.cli.options import Store, StudyId
from hiss.tui.cli.output import print_note


def export(
    study: StudyId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="By default ID.hiss.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    store: Store = None,
) -> None:
    """Write a kept study to one file, which `hiss import` reads."""
    from hiss.store.history import find
    from hiss.store.parcel import export_study
    from hiss.store.place import store_folder

    record = find(store_folder(store), study)
    path = output or Path(f"{record.id}.hiss")
    export_study(record, path, force)
    print_note(f"{record.id} is in {path}")


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Written by `hiss export`.")],
    store: Store = None,
) -> None:
    """Take a study that `hiss export` has written, and print its ID."""
    from hiss.store.parcel import import_study
    from hiss.store.place import store_folder
    from hiss.tui.cli.output import write_stdout

    record, new = import_study(file, store_folder(store))
    if not new:
        print_note(f"{record.id} is there already, with the same content")
    write_stdout(f"{record.id}\n")
