"""`hiss resume`: go on with a study that was interrupted or stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Delivery, On, OptionalStudyId, with_options

if TYPE_CHECKING:
    from hiss.store.records import Record


@with_options(delivery=Delivery)
def resume(delivery: Delivery, study: OptionalStudyId = None, on: On = None) -> None:
    """Go on with an interrupted or stopped study and print its result.

    It goes on where it was trained; --on names another cluster, or `here`.
    """
    from hiss.store.place import store_folder
    from hiss.tui.cli.confirm import confirm_code, confirm_numbers
    from hiss.tui.cli.kept import resume_record

    delivery.check(curves=False)
    record = _wanted(store_folder(delivery.store), study)
    if on is not None:
        record = _moved(record, on)
    confirm_numbers(record, delivery.yes)
    confirm_code(record, delivery.yes)
    raise typer.Exit(resume_record(record, delivery))


def _moved(record: Record, on: str) -> Record:
    """Return the study with another place to train on; `here` is this process."""
    from hiss.store.records import ON, with_options
    from hiss.tui.cli.kept import check_place

    if on != "here":
        check_place(on, record.order.recorded)
    return with_options(record, **{ON: None if on == "here" else on})


def _wanted(store: Path, study: str | None) -> Record:
    """Return the named study, or else the latest that can go on."""
    from hiss.store.history import find, latest

    if study is not None:
        return find(store, study)
    record = latest(store, ("interrupted", "stopped"))
    if record is None:
        raise EngineError("No study was interrupted or stopped.", "`hiss history` lists them all.")
    return record
