"""`hiss list`: the presets, one per line."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from hiss.library.presets import Library


def list_presets() -> None:
    """List all presets, built-in and your own."""
    from hiss.library.presets import load_presets
    from hiss.tui.cli.output import fits_width, print_error, print_renderable

    library = load_presets()
    table = _presets_table(library, networks=True)
    print_renderable(table if fits_width(table) else _presets_table(library, networks=False))
    for problem in library.problems:
        print_error(problem)


def _presets_table(library: Library, *, networks: bool) -> Table:
    """Return the table of all presets, with a blank row between groups."""
    from rich.table import Table
    from rich.text import Text

    from hiss.experiment.diagram import diagram

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("Preset", "Title", *(["Network"] if networks else [])):
        table.add_column(header, no_wrap=header == "Preset")
    for number, (_, group) in enumerate(groupby(library.experiments, lambda each: each.group)):
        if number:
            table.add_row()
        for each in group:
            cells = (each.name, each.title, *([diagram(each)] if networks else []))
            table.add_row(*map(Text, cells))
    return table
