"""Who trains a study: alive, dead, or somebody else by now."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.store import owner as owners
from hiss.store.owner import (
    DEAD_SECONDS,
    LOCK,
    OWNER,
    STOP,
    Owner,
    Ownership,
    ask_to_stop,
    living_owner,
)


def write(folder: Path, owner: Owner, seconds_ago: float = 0) -> None:
    path = folder / OWNER
    path.write_text(json.dumps(asdict(owner)))
    os.utime(path, (time.time() - seconds_ago, time.time() - seconds_ago))


def test_a_process_that_trains_is_seen_and_gives_the_study_back(tmp_path: Path) -> None:
    with Ownership(tmp_path, threading.Event(), "queued") as mine:
        assert living_owner(tmp_path) == Owner.here("queued")
        mine.enter_phase("running")
        assert living_owner(tmp_path) == Owner.here()
    assert living_owner(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]


def test_a_process_that_has_ended_is_dead(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    write(tmp_path, replace(Owner.here(), pid=int(ended.stdout)))
    assert living_owner(tmp_path) is None


def test_another_process_with_the_same_number_is_not_it(tmp_path: Path) -> None:
    write(tmp_path, replace(Owner.here(), started="1"))
    assert living_owner(tmp_path) is None


def test_a_process_of_an_earlier_boot_is_dead(tmp_path: Path) -> None:
    write(tmp_path, replace(Owner.here(), boot="another"))
    assert living_owner(tmp_path) is None


def test_a_process_of_another_machine_lives_by_its_heartbeat(tmp_path: Path) -> None:
    elsewhere = replace(Owner.here(), host="elsewhere", boot="another", pid=1)
    write(tmp_path, elsewhere, DEAD_SECONDS - 2)
    assert living_owner(tmp_path) == elsewhere
    write(tmp_path, elsewhere, DEAD_SECONDS + 1)
    assert living_owner(tmp_path) is None


def test_without_the_kernels_clock_number_and_heartbeat_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "PROC", tmp_path / "no-proc")
    write(tmp_path, Owner.here())
    assert living_owner(tmp_path) == Owner.here()
    write(tmp_path, Owner.here(), DEAD_SECONDS + 1)
    assert living_owner(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\udcff".encode("utf-8", "replace")])
def test_a_damaged_owner_is_none(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / OWNER).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert living_owner(tmp_path) is None


def test_two_do_not_have_one_study(tmp_path: Path) -> None:
    with Ownership(tmp_path, threading.Event()):
        with pytest.raises(EngineError, match=f"process {os.getpid()} on {socket.gethostname()}"):
            Ownership(tmp_path, threading.Event()).__enter__()
        assert living_owner(tmp_path) is not None
    with Ownership(tmp_path, threading.Event()):
        pass


def test_without_locks_the_heartbeat_has_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(owners.fcntl, "flock", refuse)
    taken = pytest.raises(EngineError, match="is training this study already")
    with Ownership(tmp_path, threading.Event()), taken:
        Ownership(tmp_path, threading.Event()).__enter__()
    write(tmp_path, replace(Owner.here(), started="1"))
    with Ownership(tmp_path, threading.Event()):
        pass


def test_another_process_can_ask_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "HEARTBEAT_SECONDS", 0.01)
    stop = threading.Event()
    with Ownership(tmp_path, stop):
        ask_to_stop(tmp_path)
        assert stop.wait(10)
    assert not (tmp_path / STOP).exists()


def test_on_a_full_disk_the_lock_holds_and_the_owner_shows_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, write_durably = threading.Event(), owners.write_durably
    full.set()

    def write_or_not(path: Path, content: bytes) -> None:
        if full.is_set():
            raise OSError(28, "No space left on device")
        write_durably(path, content)

    monkeypatch.setattr(owners, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(owners, "write_durably", write_or_not)
    with Ownership(tmp_path, threading.Event()):
        with pytest.raises(EngineError, match="another process is training"):
            Ownership(tmp_path, threading.Event()).__enter__()
        full.clear()
        for _ in range(1000):
            if living_owner(tmp_path):
                break
            time.sleep(0.01)
        assert living_owner(tmp_path) == Owner.here()
