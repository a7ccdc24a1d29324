"""The queue of one user's studies on one machine: one of them trains at a time.

A study that is trained in the background waits for the slot, which is a lock that the kernel frees
when its holder ends in whatever way. One that the user is looking at takes the slot if it is free,
and does not wait for it.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from hiss.files import write_durably
from hiss.store.owner import living_owner
from hiss.store.place import studies_in

POLL_SECONDS = 0.5


class Slot:
    """The right to train on this machine; held by at most one process."""

    def __init__(self, store: Path) -> None:
        """Take the store whose studies share the machine."""
        self._path = store / f"training-{socket.gethostname()}.lock"
        self._lock: int | None = None

    def take(self) -> bool:
        """Take the slot if it is free, and return whether it is held now.

        A file system without locks has no slot: everything trains at once.
        """
        if self._lock is not None:
            return True
        try:
            lock = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        except OSError:
            os.close(lock)
            return True
        self._lock = lock
        return True

    def __enter__(self) -> Self:
        """Do nothing: `take` takes the slot."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Free the slot."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A study that waits for the slot."""

    id: str
    place: float
    """Those of smaller places come first."""


def wait_for_slot(store: Path, folder: Path, slot: Slot, stop: threading.Event) -> bool:
    """Wait until a study is the first in the queue and the slot is free; return whether it is.

    Args:
        store: the store.
        folder: of the study, which this process owns.
        slot: what is waited for.
        stop: set to give up.
    """
    ticket = _tickets(store) / folder.name
    with suppress(OSError):
        ticket.parent.mkdir(exist_ok=True)
        if not ticket.exists():
            _write(ticket, time.time())
    try:
        while not stop.is_set():
            queue = waiting(store)
            first = not queue or queue[0].id == folder.name
            if first and slot.take():
                return True
            stop.wait(POLL_SECONDS)
        return False
    finally:
        with suppress(OSError):
            ticket.unlink()


def waiting(store: Path) -> tuple[Ticket, ...]:
    """Return the studies that wait on this machine, in their order."""
    found = []
    for ticket in _listed(_tickets(store)):
        owner = living_owner(studies_in(store) / ticket.name)
        if owner is None or owner.phase != "queued":
            continue
        with suppress(OSError, ValueError):
            found.append(Ticket(ticket.name, float(ticket.read_text(encoding="ascii"))))
    return tuple(sorted(found, key=lambda each: (each.place, each.id)))


def move(store: Path, study: str, to: int) -> None:
    """Move a waiting study to a place of the queue.

    Args:
        store: the store.
        study: its ID.
        to: the place, from 0; beyond the end it is the last.

    Raises:
        OSError: if the queue cannot be written.
    """
    others = [each for each in waiting(store) if each.id != study]
    to = min(to, len(others))
    before = others[to - 1].place if to else None
    after = others[to].place if to < len(others) else None
    match before, after:
        case None, None:
            return
        case None, float(second):
            place = second - 1
        case float(first), None:
            place = first + 1
        case float(first), float(second):
            place = (first + second) / 2
    _write(_tickets(store) / study, place)


def _tickets(store: Path) -> Path:
    return store / f"queue-{socket.gethostname()}"


def _listed(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError:
        return []


def _write(ticket: Path, place: float) -> None:
    write_durably(ticket, repr(place).encode())
