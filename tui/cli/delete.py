"""`hiss delete`: studies that are no longer wanted."""

from __future__ import annotations

from typing import Annotated

import typer

from hiss.tui.cli.options import Store, Yes


def delete(
    studies: Annotated[list[str], typer.Argument(metavar="ID…", help="The studies' IDs.")],
    yes: Yes = False,
    store: Store = None,
) -> None:
    """Delete kept studies for good."""
    from hiss.store.history import delete_folder, find_folder
    from hiss.store.place import store_folder
    from hiss.tui.cli.confirm import confirm
    from hiss.tui.cli.output import print_note

    folder = store_folder(store)
    found = {each.name: each for each in (find_folder(folder, name) for name in studies)}
    names = ", ".join(found)
    confirm(f"{names}: what is deleted cannot be brought back.", f"Delete {names}?", yes)
    for each in found.values():
        delete_folder(each)
        print_note(f"{each.name} is deleted")
