from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stage import ScriptedEngine
from test_snapshots import compare, picture
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.errors import EngineError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.files import FilesScreen
from hiss.tui.screens.lab import LabScreen
from hiss.tui.screens.take import TakeScreen
from hiss.tui.screens.user_model import ModelScreen
from hiss.tui.widgets.model_view import NameList, PlaceList

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]
CODE = """\
import keras
from keras import layers
UNITS = 32

def build(): ...
async def later(): ...
class Net(keras.Model): ...
made = keras.Sequential([])
_hidden = keras.Sequential([])
def build(): ...
raise SystemExit("it must not be run to be listed")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "models"
    here.mkdir()
    (here / "net.py").write_text(CODE)
    (here / "empty.py").write_text("UNITS = 32\n")
    (here / "wrong.py").write_text("def build(:\n")
    (here / "latin.py").write_bytes(b"name = '\xe9'\n")
    (here / "saved.keras").write_bytes(b"")
    monkeypatch.chdir(here)
    return here


async def opened(app: HissApp, pilot: Pilot[None], until: Until, name: str) -> ModelScreen:
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("o", "slash")
    app.screen.query_one("#path", Input).value = name
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ModelScreen))
    assert isinstance(app.screen, ModelScreen)
    return app.screen


def names(app: HissApp) -> tuple[str, ...]:
    return app.screen.query_one(NameList).names


async def test_the_names_in_a_file_are_listed_without_running_it(
    until: Until, folder: Path
) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "net.py")
        await until(pilot, lambda: names(app))
        assert names(app) == ("build", "Net", "made")
        assert not engine.opened
        await pilot.press("escape")
        assert isinstance(app.screen, FilesScreen)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.py", "no function, class or model"),
        ("wrong.py", "line 1: SyntaxError"),
        ("latin.py", "SyntaxError"),
    ],
)
async def test_a_file_without_names_says_why(
    until: Until, folder: Path, name: str, reason: str
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 24)) as pilot:
        await opened(app, pilot, until, name)
        await until(pilot, lambda: reason in " ".join(picture(app).split()))


async def test_a_model_becomes_a_pair_that_can_be_compared(until: Until, folder: Path) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, until, "net.py:build")
        await until(pilot, lambda: screen.ready)
        seen = picture(app)
        assert "compiled with sgd, binary_crossentropy, accuracy: taken over" in seen
        assert "net.py:build on the data of article/baseline" in seen
        assert (
            "drawn for each repeat; k" in " ".join(seen.split()) and "--model-weights" not in seen
        )
        await pilot.press("space")
        app.screen.query_one(Input).value = "dense:after:0.3:Dropout"
        await pilot.press("enter")
        await until(pilot, lambda: screen.ready)
        assert "after:0.3:Dropout" in picture(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "model/build")
        assert isinstance(app.screen, LabScreen)
        await pilot.press("space", "v", "enter")
        await until(pilot, lambda: engine.studies and not app.lab.running)
        arms = {arm.name: arm for arm in engine.studies[0].arms}
        assert arms.keys() == {"model/build-baseline", "model/build"}
        model = arms["model/build"].model
        assert model is not None
        assert model.reference == str(folder / "net.py:build")
        assert [each.class_name for each in model.noise] == ["Dropout"]


async def test_noise_is_checked_as_it_is_typed_and_removed_by_a_key(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, until, "net.py:build")
        await until(pilot, lambda: screen.ready)
        await pilot.press("down", "space")
        typed = app.screen.query_one(Input)
        assert typed.value == "dense_1:after:0.1"
        typed.value = "dense_1:after:7"
        await pilot.pause()
        shown = " ".join(picture(app).split())
        assert "strength: expected" in shown and "--noise" not in shown
        await pilot.press("enter")
        assert app.screen is not screen
        typed.value = "other:after:0.1"
        await pilot.press("enter")
        await until(pilot, lambda: "net.py:build has no such layer" in picture(app))
        assert screen.refusal("proceed", ()) == "The model cannot be trained like this."
        assert screen.query_one(PlaceList).names == ("dense", "dense_1")
        await pilot.press("space", "enter")
        screen._change(replace(screen._choice, noise=()))
        await until(pilot, lambda: screen.ready)
        await pilot.press("space", "enter")
        await until(pilot, lambda: screen.ready and "after:0.1" in picture(app))
        await pilot.press("d")
        await until(pilot, lambda: screen.ready and "after:0.1" not in picture(app))


async def test_weights_and_data_are_chosen_by_keys(until: Until, folder: Path) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, until, "saved.keras")
        await until(pilot, lambda: screen.ready)
        await pilot.press("k", "k")
        await until(pilot, lambda: screen.ready)
        assert engine.opened[-1].weights == "keep"
        assert "weights kept" in picture(app)
        await pilot.press("p", "down", "enter")
        await until(pilot, lambda: screen.ready)
        assert "saved.keras on the data of article/input-noise" in picture(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "model/saved-baseline")


async def test_a_model_that_cannot_be_trained_says_why_and_another_one_can_follow(
    until: Until, folder: Path
) -> None:
    error = EngineError(
        "net.py:build takes batches of exactly 4 rows.", "Leave the batch out: keras.Input((3,))."
    )
    app = HissApp(ScriptedEngine(errors={"net.py:build": error}))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, until, "net.py")
        await until(pilot, lambda: names(app))
        await pilot.press("enter")
        await until(pilot, lambda: "batches of exactly 4 rows" in picture(app))
        assert "Leave the batch out" in picture(app)
        await pilot.press("escape", "down", "enter")
        await until(pilot, lambda: screen.ready)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "model/Net-baseline")


async def test_a_model_waits_for_the_training_and_can_be_given_up(
    until: Until, folder: Path
) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and app.lab.runs[0].state == "training")
        screen = await opened(app, pilot, until, "net.py:build")
        await until(pilot, lambda: "once the training has ended" in picture(app))
        assert "once the training has ended" in screen.refusal("proceed", ())
        await pilot.press("q", "q")
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)
        await opened(app, pilot, until, "net.py:Net")
        await until(pilot, lambda: engine.opened)
        assert [each.name for each in engine.opened] == ["net.py:Net"]


async def test_a_listed_model_is_edited_here_exported_as_a_script_and_never_saved_as_a_preset(
    until: Until, folder: Path
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, until, "net.py:build")
        await until(pilot, lambda: screen.ready)
        await pilot.press("space", "enter")
        await until(pilot, lambda: screen.ready)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "model/build")
        assert "a model of your own" in app.screen.refusal("duplicate", ())  # type: ignore[attr-defined]
        await pilot.press("e")
        again = app.screen
        assert isinstance(again, ModelScreen)
        await until(pilot, lambda: again.ready)
        assert "after:0.1" in picture(app)
        await pilot.press("d")
        await until(pilot, lambda: again.ready and "after:0.1" not in picture(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LabScreen))
        await pilot.press("y")
        take = app.screen
        assert isinstance(take, TakeScreen)
        await until(pilot, lambda: take._refusal)  # the file does not define a network
        assert "There is no script" in picture(app)
        assert take.refusal("copy", ()) == take._refusal


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (40, 12), (120, 36)])
async def test_a_model_looks_as_it_did(until: Until, folder: Path, size: tuple[int, int]) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        screen = await opened(app, pilot, until, "net.py:build")
        await until(pilot, lambda: screen.ready)
        await pilot.press("space", "enter")
        await until(pilot, lambda: screen.ready and "after:0.1" in picture(app))
        compare(f"model-{size[0]}x{size[1]}", picture(app))
