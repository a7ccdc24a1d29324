"""A study while it trains: its end, a second process, and a disk that does not take it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kept import block, checkpoint, kept, study

from hiss import files
from hiss.errors import EngineError
from hiss.store import owner, records, sealed
from hiss.store.blocks import read_checkpoint
from hiss.store.records import outcome_of, state_of
from hiss.store.session import Session
from hiss.studies.orders import run_order
from hiss.studies.reopen import result_of


class Disk:
    """A disk that can be full."""

    full = False

    def write_durably(self, path: Path, content: bytes) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        files.write_durably(path, content)


def refuse(path: Path, content: bytes) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk()
    for room in (records, sealed, owner):
        monkeypatch.setattr(room, "write_durably", made.write_durably)
    yield made


def test_a_study_is_running_until_its_end_is_written(tmp_path: Path) -> None:
    session = Session.begin(run_order(study()), tmp_path)
    assert session.record is not None
    folder = session.record.folder
    assert state_of(folder) == "interrupted"
    with session:
        assert state_of(folder) == "running"
        session.end("stopped", "a headline")
        session.end("finished")
    assert state_of(folder) == "stopped"
    found = outcome_of(folder)
    assert found is not None and found.headline == "a headline"


def test_what_ends_without_a_word_is_interrupted(tmp_path: Path) -> None:
    with Session.begin(run_order(study()), tmp_path) as session:
        pass
    assert session.record is not None and state_of(session.record.folder) == "interrupted"


@pytest.mark.parametrize(
    ("error", "said"),
    [(EngineError("no such thing\nmore"), "no such thing"), (KeyError("x"), "KeyError: 'x'")],
)
def test_an_error_is_how_a_study_ends(tmp_path: Path, error: Exception, said: str) -> None:
    session = Session.begin(run_order(study()), tmp_path)
    with pytest.raises(type(error)), session:
        raise error
    assert session.record is not None
    found = outcome_of(session.record.folder)
    assert found is not None and (found.state, found.error) == ("failed", said)


def test_a_study_that_goes_on_has_no_end_and_counts_its_time(tmp_path: Path) -> None:
    record = kept(tmp_path, state="stopped")
    with Session.resume(record) as session:
        assert outcome_of(record.folder) is None
        session.end("finished")
    found = outcome_of(record.folder)
    assert found is not None and found.seconds > 12


def test_the_second_session_of_a_study_is_refused(tmp_path: Path) -> None:
    record = kept(tmp_path, state=None)
    with Session.resume(record):
        with pytest.raises(EngineError) as refused, Session.resume(record):
            pass
        assert f"process {os.getpid()}" in refused.value.message
        assert record.id in refused.value.hint
    with Session.resume(record):
        pass


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiss.store.session.store_folder", lambda asked: Path("~"))
    with Session.begin(run_order(study())) as session:
        assert (session.record, session.keeper, session.id) == (None, None, "")
        assert "no home" in session.problem


def test_a_full_disk_is_reported_and_everything_is_written_once_there_is_room(
    tmp_path: Path, disk: Disk
) -> None:
    of = study(repeats=3)
    record = kept(tmp_path, run_order(of), state=None)
    with Session.resume(record) as session:
        assert session.keeper is not None
        disk.full = True
        session.keeper.keep(block(of, replicates=range(1)))
        session.keeper.keep(block(of, replicates=range(1, 2)))
        session.keeper.flush()
        assert "No space left on device" in (session.keeper.unreported() or "")
        assert session.keeper.unreported() is None
        assert list(record.blocks.iterdir()) == []
        disk.full = False
        session.keeper.keep(block(of, replicates=range(2, 3)))
        session.keeper.flush()
        assert (session.keeper.problem, session.keeper.unreported()) == ("", "")
        session.end("finished")
    assert session.problem == ""
    assert len(result_of(record).arms[0].replicates) == 3


def test_a_study_that_has_finished_but_is_not_kept_whole_can_go_on(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = kept(tmp_path, state=None)
    with Session.resume(record) as session:
        assert session.keeper is not None
        monkeypatch.setattr(sealed, "write_durably", refuse)
        session.keeper.keep(block(record.order.study))
        session.end("finished", "a headline")
    assert session.outcome is not None and session.outcome.state == "finished"
    found = outcome_of(record.folder)
    assert found is not None and (found.state, found.headline) == ("interrupted", "a headline")
    assert "No space left on device" in found.error


def test_a_checkpoint_is_not_written_before_the_blocks_that_are_left(
    tmp_path: Path, disk: Disk
) -> None:
    of = study()
    record = kept(tmp_path, run_order(of), state=None)
    with Session.resume(record) as session:
        assert session.keeper is not None
        disk.full = True
        session.keeper.keep(block(of))
        session.keeper.flush()
        disk.full = False
        checkpoints = session.keeper.checkpoints(block(of).key)
        checkpoints.keep(checkpoint)
        session.keeper.flush()
    assert sorted(path.suffix for path in record.blocks.iterdir()) == [".block", ".checkpoint"]
    (path,) = record.blocks.glob("*.checkpoint")
    assert read_checkpoint(path).seconds == 1.25


def test_a_study_that_begins_on_a_full_disk_is_kept_once_there_is_room(
    tmp_path: Path, disk: Disk
) -> None:
    of = study()
    disk.full = True
    session = Session.begin(run_order(of), tmp_path)
    assert "No space left on device" in session.problem
    assert list((tmp_path / "studies").iterdir()) == []
    with session:
        assert session.keeper is not None and session.record is not None
        disk.full = False
        session.keeper.keep(block(of))
        session.end("finished", "a headline")
    assert session.problem == ""
    assert state_of(session.record.folder) == "finished"
    assert len(result_of(records.read(session.record.folder)).arms) == 1


def test_a_disk_that_is_away_for_a_moment_gets_all_that_is_left(tmp_path: Path) -> None:
    of = study()
    with Session.begin(run_order(of), tmp_path / "disk") as session:
        assert session.keeper is not None and session.record is not None
        (tmp_path / "disk").rename(tmp_path / "away")
        session.keeper.keep(block(of, replicates=range(1)))
        session.keeper.flush()
        assert "No such file or directory" in session.keeper.problem
        assert not (tmp_path / "disk").exists()
        (tmp_path / "away").rename(tmp_path / "disk")
        session.keeper.keep(block(of, replicates=range(1, 2)))
        session.end("finished")
    assert session.problem == ""
    assert len(result_of(records.read(session.record.folder)).arms[0].replicates) == 2


def test_a_study_that_is_removed_while_it_trains_stays_so(tmp_path: Path) -> None:
    of = study()
    with Session.begin(run_order(of), tmp_path) as session:
        assert session.keeper is not None and session.record is not None
        shutil.rmtree(session.record.folder)
        session.keeper.keep(block(of))
        session.end("finished")
    assert "No such file or directory" in session.problem
    assert not session.record.folder.exists()


def test_where_nothing_can_be_written_training_goes_on(tmp_path: Path, disk: Disk) -> None:
    disk.full = True
    with Session.begin(run_order(study()), tmp_path) as session:
        assert session.keeper is not None
        session.keeper.keep(block(study()))
        assert session.keeper.block(block(study()).key) is not None
        session.end("finished")
    assert "No space left on device" in session.problem
