from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
DATA = (".toml", ".json", ".tcss")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("hiss-*.whl")
    return built


def test_a_wheel_holds_every_file_that_hiss_reads(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for package in ("engine", "presets", "tui"):
        for file in (ROOT / package).rglob("*"):
            if file.suffix in DATA or file.suffix == ".py":
                assert file.relative_to(ROOT).as_posix() in names


def test_a_wheel_finds_its_presets_wherever_it_is_unpacked(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path / "elsewhere")
    code = """
import sys
sys.path.insert(0, "elsewhere")
import engine.presets
assert "elsewhere" in engine.presets.__file__
library = engine.presets.load_presets()
assert not library.problems, library.problems
print(*(each.name for each in library.experiments))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert {"article/baseline", "article/hidden-after"} <= set(found.stdout.split())


def test_a_wheel_installs_the_command(wheel: Path) -> None:
    archive = ZipFile(wheel)
    (points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "hiss = tui.__main__:main" in archive.read(points).decode()
