"""The index of a store: its entries in SQLite, so that a long history is listed at once.

It is a cache of the folders and nothing more. Missing, damaged, or of another version, it is made
again; where it cannot be read or written, the folders are read without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hiss.store.entries import Entry, Row, Stamp

VERSION = 2
"""Of the table; raised when a column is added, removed or changes its meaning."""
BUSY_SECONDS = 0.5
"""How long another process is waited for before the index is done without."""
UNUSABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""Errors that are not those of a damaged file."""
COLUMNS = (*(f"at_{name}" for name in Stamp._fields), *Entry._fields)
_CREATE = f"CREATE TABLE studies ({', '.join(COLUMNS)}, PRIMARY KEY (id)) WITHOUT ROWID"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM studies"
_INSERT = f"INSERT OR REPLACE INTO studies VALUES ({', '.join('?' * len(COLUMNS))})"


def read_index(path: Path | None) -> Mapping[str, Row]:
    """Return the rows of an index by the ID of the study; nothing where there are none to read.

    Args:
        path: of the index; None where there is no place for one.
    """
    if path is None or not path.exists():
        return {}
    place = COLUMNS.index("id")
    try:
        with _opened(path) as connection:
            return {row[place]: row for row in connection.execute(_SELECT)}
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        _remove_damaged(path, error)
        return {}


def write_index(
    path: Path | None, changed: Iterable[tuple[Stamp, Entry]], gone: Iterable[str]
) -> None:
    """Write entries to an index, as far as it can be written.

    Args:
        path: of the index; None where there is no place for one.
        changed: the entries that are new, or otherwise than before.
        gone: IDs of studies that are there no more.
    """
    rows, names = [(*stamp, *entry.row) for stamp, entry in changed], [(each,) for each in gone]
    if path is None or not (rows or names):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(path) as connection, connection:
            connection.executemany(_INSERT, rows)
            connection.executemany("DELETE FROM studies WHERE id = ?", names)
    except OSError:
        return
    except sqlite3.DatabaseError as error:
        _remove_damaged(path, error)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index of this version; one of another version is replaced by an empty one."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("DROP TABLE IF EXISTS studies")
                connection.execute(_CREATE)
                connection.execute(f"PRAGMA user_version = {VERSION}")
        yield connection


def _remove_damaged(path: Path, error: Exception) -> None:
    """Remove an index unless it only cannot be used now, or here; its journal last."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in UNUSABLE:
        return
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(f"{path.name}{ending}").unlink()
