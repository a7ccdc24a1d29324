"""What an installed hiss consists of, and that it lives beside a user's own files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"engine": "hiss", "tui": "hiss/tui", "presets": "hiss/presets"}
DATA = (".toml", ".json", ".tcss", ".py", ".typed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of the sources: building leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"
    subprocess.run([sys.executable, "-c", build], cwd=folder, check=True, capture_output=True)
    (built,) = folder.glob("hiss-*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel is unpacked into."""
    folder = tmp_path_factory.mktemp("site")
    ZipFile(wheel).extractall(folder)
    return folder


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that comes before the installed packages."""
    path = os.pathsep.join((str(folder), str(site)))
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_a_wheel_holds_every_file_that_hiss_reads(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for folder, package in FOLDERS.items():
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in DATA:
                assert f"{package}/{file.relative_to(ROOT / folder).as_posix()}" in names


def test_a_wheel_installs_hiss_and_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert len(tops) == 2
    assert {top.partition("-")[0] for top in tops} == {"hiss"}


def test_a_wheel_finds_its_presets_wherever_it_is_unpacked(site: Path, tmp_path: Path) -> None:
    code = """
import hiss.library.presets
library = hiss.library.presets.load_presets()
assert not library.problems, library.problems
print(hiss.__file__, *(each.name for each in library.experiments))
"""
    found = run(site, tmp_path, "-c", code)
    assert found.returncode == 0, found.stderr
    assert str(site) in found.stdout
    assert {"article/baseline", "article/hidden-after"} <= set(found.stdout.split())


def test_a_wheel_installs_the_command(wheel: Path) -> None:
    archive = ZipFile(wheel)
    (points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "hiss = hiss.__main__:main" in archive.read(points).decode()


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A user's folder with files that are called as folders of hiss are."""
    (tmp_path / "engine.py").write_text("HORSES = 3\n")
    (tmp_path / "presets.py").write_text("raise RuntimeError('not yours')\n")
    for name in ("tui", "data", "noise"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('not yours')\n")
    return tmp_path


def test_a_users_files_of_the_same_names_leave_the_command_alone(site: Path, crowded: Path) -> None:
    done = run(site, crowded, "-m", "hiss", "list")
    assert done.returncode == 0, done.stderr
    assert "article/baseline" in done.stdout


def test_a_users_network_imports_its_neighbours_and_not_hiss(site: Path, crowded: Path) -> None:
    (crowded / "layers_of_mine.py").write_text("UNITS = 7\n")
    (crowded / "network.py").write_text(
        """
import keras
from engine import HORSES

def build():
    from layers_of_mine import UNITS
    return keras.Sequential([keras.layers.Dense(UNITS + HORSES, "relu"),
                             keras.layers.Dense(1, "sigmoid")])
"""
    )
    shown = run(site, crowded, "-m", "hiss", "show", "article/baseline",
                "--model", "network.py:build")  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "Dense 10 relu" in shown.stdout
