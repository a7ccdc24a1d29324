"""`hiss attach` and `hiss stop`: following and stopping a study that another process trains."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Delivery, Store, with_options
from hiss.tui.cli.output import print_note

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.progress import Progress, TaskID

    from hiss.store.records import Record

_SECONDS = 0.5
"""Between two looks."""
STOP_PATIENCE = 15.0
"""Seconds that a study has to stop."""
Study = Annotated[
    str | None, typer.Argument(metavar="ID", help="A study; by default the latest that trains.")
]


@with_options(delivery=Delivery)
def attach(delivery: Delivery, study: Study = None) -> None:
    """Follow a study that trains in the background, and print its result.

    ctrl+c leaves it: it trains on.
    """
    from hiss.store.records import outcome_of
    from hiss.tui.cli.announce import announce_outcome
    from hiss.tui.cli.open import write_opened

    delivery.check(curves=False)
    record = _training(delivery.store, study)
    try:
        _follow(record, delivery.quiet)
    except KeyboardInterrupt:
        print_note(f"{record.id} trains on; `hiss attach {record.id}` follows it again")
        raise typer.Exit(130) from None
    write_opened(record, delivery)
    if (outcome := outcome_of(record.folder)) is not None:
        announce_outcome(record.order.title, outcome, delivery)


def stop(study: Study = None, store: Store = None) -> None:
    """Stop a study that trains, or drop one that waits; what has finished is kept."""
    from hiss.store.owner import ask_to_stop, living_owner

    record = _training(store, study)
    if living_owner(record.folder) is None:
        raise EngineError(f"{record.id}: nothing trains this study now.")
    ask_to_stop(record.folder)
    end = time.monotonic() + STOP_PATIENCE
    while living_owner(record.folder) is not None:
        if time.monotonic() > end:
            raise EngineError(f"{record.id} has not stopped yet.", "It has been asked to.")
        time.sleep(_SECONDS)
    print_note(f"stopped; `hiss resume {record.id}` goes on")


def _training(store: Path | None, study: str | None) -> Record:
    """Return the study of an ID, or the latest that trains.

    Raises:
        EngineError: There is none.
    """
    from hiss.store.history import find, latest
    from hiss.store.place import store_folder

    folder = store_folder(store)
    found = find(folder, study) if study else latest(folder, ("running", "queued"))
    if found is None:
        raise EngineError("Nothing trains now.", "`hiss history` lists the studies.")
    return found


def _follow(record: Record, quiet: bool) -> None:
    """Draw how far a study is until no process trains it any more."""
    from rich.console import Console

    from hiss.tui.terminal.captured_output import stderr_in_log

    with stderr_in_log() as stderr, _bars(Console(file=stderr), quiet) as bars:
        task = bars.add_task(record.id, total=1.0)
        while _draw(record, bars, task):
            time.sleep(_SECONDS)


def _bars(console: Console, quiet: bool) -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )


def _draw(record: Record, bars: Progress, task: TaskID) -> bool:
    """Draw how far a study is, and return whether a process trains it or waits to."""
    from hiss.store.owner import living_owner
    from hiss.store.progress import progress_of
    from hiss.store.queue import waiting
    from hiss.tui.terminal.printable import printable

    owner, progress = living_owner(record.folder), progress_of(record.folder)
    if owner is not None and owner.phase == "queued":
        ids = [each.id for each in waiting(record.folder.parents[1])]
        place = ids.index(record.id) + 1 if record.id in ids else len(ids) + 1
        bars.update(task, description=f"{record.id} waits, number {place} in the queue")
    elif progress is not None:
        text = printable(f"{record.id} {progress.arm or progress.blocks}")
        bars.update(task, description=text, completed=progress.share)
    return owner is not None
