"""`hiss queue`: the studies that wait on this machine, and their order."""

from __future__ import annotations

from typing import Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Store
from hiss.tui.cli.output import print_renderable


def queue(
    study: Annotated[
        str | None, typer.Argument(metavar="ID", help="A study that waits, to be moved.")
    ] = None,
    to: Annotated[
        int | None, typer.Option(min=1, metavar="PLACE", help="Move it there; 1 is next.")
    ] = None,
    store: Store = None,
) -> None:
    """List the studies that wait for their turn on this machine, or move one of them."""
    from rich.table import Table

    from hiss.store.history import find
    from hiss.store.place import store_folder
    from hiss.store.queue import move, waiting

    folder = store_folder(store)
    if study is not None:
        record = find(folder, study)
        if record.id not in [each.id for each in waiting(folder)]:
            raise EngineError(f"{record.id} does not wait.", "`hiss queue` lists those that do.")
        if to is None:
            raise EngineError("--to says where it is to be moved.", "--to 1 trains it next.")
        move(folder, record.id, to - 1)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("Place", "ID", "Study"):
        table.add_column(header, justify="right" if header == "Place" else "left")
    for place, each in enumerate(waiting(folder), 1):
        table.add_row(str(place), each.id, find(folder, each.id).order.title)
    print_renderable(table)
