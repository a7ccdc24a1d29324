from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from test_snapshots import compare, picture
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.errors import EngineError
from hiss.library.presets import dump, find
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.notice import ConfirmDialog
from hiss.tui.screens.files import FilesScreen
from hiss.tui.screens.lab import LabScreen
from hiss.tui.screens.take import TakeScreen
from hiss.tui.state.choices import Choice
from hiss.tui.widgets.files import FileTree
from hiss.tui.widgets.table_options import TableOptions
from hiss.tui.widgets.table_view import ColumnList
from hiss.tui.workers import file_jobs

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "tables"
    here.mkdir()
    rows = [f"{n % 7},{'Rome' if n % 3 else 'Bonn'},{n * n},{n % 2}" for n in range(40)]
    (here / "people.csv").write_text("age,city,income,label\n" + "\n".join(rows) + "\n")
    (here / "notes.md").write_text("not a table")
    (here / ".hidden.csv").write_text("a,b\n1,2\n")
    (here / "mine.toml").write_text(dump(find("article/baseline")[0]))
    (here / "latin.csv").write_bytes("a,b\n1,é\n".encode("latin1") * 20)
    (here / "two-ways.csv").write_text("a;b;y\n" + "1,234;5;0\n2,500;4;1\n3,125;3;1\n" * 9)
    (here / "headless.csv").write_text("1,2\n" * 20)
    (here / "away.csv").symlink_to("nowhere")
    with (here / "huge.csv").open("wb") as file:
        file.truncate(2_000_000_000)
    monkeypatch.chdir(here)
    return here


def files_screen(app: HissApp) -> FilesScreen:
    assert isinstance(app.screen, FilesScreen)
    return app.screen


async def opened(app: HissApp, pilot: Pilot[None], until: Until, name: str = "") -> None:
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("o")
    await until(pilot, lambda: app.screen.query_one(FileTree).root.children)
    if name:
        await opened_by_path(app, pilot, name)


async def opened_by_path(app: HissApp, pilot: Pilot[None], name: str) -> None:
    await pilot.press("slash")
    app.screen.query_one("#path", Input).value = name
    await pilot.press("enter")


async def test_only_folders_and_readable_files_are_shown(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        names = [str(node.label) for node in app.screen.query_one(FileTree).root.children]
        tables = ["away.csv", "headless.csv", "huge.csv", "latin.csv", "people.csv", "two-ways.csv"]
        assert names == sorted([*tables, "mine.toml"])


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 12)])
async def test_a_table_looks_as_it_did(until: Until, folder: Path, size: tuple[int, int]) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: "target   label" in picture(app))
        compare(f"table-{size[0]}x{size[1]}", picture(app))


async def test_a_table_becomes_a_pair_that_can_be_run(until: Until, folder: Path) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        assert app.screen.check_action("add", ()) is None
        app.screen.query_one(ColumnList).highlighted = 1
        await pilot.press("d")
        await until(pilot, lambda: files_screen(app).view.usable)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "data/people")
        assert isinstance(app.screen, LabScreen)
        await pilot.press("a", "enter")
        await until(pilot, lambda: engine.studies and not app.lab.running)
        arms = {arm.name for arm in engine.studies[0].arms}
        assert arms == {"data/people-baseline", "data/people"}


async def test_what_was_opened_last_is_compared_and_swept_next(until: Until, folder: Path) -> None:
    (folder / "others.csv").write_text((folder / "people.csv").read_text())
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        for name in ("people", "others"):
            await opened(app, pilot, until, f"{name}.csv")
            await until(pilot, lambda: files_screen(app).view.proposal)
            app.screen.query_one(ColumnList).highlighted = 1
            await pilot.press("d")
            await until(pilot, lambda: files_screen(app).view.usable)
            await pilot.press("enter")
            await until(pilot, lambda name=name: app.lab.highlighted == f"data/{name}")
            await pilot.press("v", "enter")
            await until(pilot, lambda: app.lab.comparing.study and not app.lab.running)
            assert app.lab.comparing.study is not None
            assert app.lab.comparing.study.arms[-1].name == f"data/{name}"
            await pilot.press("w")
            assert app.lab.sweeping.target == f"data/{name}"
            await pilot.press("escape")


async def test_target_and_task_are_changed_by_keys(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        await pilot.press("up", "space")
        await until(pilot, lambda: files_screen(app).view.target == "income")
        assert "predict income: regression" in picture(app)
        await pilot.press("p")
        await until(pilot, lambda: "predict income: classification" in picture(app))
        await pilot.press("p")
        await until(pilot, lambda: "reconstruct the features" in picture(app))
        assert "left out income" in picture(app)
        await pilot.press("p")
        await until(pilot, lambda: "predict income: regression" in picture(app))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("huge.csv", "expected at most 100 MB, received 2,000 MB"),
        ("headless.csv", "read as: no header: `col1` … `col2`"),
        ("two-ways.csv", "1,234 may be 1234 or 1.234"),
        ("two-ways.csv", "o sets decimal or thousands"),
        ("notes.md", "expected a file ending in"),
        ("nowhere.csv", "There is no file or folder nowhere.csv."),
    ],
)
async def test_a_file_that_cannot_be_used_shows_why(
    until: Until, folder: Path, name: str, said: str
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until, name)
        await until(
            pilot, lambda: said in " ".join(picture(app).replace("│", " ").replace("╰", "").split())
        )


async def test_the_cursor_resting_on_a_file_shows_it(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        await pilot.press(*["down"] * 5)
        await until(pilot, lambda: files_screen(app).view.experiment)
        assert "A preset: Overfit" in picture(app)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.lab.highlighted == "opened/mine")


async def test_a_large_file_is_read_only_when_asked_for(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "huge.csv: 2,000 MB" in picture(app))
        await pilot.press("enter")
        await until(pilot, lambda: "expected at most 100 MB" in picture(app))


async def test_problems_are_shown_with_the_keys_that_solve_them(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: "h encodes it one-hot · d leaves a column out" in picture(app))
        await pilot.press("up", "space", "p")
        await until(pilot, lambda: "p switches the task" in picture(app))
        await pilot.press("escape")
        assert "enter views a file" in picture(app)


async def test_keys_of_a_preset_are_typed(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "two-ways.csv")
        await until(pilot, lambda: "o sets decimal or thousands" in picture(app))
        await pilot.press("o", *"decmal=,", "enter")
        await until(pilot, lambda: "Did you mean `decimal`?" in picture(app))
        app.screen.query_one(TableOptions).value = "decimal=, drop=b"
        await pilot.press("enter")
        await until(pilot, lambda: "read as: semicolons, decimal commas" in picture(app))
        assert "left out b" in picture(app)
        await pilot.press("o")
        assert app.screen.query_one(TableOptions).value == 'drop=["b"] decimal=,'
        await pilot.press("escape")
        assert isinstance(app.screen.focused, ColumnList)
        assert not app.screen.query_one(TableOptions).display


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 60)])
async def test_traps_are_shown_in_every_size(
    until: Until, folder: Path, size: tuple[int, int]
) -> None:
    rows = [f"{n};{n % 13 * 0.25};{n * 7 % 40};{n % 20 // 19}" for n in range(400)]
    (folder / "traps.csv").write_text("id;a;b;y\n" + "\n".join(rows))
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until, "traps.csv")
        await until(pilot, lambda: "`id` counts the rows" in picture(app))
        assert "read as: semicolons" in picture(app)
        assert "target" in picture(app)
        assert ("always guessing it" in picture(app)) == (size[0] > 80)
        assert "enter adds it to the presets" in picture(app)


async def test_keys_pressed_while_a_table_is_looked_at_are_not_lost(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        for key in ("up", "space", "p", "up", "d"):
            app.post_message(Key(key, None))
        await until(pilot, lambda: "predict income: classification" in picture(app))
        await until(pilot, lambda: "left out city" in picture(app))


async def test_escape_cancels_the_reading_of_a_table(
    until: Until, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate, read = threading.Event(), threading.Event(), file_jobs.read_file

    def read_slowly(choice: Choice) -> file_jobs.FileRead:
        begun.set()
        gate.wait(20)
        return read(choice)

    monkeypatch.setattr(file_jobs, "read_file", read_slowly)
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, begun.is_set)
        assert "reading people.csv …" in picture(app)
        assert "escape cancels the reading" in picture(app)
        await pilot.press("escape")
        await until(pilot, lambda: "reading people.csv … cancelled" in picture(app))
        assert "enter views a file" in picture(app)
        monkeypatch.setattr(file_jobs, "read_file", read)
        await opened_by_path(app, pilot, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        gate.set()


async def test_what_arrives_after_a_reading_was_cancelled_is_dropped(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        await pilot.press("escape")
        screen, late = files_screen(app), Choice(folder / "latin.csv")
        screen.post_message(file_jobs.FileRead(late, EngineError("too late")))
        await pilot.pause()
        assert "too late" not in picture(app)


async def test_a_path_can_be_typed_at_once(until: Until, folder: Path) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        app.post_message(Key("slash", "/"))
        for letter in "people":
            app.post_message(Key(letter, letter))
        await until(pilot, lambda: app.screen.query_one("#path", Input).value == "people")


async def test_a_path_leads_to_a_folder_and_home_is_a_tilde(
    until: Until, folder: Path, home: Path
) -> None:
    (home / "mine.csv").write_text("a,b\n1,2\n")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "~")
        tree = app.screen.query_one(FileTree)
        await until(pilot, lambda: [str(node.label) for node in tree.root.children] == ["mine.csv"])


async def test_a_table_is_read_while_a_network_trains(until: Until, folder: Path) -> None:
    engine = ScriptedEngine(half=100)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: engine.studies)
        await opened(app, pilot, until, "people.csv")
        await until(pilot, lambda: files_screen(app).view.proposal)
        assert app.lab.running
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(40, 12), (3, 10)])
async def test_no_size_upsets_the_files(until: Until, folder: Path, size: tuple[int, int]) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until, "people.csv")
        await pilot.press("down", "space", "escape", "down", "escape")
        assert isinstance(app.screen, LabScreen)


async def taken(app: HissApp, pilot: Pilot[None], until: Until) -> TakeScreen:
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("down", "y")
    screen = app.screen
    assert isinstance(screen, TakeScreen)
    await until(pilot, lambda: screen.texts)
    return screen


async def test_the_script_is_shown_and_copied(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await taken(app, pilot, until)
        compare("script-80x24", picture(app))
        await pilot.press("y")
        assert app.clipboard == screen.texts["script"]
        assert "def build_model" in app.clipboard
        await pilot.press("tab", "y")
        assert app.clipboard == screen.texts["exact"]
        assert "repeats=1, seed=1" in app.clipboard
        await pilot.press("tab", "y")
        assert app.clipboard == screen.texts["preset"]
        await pilot.press("tab", "y")
        assert app.clipboard == screen.texts["script"]


async def test_the_script_is_written_where_asked_and_never_over_a_file_silently(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    path = folder / "input-noise.py"
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await taken(app, pilot, until)
        await pilot.press("w", "enter")
        assert path.read_text() == screen.texts["script"]
        path.write_text("mine")
        await pilot.press("w", "enter")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("n")
        assert path.read_text() == "mine"
        await pilot.press("w", "enter", "y")
        assert path.read_text() == screen.texts["script"]
        assert path.stat().st_mode & 0o111 == 0


async def test_a_folder_that_does_not_exist_is_reported_before_writing(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await taken(app, pilot, until)
        await pilot.press("w")
        app.screen.query_one(Input).value = "nowhere/x.py"
        await pilot.press("enter")
        assert "There is no folder nowhere." in picture(app)
