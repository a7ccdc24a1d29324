from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from test_snapshots import compare, picture
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from hiss.library.presets import dump, find
from hiss.library.user_presets import file_of, save
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.choose import LayerDialog
from hiss.tui.screens.dialogs.notice import ConfirmDialog
from hiss.tui.screens.editor import EditorScreen
from hiss.tui.screens.lab import LabScreen
from hiss.tui.state import drafts
from hiss.tui.state.drafts import Draft
from hiss.tui.widgets.form import FieldRow

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def text(app: HissApp) -> str:
    return picture(app)


def editor(app: HissApp) -> EditorScreen:
    assert isinstance(app.screen, EditorScreen)
    return app.screen


def row(app: HissApp, key: str) -> FieldRow:
    return next(row for row in app.screen.query(FieldRow) if row.field.key == key)


def layers(app: HissApp) -> list[str]:
    table = editor(app).checked.table
    assert table is not None
    return [layer["class_name"] for layer in table["layers"]]


async def opened(app: HissApp, pilot: Pilot[None], until: Until, *keys: str) -> None:
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("down", "e", *keys)
    await pilot.pause()


async def typed(pilot: Pilot[None], app: HissApp, key: str, value: str) -> None:
    field = row(app, key).query_one(Input)
    field.focus()
    field.value = value
    await pilot.pause()


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("editor-80x24", (80, 24), "down down n"),
        ("editor-120x36", (120, 36), "end enter"),
        ("editor-40x12", (40, 12), "down enter"),
        ("editor-wrong-80x24", (80, 24), "down down enter down ctrl+u x"),
        ("editor-text-80x24", (80, 24), "ctrl+t"),
        ("editor-layers-80x24", (80, 24), "a"),
    ],
)
async def test_the_editor_looks_as_it_did(
    until: Until, name: str, size: tuple[int, int], keys: str
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, until, *keys.split())
        if isinstance(app.focused, TextArea | Input):
            app.focused.cursor_blink = False
        await pilot.pause()
        compare(name, picture(app))


async def test_what_is_typed_is_checked_and_the_diagram_follows(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(160, 36)) as pilot:
        await opened(app, pilot, until, "down", "down")
        await typed(pilot, app, "layers.0.stddev", "0.3")
        assert "x₂ ─ σ.3 ─ Dense 500 relu" in text(app)
        await typed(pilot, app, "layers.0.stddev", "3")
        assert "expected a number from 0 to 1, received 3." in text(app)
        assert editor(app).check_action("run", ()) is None
        assert editor(app).check_action("save", ()) is None
        await typed(pilot, app, "layers.0.class_name", "GaussianNois")
        assert "Did you mean `GaussianNoise`?" in text(app)


async def test_arguments_follow_the_layers_name_once_it_is_complete(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down")
        await typed(pilot, app, "layers.0.class_name", "Dropout")
        await pilot.press("enter")
        await until(pilot, lambda: "Dropout .2 ─ Dense 500" in text(app))
        assert app.focused is row(app, "layers.0.rate").input


async def test_a_name_is_completed_by_an_arrow_key(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "end", "enter", "ctrl+u", *"rms")
        await until(pilot, lambda: row(app, "training.optimizer").input._suggestion)
        await pilot.press("right")
        await until(pilot, lambda: row(app, "training.optimizer").input.value == "RMSprop")


async def test_layers_are_added_doubled_moved_removed_and_all_that_undone(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down")
        before = layers(app)
        assert before == ["GaussianNoise", "Dense", "Dense"]
        await pilot.press("d", "J", "delete", "up", "n")
        assert layers(app) == ["GaussianNoise", "Dense", "GaussianNoise", "Dense"]
        await pilot.press("a", *"lstm", "enter")
        await until(pilot, lambda: "LSTM" in layers(app))
        assert editor(app).part == "layers.3"
        for _ in range(5):
            await pilot.press("ctrl+z")
        assert layers(app) == before
        assert not editor(app).draft.changed


async def test_a_layer_is_found_by_letters_typed_in_a_hurry(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down", "a")
        await until(pilot, lambda: isinstance(app.screen, LayerDialog))
        for key in (*"drop", "down", "down", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: not isinstance(app.screen, LayerDialog))
        await until(pilot, lambda: "AlphaDropout" in layers(app))


async def test_a_name_typed_in_a_hurry_is_taken_whole(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        for key in ("ctrl+s", "ctrl+u", *"mine/my", "backspace", "backspace", "x", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: file_of("mine/x").exists())


async def test_the_text_is_checked_as_the_form_is(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "ctrl+t")
        source = app.screen.query_one("#source", TextArea)
        source.text = source.text.replace("units", "unit", 1)
        await until(pilot, lambda: "Did you mean `units`?" in text(app))
        source.text = "title = "
        await until(pilot, lambda: "This is not TOML" in text(app))
        assert editor(app).check_action("toggle_text", ()) is None
        source.text = editor(app).draft.initial.replace("500", "50")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "0 σ GaussianNoise" in text(app))
        assert "Dense 50 relu" in text(app)


async def test_a_draft_is_run_without_being_saved(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down", "n", "ctrl+r")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        assert isinstance(app.screen, LabScreen)
        assert app.lab.highlighted == "draft/article-input-noise"
        assert len(engine.studies[0].arms[0].layers) == 4
        assert not file_of("mine/input-noise").exists()
        await pilot.press("e")
        assert editor(app).draft.origin == "article/input-noise"
        assert editor(app).draft.changed


async def test_a_draft_is_saved_under_a_name_and_then_is_a_preset(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down", "n", "ctrl+s")
        assert "Writes" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "edit mine/input-noise" in text(app))
        assert len(find("mine/input-noise")[0].layers) == 4
        assert app.lab.user_presets == {"mine/input-noise"}
        assert drafts.kept() == set()


async def test_neither_a_built_in_preset_nor_another_file_is_overwritten_silently(
    until: Until,
) -> None:
    save(dump(find("article/baseline")[0]), "input-noise")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "ctrl+s")
        app.screen.query_one(Input).value = "article/baseline"
        await pilot.press("enter")
        assert "article/baseline is a built-in preset." in text(app)
        app.screen.query_one(Input).value = "input-noise"
        await pilot.press("enter")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("n")
        assert len(find("mine/input-noise")[0].layers) == 2


async def test_a_draft_survives_leaving_the_editor_and_the_console(until: Until) -> None:
    await _noise_added(until)
    await _noise_added(until)
    assert (drafts.recall("article/input-noise") or "").count("GaussianNoise") == 3


async def _noise_added(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "end", "n", "escape")
        await until(pilot, lambda: "input-noise *" in text(app))


async def test_a_draft_is_thrown_away_only_when_that_is_confirmed(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down", "n", "o")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("escape")
        assert len(layers(app)) == 4
        await pilot.press("o", "y")
        await until(pilot, lambda: len(layers(app)) == 3)
        await pilot.press("escape")
    assert drafts.kept() == set()


async def test_a_draft_whose_preset_is_gone_is_listed_again(until: Until) -> None:
    draft = dump(find("article/baseline")[0])
    drafts.keep(Draft("data/iris-noise", "", draft))
    drafts.keep(Draft("data/broken", "", "title = "))
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await until(pilot, lambda: app.lab.drafts)
        assert app.lab.experiments[-1].name == "data/iris-noise"
        assert app.lab.highlighted == "article/baseline"
        assert isinstance(app.screen, LabScreen)
        app.screen.commands()["draft: Edit data/broken"]()
        await until(pilot, lambda: "This is not TOML" in text(app))


async def test_editing_leaves_a_running_training_alone(until: Until) -> None:
    engine = ScriptedEngine(half=100)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "enter")
        await until(pilot, lambda: engine.studies)
        await pilot.press("e", "end", "n")
        assert editor(app).check_action("run", ()) is True
        await pilot.press("ctrl+s", "enter")
        await until(pilot, lambda: "mine/input-noise" in app.lab.user_presets)
        assert app.lab.running
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)
        assert [run.name for run in app.lab.runs] == ["article/input-noise"]
        assert len(app.lab.runs[0].experiment.layers) == 3


async def test_own_presets_are_copied_renamed_and_deleted_by_keys(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        for action in ("rename", "delete"):
            assert app.screen.check_action(action, ()) is None
        await pilot.press("d", "enter")
        await until(pilot, lambda: app.lab.highlighted == "mine/baseline")
        await pilot.press("R")
        app.screen.query_one(Input).value = "exam/one"
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.highlighted == "exam/one")
        assert file_of("exam/one").exists()
        await pilot.press("D")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("y")
        await until(pilot, lambda: app.lab.user_presets == set())
        assert not file_of("exam/one").exists()
        assert "exam/one" not in [one.name for one in app.lab.experiments]


async def test_a_folder_that_cannot_be_written_to_is_reported(until: Until, home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "hiss").write_text("a file where the folder should be")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "ctrl+s", "enter")
        await until(pilot, lambda: "cannot be written" in text(app))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(40, 12), (3, 10)])
async def test_no_size_upsets_the_editor(until: Until, size: tuple[int, int]) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "enter", "down")
        await pilot.resize_terminal(*size)
        await pilot.press("x", "escape", "a")
        await pilot.press("escape", "ctrl+t", "x", "ctrl+t", "ctrl+s", "escape", "escape")


async def test_letters_typed_before_the_fields_appear_go_into_the_first(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "down", "down")
        for key, character in (("enter", None), ("d", "d"), ("n", "n")):
            app.post_message(Key(key, character))
        await until(pilot, lambda: row(app, "layers.0.class_name").input.value[-2:] == "dn")
        assert len(layers(app)) == 3


async def test_keys_typed_ahead_act_in_their_order(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        for key in ("end", "enter", "down", "down", "down", "down", "enter"):
            app.post_message(Key(key, None))
        app.post_message(Key("7", "7"))
        await until(pilot, lambda: "batch_size = 327" in editor(app).draft.text)


async def test_what_is_typed_as_soon_as_the_text_appears_goes_into_it(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        for key in ("ctrl+t", "x", "y", "backspace"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: editor(app).draft.text.startswith("xtitle"))


async def test_what_was_typed_last_is_saved_too(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "end", "enter", "down", "down", "down", "down")
        with app.prevent(Input.Changed):
            row(app, "training.epochs").input.value = "50"
        await editor(app).take_typed()
        experiment = editor(app).checked.experiment
        assert experiment is not None
        assert experiment.training.epochs == 50


async def test_advice_stands_above_the_form_as_long_as_it_is_needed(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        await pilot.press("down", "down", "down", "down", "enter", "down", "down")
        await pilot.press("ctrl+u", *"tanh")
        await pilot.pause()
        assert "! binary_crossentropy expects probabilities; the outputs are tanh" in text(app)
        await pilot.press("ctrl+u", *"sigmoid")
        await pilot.pause()
        assert "expects probabilities" not in text(app)


async def test_a_long_key_keeps_its_end(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until, "end")
        assert "….restore_best_weights true or false" in text(app)
