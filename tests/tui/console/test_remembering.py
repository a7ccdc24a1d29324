"""The console remembers: an app that is started again finds what the last one has left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.library.presets import dump, find
from hiss.tui.console.app import HissApp
from hiss.tui.screens.lab import LabScreen
from hiss.tui.state.memory import Memory
from hiss.tui.workers.memory_file import MemoryFile

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "console.json"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = "\n".join(f"{n % 7},{n * n},{n % 2}" for n in range(40))
    (tmp_path / "people.csv").write_text(f"age,income,label\n{rows}\n")
    (tmp_path / "mine.toml").write_text(dump(find("article/baseline")[0]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def console(path: Path) -> HissApp:
    return HissApp(ScriptedEngine(), memory_path=path)


def left(path: Path) -> Memory:
    return MemoryFile(path, print).read()


async def opened(app: HissApp, pilot: Pilot[None], until: Until, name: str, listed: str) -> None:
    await pilot.press("o", "slash")
    app.screen.query_one("#path", Input).value = name
    await pilot.press("enter")
    await until(pilot, lambda: app.screen.view.usable)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await until(pilot, lambda: app.lab.highlighted == listed)


async def test_everything_is_found_again(until: Until, folder: Path, path: Path) -> None:
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await opened(app, pilot, until, "mine.toml", "opened/mine")
        await opened(app, pilot, until, "people.csv", "data/people")
        await pilot.press("space", "home", "space", "down", "l", "p", "n", "n", "s", "M", "t")
        await pilot.press("v", "N")
        app.screen.query_one(Input).value = "50"
        await pilot.press("enter")
        before = app.lab
        assert app.memory.close()
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.theme == "hiss-light"
        await until(pilot, lambda: app.lab.marked == before.marked)
        await until(pilot, lambda: app.current_mode == "compare")
        now = app.lab
        assert (now.seed, now.repeats, now.declared, now.mode) == (2, 30, 50, "article")
        assert now.view == before.view
        assert now.highlighted == before.highlighted
        assert now.marked == {"article/baseline", "data/people"}
        assert now.comparing.targets == before.comparing.targets
        await until(pilot, lambda: now.experiments and app.lab.experiments == before.experiments)


async def test_a_change_is_written_within_two_seconds(until: Until, path: Path) -> None:
    app = console(path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("s")
        await asyncio.wait_for(_written(path, 2), 10)


async def _written(path: Path, seed: int) -> None:
    while not path.exists() or left(path).seed != seed:
        await asyncio.sleep(0.02)


async def test_a_file_that_is_gone_is_not_listed_and_costs_a_line(
    until: Until, folder: Path, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await opened(app, pilot, until, "people.csv", "data/people")
        assert app.memory.close()
    (folder / "people.csv").unlink()
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend and not app.lab.opened)
        assert isinstance(app.screen, LabScreen)
        assert app.lab.highlighted == "article/baseline"
        assert app.memory.close()
    assert left(path).opened == ()
    assert capfd.readouterr().err.count("not listed any more") == 1


async def test_a_key_pressed_before_the_presets_are_there_stays_in_the_lab(
    until: Until, path: Path
) -> None:
    MemoryFile(path, print).close(Memory(screen="sweep"), 60)
    app = console(path)
    async with app.run_test() as pilot:
        app.memory.stay()
        await until(pilot, lambda: app.lab.backend)
        assert app.current_mode == "lab"


async def test_a_theme_and_a_screen_that_do_not_exist_are_the_usual_ones(
    until: Until, path: Path
) -> None:
    MemoryFile(path, print).close(Memory(theme="gone", screen="gone"), 60)
    app = console(path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.lab.backend)
        assert (app.theme, app.current_mode) == (HissApp(ScriptedEngine()).theme, "lab")


async def test_a_model_is_made_again_on_the_data_of_its_table(
    until: Until, folder: Path, path: Path
) -> None:
    (folder / "net.py").write_text("def build(): ...\n")
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await opened(app, pilot, until, "people.csv", "data/people")
        await pilot.press("o", "slash")
        app.screen.query_one("#path", Input).value = "net.py:build"
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "ready", False))
        await pilot.press("space", "enter")
        await until(pilot, lambda: getattr(app.screen, "ready", False))
        await pilot.press("enter", "space")
        await until(pilot, lambda: app.lab.highlighted == "model/build")
        before = app.lab
        assert app.memory.close()
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.highlighted == "model/build")
        assert app.lab.experiments == before.experiments
        assert app.lab.marked == {"model/build"}
        (model,) = left(path).models
        assert (model.data, model.noise) == ("data/people", ("dense:after:0.1",))
        assert app.memory.close()
    (folder / "people.csv").unlink()
    app = console(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.experiments and not app.lab.opened)
        assert "model/build" not in {one.name for one in app.lab.experiments}
