from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from threading import Thread

import pytest

from hiss.files import expanded, resolved, write_atomically


class Killed(BaseException):
    """What nobody catches."""


def test_a_file_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, "one", replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(path, "two", replace=False)
    assert path.read_text() == "one"
    write_atomically(path, "two", replace=True)
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("owner", "step", "replace"),
    [(shutil, "copymode", True), (Path, "replace", True), (os, "link", False)],
)
def test_a_write_that_is_killed_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str, replace: bool
) -> None:
    path = tmp_path / "a.txt"
    if replace:
        path.write_text("old")

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(owner, step, die)
        write_atomically(path, "new", replace=replace)
    assert [each.read_text() for each in tmp_path.iterdir()] == (["old"] if replace else [])


def test_a_file_system_without_hard_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_atomically(tmp_path / "a.txt", "one", replace=False)
    assert (tmp_path / "a.txt").read_text() == "one"
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "a.txt", "two", replace=False)


def test_a_symbolic_link_stays_one_and_permissions_stay(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.txt", tmp_path / "link.txt"
    kept.write_text("one")
    kept.chmod(0o640)
    link.symlink_to(kept)
    write_atomically(link, "two", replace=True)
    assert link.is_symlink()
    assert kept.read_text() == "two"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual.txt").touch()
    write_atomically(tmp_path / "a.txt", "one", replace=False)
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "usual.txt").stat().st_mode


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=write_atomically, args=(pipe, "text"), kwargs={"replace": False})
    writer.start()
    assert pipe.read_text() == "text"
    writer.join()
    assert pipe.is_fifo()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path, "text", replace=True)


def test_a_link_to_itself_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    for replace in (True, False):
        with pytest.raises(OSError, match="symbolic links"):
            write_atomically(path, "text", replace=replace)
    assert path.is_symlink()
    assert resolved(path) == path


def test_what_is_not_unicode_is_written_as_json_escapes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, '"\udcff"', replace=False)
    assert json.loads(path.read_text()) == "\udcff"


def test_the_home_of_nobody_is_a_folder_of_that_name(home: Path) -> None:
    assert expanded("~nosuchuser/x") == Path("~nosuchuser/x")
    assert expanded("~/x") == home / "x"
