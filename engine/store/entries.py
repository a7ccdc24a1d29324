"""A kept study as it is listed, and what that depends on."""

from __future__ import annotations

import math
import os
from os import stat
from pathlib import Path
from typing import Any, NamedTuple, Self

from hiss.data.spec import Mode
from hiss.store.owner import OWNER, living_owner
from hiss.store.records import (
    BLOCKS,
    STUDY,
    Kind,
    Order,
    Record,
    State,
    notes_of,
    outcome_of,
)

SEPARATOR = "\x1f"
"""Between the names of arms in a row; none of them holds it."""
MANY = 2_000
"""Blocks that are opened for a list of studies at most; it takes 0.3 ms for each."""
Row = tuple[Any, ...]
"""An entry's fields as SQLite holds them."""


class Entry(NamedTuple):
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
    done: int = 0
    """Replicates that are kept whole, of `total`; all of them once the study has finished."""
    total: int = 0
    """Replicates that were asked for; of a sweep those of its grid."""

    def holds(self, text: str) -> bool:
        """Return whether a text occurs in anything that is written about the study."""
        written = (self.id, self.title, *self.presets, self.headline, self.name, self.note)
        return any(text.lower() in each.lower() for each in written)

    @property
    def row(self) -> Row:
        """Its fields as SQLite holds them."""
        values: list[Any] = list(self)
        values[PRESETS] = SEPARATOR.join(self.presets)
        return tuple(values)

    @classmethod
    def of_row(cls, row: Row) -> Self:
        """Return the entry of a row, which begins with a stamp."""
        values = list(row[len(Stamp._fields) :])
        values[PRESETS] = tuple(values[PRESETS].split(SEPARATOR))
        return cls._make(values)

    def now(self, folder: Path) -> Self:
        """Return the entry with the state of its process, if one has the study."""
        owner = living_owner(folder)
        return self if owner is None else self._replace(state=owner.phase)


PRESETS = Entry._fields.index("presets")


def entry_of(record: Record) -> Entry:
    """Return a study as it is listed, but for a process that may have it."""
    order, outcome, notes = record.order, outcome_of(record.folder), notes_of(record.folder)
    state: State = outcome.state if outcome else "interrupted"
    total = planned(order)
    return Entry(
        id=record.id,
        created=record.created,
        kind=order.kind,
        title=order.title,
        presets=tuple(arm.name for arm in order.study.arms),
        seed=order.study.seed,
        repeats=order.study.repeats,
        mode=order.study.mode,
        state=state,
        seconds=outcome.seconds if outcome else 0.0,
        headline=outcome.headline if outcome else "",
        name=notes.name,
        note=notes.text,
        done=total if state == "finished" else min(total, _kept(record)),
        total=total,
    )


def planned(order: Order) -> int:
    """Return how many replicates an order asks for; of a sweep those of its grid."""
    axes = order.options.get("axes", ()) if order.kind == "sweep" else ()
    points = math.prod(len(axis.get("strengths", ())) for axis in axes) if axes else 1
    return len(order.study.arms) * order.study.repeats * points


def _kept(record: Record) -> int:
    """Return how many replicates on the study's own seed are in blocks.

    Of a study with very many blocks it is what its process told last, to the second.
    """
    from hiss.store.blocks import BLOCK, keys_of
    from hiss.store.progress import progress_of

    paths = list(record.blocks.glob(f"*{BLOCK}"))
    told = progress_of(record.folder) if len(paths) > MANY else None
    if told is not None and record.order.kind != "sweep":
        return round(told.share * planned(record.order))
    seed = record.order.study.seed
    return sum(key.count for key in keys_of(paths) if key.seed == seed)


class Stamp(NamedTuple):
    """When that changed of which an entry is made, in ns since the epoch; 0 where it is not there.

    Files are written by renaming, so that one that comes, goes or is replaced changes its folder's
    time. Only the record's own time is looked at besides.
    """

    folder: int
    study: int
    blocks: int
    """0 of a study that has finished: its blocks no longer tell how far it is."""
    owned: int
    """1 where a process has, or has left behind, its file."""

    @classmethod
    def of(cls, folder: str, finished: bool = False) -> Stamp:
        """Read the stamp of a study's folder.

        Raises:
            OSError: if there is no study.
        """
        blocks = f"{folder}/{BLOCKS}"
        return cls(
            stat(folder).st_mtime_ns,
            stat(f"{folder}/{STUDY}").st_mtime_ns,
            stat(blocks).st_mtime_ns if not finished and os.path.exists(blocks) else 0,
            int(os.path.exists(f"{folder}/{OWNER}")),
        )

    @staticmethod
    def holds(row: Row, name: str, studies: int) -> bool:
        """Return whether nothing has changed since the stamp at the head of a row.

        It is asked for every study of a store: paths are short, and nothing is made.

        Args:
            row: begins with the fields of the stamp.
            name: of the study's folder.
            studies: a descriptor of the folder that it is in.
        """
        try:
            return bool(
                stat(name, dir_fd=studies).st_mtime_ns == row[0]
                and stat(f"{name}/{STUDY}", dir_fd=studies).st_mtime_ns == row[1]
                and (not row[2] or stat(f"{name}/{BLOCKS}", dir_fd=studies).st_mtime_ns == row[2])
            )
        except OSError:
            return False

    @property
    def latest(self) -> int:
        """The latest of its times."""
        return max(self[:-1])
