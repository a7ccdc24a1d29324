"""The kept studies: listing, finding and deleting them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiss.data.spec import Mode
from hiss.errors import EngineError
from hiss.store.owner import living_owner
from hiss.store.place import studies_in
from hiss.store.records import (
    STUDY,
    Kind,
    Record,
    State,
    notes_of,
    outcome_of,
    read,
    state_of,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept study in a list."""

    id: str
    created: str
    """When, in ISO 8601, UTC."""
    kind: Kind
    title: str
    presets: tuple[str, ...]
    """Names of the arms."""
    seed: int
    repeats: int
    mode: Mode
    state: State
    seconds: float = 0.0
    headline: str = ""
    """The result in a line."""
    name: str = ""
    note: str = ""

    def holds(self, text: str) -> bool:
        """Return whether a text occurs in anything that is written about the study."""
        written = (self.id, self.title, *self.presets, self.headline, self.name, self.note)
        return any(text.lower() in each.lower() for each in written)


def listing(store: Path) -> tuple[tuple[Entry, ...], tuple[EngineError, ...]]:
    """Return all studies of a store, the newest first, and what cannot be read."""
    entries, problems = [], []
    for folder in _folders(store):
        try:
            entries.append(entry_of(read(folder)))
        except EngineError as error:
            problems.append(error)
    return tuple(sorted(entries, key=lambda one: one.created, reverse=True)), tuple(problems)


def entry_of(record: Record) -> Entry:
    """Return a study as it is listed."""
    study, outcome, notes = record.order.study, outcome_of(record.folder), notes_of(record.folder)
    return Entry(
        id=record.id,
        created=record.created,
        kind=record.order.kind,
        title=record.order.title,
        presets=tuple(arm.name for arm in study.arms),
        seed=study.seed,
        repeats=study.repeats,
        mode=study.mode,
        state=state_of(record.folder),
        seconds=outcome.seconds if outcome else 0.0,
        headline=outcome.headline if outcome else "",
        name=notes.name,
        note=notes.text,
    )


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
        EngineError: if there is none, or several fit.
    """
    ids = [folder.name for folder in _folders(store)]
    found = [name] if name in ids else [
        each for each in ids if each.startswith(name) or each.endswith(name)
    ]  # fmt: skip
    if len(found) == 1:
        return read(studies_in(store) / found[0])
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
    if (owner := living_owner(record.folder)) is not None:
        raise EngineError(f"{record.id}: {owner} trains it.", "Stop it first.")
    try:
        shutil.rmtree(record.folder)
    except OSError as error:
        raise EngineError(f"{record.folder} cannot be deleted: {error.strerror}.") from error


def _folders(store: Path) -> Iterator[Path]:
    try:
        yield from (each for each in studies_in(store).iterdir() if (each / STUDY).exists())
    except OSError:
        return
