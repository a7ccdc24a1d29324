from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from hiss.tui.state.memory import Memory
from hiss.tui.workers import memory_file
from hiss.tui.workers.memory_file import LARGEST, MemoryFile, memory_path

PATIENCE = 60.0


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "hiss" / "console.json"


def saved(path: Path, memory: Memory, log: list[str]) -> MemoryFile:
    file = MemoryFile(path, log.append)
    file.read()
    assert file.close(memory, PATIENCE)
    return file


def test_a_file_and_its_folder_are_made(path: Path, log: list[str]) -> None:
    saved(path, Memory(seed=3), log)
    assert MemoryFile(path, log.append).read() == Memory(seed=3)
    assert [each.name for each in path.parent.iterdir()] == ["console.json"]
    assert log == []


def test_where_nothing_has_changed_nothing_is_written(path: Path, log: list[str]) -> None:
    first, second = (MemoryFile(path, log.append) for _ in range(2))
    first.read(), second.read()
    first.close(Memory(seed=3), PATIENCE)
    second.close(Memory(), PATIENCE)
    assert MemoryFile(path, log.append).read() == Memory(seed=3)


def test_of_two_consoles_the_last_change_wins(path: Path, log: list[str]) -> None:
    files = [MemoryFile(path, log.append) for _ in range(4)]
    for turn in range(20):
        for place, file in enumerate(files):
            file.write(Memory(seed=turn, repeats=place))
    assert all(file.close(Memory(seed=19, repeats=9), PATIENCE) for file in files)
    assert MemoryFile(path, log.append).read() == Memory(seed=19, repeats=9)
    assert log == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b" " * (LARGEST + 1)])
def test_a_broken_file_costs_a_line_and_is_replaced(
    path: Path, log: list[str], content: bytes
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    saved(path, Memory(seed=3), log)
    assert len(log) == 1 and log[0].count("\n") == 0
    assert MemoryFile(path, log.append).read() == Memory(seed=3)


def test_the_file_of_a_later_version_stays_as_it_is(path: Path, log: list[str]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"schema": 2}')
    saved(path, Memory(seed=3), log)
    assert path.read_text() == '{"schema": 2}'
    assert len(log) == 1 and "schema is 2" in log[0]


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(path: Path, log: list[str]) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert MemoryFile(path, log.append).read() == Memory()
    assert "expected a file" in log[0]


def test_a_folder_that_cannot_be_written_costs_one_line(tmp_path: Path, log: list[str]) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    file = MemoryFile(tmp_path / "state" / "console.json", log.append)
    assert file.read() == Memory()
    for seed in range(5):
        file.write(Memory(seed=seed))
    assert file.close(Memory(seed=9), PATIENCE)
    assert len(log) == 1 and "nothing is remembered" in log[0]


def test_what_cannot_be_written_for_a_while_is_written_later(
    tmp_path: Path, log: list[str]
) -> None:
    (tmp_path / "state").write_text("in the way")
    file = MemoryFile(tmp_path / "state" / "console.json", log.append)
    file.write(Memory(seed=2))
    while not log:
        pass
    (tmp_path / "state").unlink()
    assert file.close(Memory(seed=2), PATIENCE)
    assert MemoryFile(tmp_path / "state" / "console.json", log.append).read().seed == 2


def test_without_a_home_nothing_is_remembered(
    monkeypatch: pytest.MonkeyPatch, log: list[str]
) -> None:
    monkeypatch.setattr(memory_file, "in_home", lambda find: Path("~"))
    saved(memory_path(), Memory(seed=3), log)
    assert log == ["nothing is remembered: there is no home folder"]


def test_a_write_that_never_ends_is_left_behind(
    path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    monkeypatch.setattr(memory_file, "write_atomically", lambda *_, **__: ended.wait())
    file = MemoryFile(path, log.append)
    assert not file.close(Memory(seed=3), 0.01)
    ended.set()


def test_what_comes_after_the_end_is_not_written(path: Path, log: list[str]) -> None:
    file = MemoryFile(path, log.append)
    assert file.close(Memory(seed=3), PATIENCE)
    file.write(Memory(seed=4))
    assert MemoryFile(path, log.append).read().seed == 3
