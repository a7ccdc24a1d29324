from __future__ import annotations

from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.store import place
from hiss.store.place import index_file, on_network, store_folder

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw,relatime shared:2 - nfs4 server:/home rw
31 30 8:2 / /home/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/my\\040share rw - cifs //server/share rw
33 22 0:42 / /run/user rw - tmpfs tmpfs rw
short line
"""


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    monkeypatch.setattr(place, "resolved", lambda path: path)
    return path


def test_studies_are_kept_in_the_platforms_data_folder(home: Path) -> None:
    assert store_folder() == home / "data" / "hiss"


def test_the_environment_names_another_and_the_option_a_third(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HISS_HOME", str(tmp_path / "one"))
    assert store_folder() == tmp_path / "one"
    assert store_folder(tmp_path / "two") == tmp_path / "two"
    monkeypatch.setenv("HISS_HOME", "")
    assert store_folder().name == "hiss"


def test_a_home_is_expanded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HISS_HOME", "~/lab")
    assert store_folder() == home / "lab"


def test_a_file_in_place_of_a_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(EngineError, match=f"--store: {path} is a file"):
        store_folder(path)
    monkeypatch.setenv("HISS_HOME", str(path))
    with pytest.raises(EngineError, match="HISS_HOME: "):
        store_folder()


def test_without_a_home_the_folder_is_not_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> Path:
        raise RuntimeError("Could not determine home directory")

    monkeypatch.setattr(place, "user_data_path", nobody)
    assert not store_folder().is_absolute()


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/home/me/hiss", True),
        ("/home", True),
        ("/homes/me", False),
        ("/home/local/hiss", False),
        ("/mnt/my share/hiss", True),
        ("/run/user/1", False),
        ("/opt", False),
    ],
)
def test_a_network_file_system_is_found_by_its_mount(
    mounts: Path, folder: str, network: bool
) -> None:
    assert on_network(Path(folder), mounts) is network


def test_where_mounts_are_not_known_nothing_is_on_a_network(tmp_path: Path) -> None:
    assert not on_network(tmp_path, tmp_path / "missing")


def test_the_index_is_beside_the_studies_or_in_the_cache_where_these_are_on_a_network(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index_file(tmp_path) == tmp_path / "index.sqlite"
    monkeypatch.setattr(place, "on_network", lambda folder: folder == tmp_path)
    found = index_file(tmp_path)
    assert found is not None and found.parent == home / "cache" / "hiss"
    monkeypatch.setattr(place, "on_network", lambda folder: True)
    assert index_file(tmp_path) is None
