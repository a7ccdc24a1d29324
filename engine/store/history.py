"""The kept studies: listing, finding and deleting them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hiss.errors import EngineError
from hiss.files import why
from hiss.store.entries import Entry, Row, Stamp, entry_of
from hiss.store.index import read_index, write_index
from hiss.store.owner import living_owner
from hiss.store.place import index_file, studies_in
from hiss.store.records import ALPHABET, STUDY, Record, State, read

__all__ = [
    "Entry",
    "delete",
    "delete_folder",
    "find",
    "find_folder",
    "latest",
    "listing",
    "matching",
]

ID = re.compile(rf"[0-9]{{6}}-[{ALPHABET}]{{4}}")
"""How a study is called."""
OWNED = Stamp._fields.index("owned")
SETTLED = 2_000_000_000
"""Nanoseconds after which the next change has another time, even on a coarse clock."""


def listing(store: Path) -> tuple[tuple[Entry, ...], tuple[EngineError, ...]]:
    """Return all studies of a store, the newest first, and what cannot be read."""
    path, studies = index_file(store), studies_in(store)
    rows, names = read_index(path), _names(store)
    entries, problems, changed = [], [], []
    with _descriptor(studies) as descriptor:
        for name in names:
            entry = _unchanged(rows.get(name), studies, name, descriptor)
            if entry is None:
                try:
                    stamp, entry = _read_again(studies / name)
                except EngineError as error:
                    problems.append(error)
                    continue
                except OSError:  # no study, or one that is being deleted
                    continue
                if time.time_ns() - stamp.latest > SETTLED:
                    changed.append((stamp, entry))
                entry = entry.now(studies / name)
            entries.append(entry)
    write_index(path, changed, rows.keys() - set(names))
    return tuple(sorted(entries, key=lambda one: one.created, reverse=True)), tuple(problems)


@contextmanager
def _descriptor(folder: Path) -> Iterator[int]:
    """Open a folder, relative to which paths are short; -1 where it cannot be."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield -1
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _unchanged(row: Row | None, studies: Path, name: str, descriptor: int) -> Entry | None:
    """Return the entry of a row; None if there is none, or the study has changed since."""
    if row is None or not Stamp.holds(row, name, descriptor):
        return None
    try:
        entry = Entry.of_row(row)
    except (TypeError, AttributeError):  # of a damaged index
        return None
    return entry.now(studies / name) if row[OWNED] else entry


def _read_again(folder: Path) -> tuple[Stamp, Entry]:
    """Read a study's entry; a change while it is read shows at the next look at its stamp."""
    stamp = Stamp.of(str(folder))
    entry = entry_of(read(folder))
    return (stamp._replace(blocks=0) if entry.state == "finished" else stamp), entry


def matching(
    entries: Iterable[Entry],
    text: str = "",
    preset: str = "",
    states: Sequence[State] = (),
    since: str = "",
    until: str = "",
) -> tuple[Entry, ...]:
    """Return the studies that fit all that is asked for; what is empty fits everything.

    Args:
        entries: the studies.
        text: occurs in anything that is written about the study.
        preset: the name of an arm, or its beginning.
        states: the states that count.
        since: the first day, in ISO 8601.
        until: the last day, in ISO 8601.
    """
    return tuple(
        one
        for one in entries
        if one.holds(text)
        and (not preset or any(name.startswith(preset) for name in one.presets))
        and (not states or one.state in states)
        and (not since or one.created[:10] >= since)
        and (not until or one.created[:10] <= until)
    )


def find(store: Path, name: str) -> Record:
    """Return the study of an ID, or of the beginning or the end of one.

    Raises:
        EngineError: if there is none, several fit, or it cannot be read.
    """
    return read(find_folder(store, name))


def find_folder(store: Path, name: str) -> Path:
    """Return the folder of a study as `find` does, also of one that cannot be read.

    Raises:
        EngineError: if there is none, or several fit.
    """
    studies = studies_in(store)
    if ID.fullmatch(name) and (studies / name / STUDY).exists():
        return studies / name
    fitting = [each for each in _names(store) if each.startswith(name) or each.endswith(name)]
    found = [each for each in fitting if (studies / each / STUDY).exists()]
    if len(found) == 1 and name:
        return studies / found[0]
    if found:
        raise EngineError(f"{name}: several studies fit: {', '.join(sorted(found)[:8])}.")
    raise EngineError(f"{name}: there is no such study.", "`hiss history` lists them.")


def latest(store: Path, states: Sequence[State]) -> Record | None:
    """Return the newest study in one of some states; None if there is none."""
    entries, _ = listing(store)
    found = next((one for one in entries if one.state in states), None)
    return None if found is None else read(studies_in(store) / found.id)


def delete(record: Record) -> None:
    """Delete a study.

    Raises:
        EngineError: if it is being trained, or cannot be deleted.
    """
    delete_folder(record.folder)


def delete_folder(folder: Path) -> None:
    """Delete the folder of a study, also of one that cannot be read.

    Raises:
        EngineError: if it is being trained, or cannot be deleted.
    """
    if (owner := living_owner(folder)) is not None:
        raise EngineError(f"{folder.name}: {owner} trains it.", "Stop it first.")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise EngineError(f"{folder} cannot be deleted: {why(error)}.") from error


def _names(store: Path) -> list[str]:
    """Return the names of the folders that may hold studies."""
    try:
        return [each for each in os.listdir(studies_in(store)) if ID.fullmatch(each)]
    except OSError:
        return []
