"""`hiss history`: the kept studies, the newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from hiss.errors import EngineError, did_you_mean
from hiss.tui.cli.options import Store

if TYPE_CHECKING:
    from rich.table import Table

    from hiss.store.history import Entry
    from hiss.store.records import State

SCHEMA = 1
"""Version of the JSON document."""
States = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help="finished, interrupted, running …; repeatable."),
]
ROWS = 100
"""Of the table: Rich takes half a millisecond for each."""
DAY = "YYYY-MM-DD"


def history(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What occurs in a study's names or notes.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="PRESET", help="The beginning of a preset's name.")
    ] = None,
    state: States = None,
    since: Annotated[str | None, typer.Option(metavar=DAY, help="The first day.")] = None,
    until: Annotated[str | None, typer.Option(metavar=DAY, help="The last day.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="COUNT", help="Number of studies; 100 in a table, all in JSON."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    store: Store = None,
) -> None:
    """List the kept studies, the newest first."""
    from hiss.store.history import listing, matching
    from hiss.store.place import store_folder
    from hiss.tui.cli.output import print_error, print_note, write_stdout

    states = _states(state or ())
    first, last = _day(since, "--since"), _day(until, "--until")
    folder = store_folder(store)
    entries, problems = listing(folder)
    found = matching(entries, text or "", preset or "", states, first, last)
    if as_json:
        document = {"schema": SCHEMA, "studies": [each._asdict() for each in found[:limit]]}
        write_stdout(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif found:
        _print_table(found[: limit or ROWS])
        if len(found) > (limit or ROWS):
            count = len(found)
            print_note(f"the newest {limit or ROWS} of {count}; --limit {count} lists all")
    else:
        print_note(f"no study fits, of {len(entries)}" if entries else f"no studies in {folder}")
    for problem in problems:
        print_error(problem)


def _states(names: Sequence[str]) -> tuple[State, ...]:
    """Return the named states."""
    from hiss.store import records

    known: tuple[State, ...] = get_args(records.State)
    for name in names:
        if name not in known:
            message = f"--state: {name} is no state.{did_you_mean(name, known)}"
            raise EngineError(message, f"Known are {', '.join(known)}.")
    return tuple(each for each in known if each in names)


def _day(text: str | None, option: str) -> str:
    """Return a day as ISO 8601; empty where none is given."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise EngineError(f"{option}: expected a day as {DAY}, received {text!r}.") from None


def _print_table(entries: Sequence[Entry]) -> None:
    """Print the studies; where room is short, the result stands below the name."""
    from hiss.tui.cli.output import fits_width, print_renderable

    wide = _wide(entries)
    print_renderable(wide if fits_width(wide) else _narrow(entries))


def _wide(entries: Sequence[Entry]) -> Table:
    cells = [
        (each.id, _when(each), each.kind, _name(each), each.headline, _state(each))
        for each in entries
    ]
    return _table(("ID", "When", "Kind", "Study", "Result", "State"), cells)


def _narrow(entries: Sequence[Entry]) -> Table:
    cells = [
        (
            each.id,
            _when(each)[5:],  # the ID has the year
            "\n".join(filter(None, (f"{each.kind} {_name(each)}", each.headline))),
            _state(each).replace(" ", "\n"),
        )
        for each in entries
    ]
    return _table(("ID", "When", "Study", "State"), cells)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, no_wrap=header not in ("Study", "Result"), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _name(entry: Entry) -> str:
    """Return what the study is about, after the name that the user has given it."""
    return f"{entry.name} · {entry.title}" if entry.name else entry.title


def _when(entry: Entry) -> str:
    """Return when a study began, in the user's time: `2026-11-26 02:40`."""
    try:
        return datetime.fromisoformat(entry.created).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return entry.created[:16]


def _state(entry: Entry) -> str:
    """Return the state; of an unfinished study how many of its repeats are there."""
    if entry.state in ("finished", "failed"):
        return entry.state
    return f"{entry.state} {entry.done}/{entry.total}"
