"""The index of a store: a cache that is never believed more than the folders."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from kept import aged, block, kept, study

from hiss.store import history, index
from hiss.store.blocks import write_block
from hiss.store.entries import entry_of
from hiss.store.history import listing
from hiss.store.index import VERSION, read_index, write_index
from hiss.store.owner import Ownership
from hiss.store.progress import Progress, write_progress
from hiss.store.records import STUDY, Notes, Outcome, Record, end, write_notes
from hiss.studies.orders import run_order


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A finished study that is in the index."""
    made = aged(kept(tmp_path, headline="a headline"))
    listing(tmp_path)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The studies that are read from their folders."""
    done: list[str] = []
    read = history.read

    def counted(folder: Path) -> Record:
        done.append(folder.name)
        return read(folder)

    monkeypatch.setattr(history, "read", counted)
    return done


def test_an_unchanged_study_is_read_once(tmp_path: Path, record: Record, reads: list[str]) -> None:
    before = listing(tmp_path)
    assert reads == []
    (tmp_path / "index.sqlite").unlink()
    assert listing(tmp_path) == before
    assert reads == [record.id]


CHANGES: dict[str, Callable[[Record], object]] = {
    "notes": lambda one: write_notes(one.folder, Notes("A name", "")),
    "an end": lambda one: end(one.folder, Outcome("stopped", 1.0, "another")),
    "a record written in place": lambda one: (
        (one.folder / STUDY).open("a").close() or os.utime(one.folder / STUDY)
    ),
    "no end": lambda one: (one.folder / "outcome.json").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_study_is_read_again(
    tmp_path: Path, record: Record, reads: list[str], change: Callable[[Record], object]
) -> None:
    change(record)
    (first,), _ = listing(tmp_path)
    assert reads == [record.id]
    (tmp_path / "index.sqlite").unlink()
    assert listing(tmp_path)[0] == (first,)


def test_a_study_that_has_just_changed_is_not_believed_yet(
    tmp_path: Path, reads: list[str]
) -> None:
    made = kept(tmp_path)
    listing(tmp_path)
    listing(tmp_path)
    assert reads == [made.id, made.id]


def test_new_blocks_of_an_unfinished_study_are_counted(tmp_path: Path) -> None:
    of = study(repeats=3)
    made = aged(kept(tmp_path, run_order(of), state=None))
    assert listing(tmp_path)[0][0].done == 0
    write_block(made.blocks, block(of, replicates=range(2)))
    assert listing(tmp_path)[0][0].done == 2


def test_whether_a_study_runs_is_never_taken_from_the_index(tmp_path: Path) -> None:
    made = aged(kept(tmp_path, state=None))
    assert listing(tmp_path)[0][0].state == "interrupted"
    with Ownership(made.folder, threading.Event()):
        aged(made)
        assert [listing(tmp_path)[0][0].state for _ in range(2)] == ["running", "running"]
    aged(made, 0)
    assert listing(tmp_path)[0][0].state == "interrupted"


def test_a_process_that_was_killed_leaves_an_interrupted_study(tmp_path: Path) -> None:
    made = kept(tmp_path, state=None)
    (made.folder / "owner.json").write_text("{}")
    aged(made)
    assert [listing(tmp_path)[0][0].state for _ in range(2)] == ["interrupted"] * 2


def test_a_deleted_study_leaves_the_index(tmp_path: Path, record: Record, path: Path) -> None:
    assert list(read_index(path)) == [record.id]
    history.delete(record)
    assert listing(tmp_path) == ((), ())
    assert read_index(path) == {}


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_index_is_made_again(
    tmp_path: Path, record: Record, path: Path, reads: list[str], content: bytes
) -> None:
    before = listing(tmp_path)
    path.write_bytes(content)
    assert listing(tmp_path) == before
    listing(tmp_path)
    reads.clear()
    assert listing(tmp_path) == before
    assert reads == []


def test_an_index_damaged_anywhere_is_no_error(tmp_path: Path, record: Record, path: Path) -> None:
    (expected,), _ = listing(tmp_path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 61):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        (found,), problems = listing(tmp_path)
        assert (found.id, problems) == (expected.id, ())
        for each in tmp_path.glob("index.sqlite*"):
            each.unlink()


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_an_index_of_another_version_is_made_again(
    tmp_path: Path, record: Record, path: Path, version: int
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE studies")
        connection.execute("CREATE TABLE studies (id, other)")
        connection.execute(f"PRAGMA user_version = {version}")
    assert len(listing(tmp_path)[0]) == 1
    assert list(read_index(path)) == [record.id]


def test_a_table_that_is_not_ours_is_made_again(tmp_path: Path, record: Record, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE studies")
    assert len(listing(tmp_path)[0]) == 1
    listing(tmp_path)
    assert list(read_index(path)) == [record.id]


def test_an_index_that_another_process_holds_is_done_without(
    tmp_path: Path, record: Record, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        aged(kept(tmp_path))
        assert len(listing(tmp_path)[0]) == 2
    assert len(listing(tmp_path)[0]) == 2
    assert len(read_index(path)) == 2


@pytest.mark.parametrize("place", ["folder", "nowhere"])
def test_where_no_index_can_be_studies_are_listed_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    aged(kept(tmp_path))
    (tmp_path / "index").mkdir()
    asked = {"folder": tmp_path / "index", "nowhere": None}[place]
    monkeypatch.setattr(history, "index_file", lambda store: asked)
    assert len(listing(tmp_path)[0]) == 1


def test_a_read_only_index_is_done_without(
    tmp_path: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise error

    monkeypatch.setattr(index.sqlite3, "connect", refuse)
    assert len(listing(tmp_path)[0]) == 1
    monkeypatch.undo()
    assert list(read_index(tmp_path / "index.sqlite")) == [record.id]


def test_two_listings_at_once_see_the_same(tmp_path: Path) -> None:
    for _ in range(5):
        aged(kept(tmp_path))
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(listing(tmp_path)[0]))) for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [5] * 6


def test_nothing_to_write_makes_no_index(path: Path) -> None:
    write_index(path, [], [])
    assert not path.exists()


def test_a_study_of_very_many_blocks_is_counted_by_what_its_process_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = kept(tmp_path, run_order(study(repeats=8)), state="stopped")
    write_progress(record.folder, Progress(1, 4))
    assert (entry_of(record).done, entry_of(record).total) == (8, 8)
    monkeypatch.setattr("hiss.store.entries.MANY", 0)
    assert entry_of(record).done == 2
