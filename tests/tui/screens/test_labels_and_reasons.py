"""What is shown is labelled by what made it, and a key that can do nothing says why."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stage import ARTICLE, ScriptedEngine, experiment
from textual.pilot import Pilot
from textual.widgets import OptionList

from hiss.errors import PresetError
from hiss.training import gpu_load
from hiss.training.gpu_load import GpuLoad
from hiss.tui.console.app import HissApp
from hiss.tui.screens.compare import CompareScreen
from hiss.tui.screens.dialogs.notice import ConfirmDialog
from hiss.tui.screens.editor import EditorScreen
from hiss.tui.screens.lab import LabScreen
from hiss.tui.state import drafts, throughput
from hiss.tui.state.drafts import Draft
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.tui.widgets.presets import PresetList

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("hiss.library.presets.user_config_path", lambda _: tmp_path)
    monkeypatch.setattr(drafts, "user_state_path", lambda *_, **__: tmp_path / "state")
    return tmp_path


def text(app: HissApp) -> str:
    """All that is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def said(app: HissApp) -> str:
    """The notification on the screen, of which there is one at most."""
    (*_, last) = [*app._notifications] or [None]
    return last.message if last else ""


def ready(app: HissApp) -> Callable[[], object]:
    return lambda: app.lab.backend is not None and len(app.lab.previews) == len(app.lab.experiments)


async def trained(pilot: Pilot[None], until: Until, app: HissApp, *keys: str) -> None:
    """Press keys that start a study, and wait until it has ended."""
    await pilot.press(*keys)
    await until(pilot, lambda: app.lab.ending and not app.lab.running)
    await pilot.pause()


async def test_a_picture_is_labelled_by_its_study_and_the_header_by_the_next(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(160, 48)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "enter")
        await pilot.press("s", "n")
        await until(pilot, lambda: "next: seed 2 · 10 repeats · article mode" in text(app))
        assert "Accuracy · seed 1 · 1 repeat · article mode" in text(app)
        await pilot.press("v")
        await until(pilot, lambda: "next: seed 2 · 30 repeats" in text(app))
        await trained(pilot, until, app, "enter")
        await pilot.press("s")
        await until(pilot, lambda: "seed 2 · article mode · 30 repeats, as declared" in text(app))
        assert "next: seed 3" in text(app)


async def test_a_sweep_is_labelled_by_what_made_it(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "down", "w", "n", "n")
        await trained(pilot, until, app, "enter")
        await pilot.press("s", "o")
        await until(pilot, lambda: "Found · seed 1 · 10 repeats · article mode" in text(app))
        assert "next: hidden-before · σ" in text(app)
        assert "next: seed 2" in text(app)


async def test_runs_of_different_settings_are_told_apart_in_one_table(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "enter")
        assert "Made with" not in text(app)
        await trained(pilot, until, app, "down", "s", "n", "enter")
        await until(pilot, lambda: "Made with" in text(app))
        assert "seed 1, 1 repeat" in text(app) and "seed 2, 10 repeats" in text(app)
        assert "Accuracy · different settings" in text(app)


async def test_the_end_of_a_study_is_announced_and_stays(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "a", "enter")
        await until(pilot, lambda: "finished: 4 arms, 1.0 s" in text(app))
        assert "nothing marked" not in text(app)
        await pilot.press("down", "space", "l")
        await until(pilot, lambda: "finished: 4 arms, 1.0 s · 1 marked" in text(app))
        await pilot.press("w")
        await until(pilot, lambda: "finished: 4 arms, 1.0 s" in text(app))


@pytest.mark.parametrize(
    ("size", "header"),
    [
        ((120, 36), "loading TensorFlow … · next: seed 1 · 1 repeat · article mode"),
        ((80, 24), "loading … · next: seed 1 · 1 repeat"),
        ((60, 16), "loading …"),
    ],
)
async def test_the_header_says_what_comes_next_while_tensorflow_loads(
    until: Until, size: tuple[int, int], header: str
) -> None:
    engine = ScriptedEngine(loaded=threading.Event())
    app = HissApp(engine)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: len(app.lab.previews) == len(app.lab.experiments) > 0)
        await until(pilot, lambda: text(app).splitlines()[0].endswith(f"  {header} "))
        assert engine.loaded is not None
        engine.loaded.set()
        await until(pilot, lambda: "loading" not in text(app))


@pytest.mark.parametrize(
    ("width", "header"),
    [
        (200, "TensorFlow 2.21.0 · gpu:0 · 43 %, 1.0 of 80.0 GiB · next: seed 1 · 1 repeat"),
        (120, "gpu:0 · 43 %, 1.0 of 80.0 GiB · next: seed 1 · 1 repeat"),
        (80, "next: seed 1 · 1 repeat"),
    ],
)
async def test_the_header_says_how_busy_the_gpu_is_where_there_is_room(
    until: Until, monkeypatch: pytest.MonkeyPatch, width: int, header: str
) -> None:
    monkeypatch.setattr("hiss.tui.console.app.FOLLOWING", 0.05)
    monkeypatch.setattr(gpu_load, "gpu_load", lambda _: GpuLoad("H100", 43, 1 << 30, 80 << 30))
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(width, 24)) as pilot:
        await until(pilot, ready(app))
        assert app.lab.backend is not None
        assert app.lab.gpu is None
        app.lab = replace(app.lab, backend=replace(app.lab.backend, device="gpu:0"))
        await until(pilot, lambda: app.lab.gpu)
        await until(pilot, lambda: f"  {header}" in text(app).splitlines()[0])


async def test_a_study_that_takes_hours_is_announced_once(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throughput, "ENOUGH", 0.01)
    monkeypatch.setattr(throughput, "LONG", 0.01)
    engine = ScriptedEngine(half=3000, seconds_per_chunk=0.02)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: "This study takes about" in said(app))
        assert said(app).endswith("x stops it and keeps the results so far.")
        assert app.lab.running
        app.clear_notifications()
        await pilot.press("v", "escape")
        engine.gate.set()
        await until(pilot, lambda: app.lab.ending)
        assert said(app) == ""


async def test_one_pane_is_labelled_by_what_made_it_while_it_trains(until: Until) -> None:
    engine = ScriptedEngine(half=200)
    app = HissApp(engine)
    async with app.run_test(size=(60, 16)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("3", "s", "enter")
        await until(pilot, lambda: "seed 2 · 1 repeat" in text(app).splitlines()[-2])
        engine.gate.set()


async def test_a_study_that_was_stopped_says_how_far_it_came(until: Until) -> None:
    engine = ScriptedEngine(half=2000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: engine.studies)
        await trained(pilot, until, app, "x")
        await until(pilot, lambda: "stopped: 1 of 4 arms" in text(app))


async def test_every_key_that_can_do_nothing_in_the_lab_says_why(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        for key, reason in (
            ("x", "Nothing is being trained."),
            ("Q", "Nothing is being trained, and nothing waits."),
            ("r", "Nothing has been trained yet: enter trains."),
            ("c", "There is nothing to clear."),
            ("u", "Nothing has been cleared."),
            ("b", "No curves are shown yet."),
            ("i", "No curves are shown yet."),
            ("p", "There are no scores yet."),
            ("D", "article/baseline comes with hiss and stays."),
            ("R", "article/baseline is no preset of your own: d saves a copy of it as one."),
            ("exclamation_mark", "All presets can be read."),
        ):
            await pilot.press(key)
            await until(pilot, lambda reason=reason: said(app) == reason)
        await pilot.press("enter")
        await until(pilot, lambda: engine.studies)
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)
        for key in ("b", "i", "full_stop"):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda: said(app).startswith("One repeat is shown"))


async def test_every_key_that_can_do_nothing_elsewhere_says_why(until: Until) -> None:
    app = HissApp(ScriptedEngine(experiments=(experiment("patterns/mlp", 200),)))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        for key, reason in (
            ("v", ""),
            ("enter", "Two arms are needed at least: p chooses presets."),
            ("c", "There is nothing to clear."),
            ("w", ""),
            ("f", "There are no findings yet: enter sweeps."),
            ("left", "There is no grid yet: enter sweeps."),
            ("D", "There is no second site: O puts noise at one."),
        ):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda reason=reason: said(app) == reason)


async def test_a_sweep_of_one_site_says_that_there_is_no_other(until: Until) -> None:
    one = experiment("mine/one").model_copy(update={"layers": ARTICLE[0].layers[-1:]})
    app = HissApp(ScriptedEngine(experiments=(one,)))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("w", "o")
        await until(pilot, lambda: said(app) == "mine/one has no other site for noise.")


async def test_a_draft_with_a_problem_says_what_keeps_it_from_being_saved(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        wrong = 'title = "X"\n[training]\nepochs = -3\n'
        await app.push_screen(EditorScreen(Draft("mine/wrong", wrong, wrong)))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said(app).startswith("It cannot be saved like this. "))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: said(app) == "There is nothing to undo.")


async def test_fewer_repeats_replace_more_only_after_a_question(until: Until) -> None:
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "n", "n", "enter")
        await pilot.press("n", "n", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await until(pilot, lambda: "baseline: 30 repeats on the screen, 1 in the new" in text(app))
        await pilot.press("n")
        assert len(app.lab.runs[0].replicates) == 30 and len(engine.studies) == 1
        await pilot.press("enter", "y")
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        assert len(app.lab.runs[0].replicates) == 1


async def test_what_was_cleared_comes_back_on_every_screen(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "a", "enter")
        runs = app.lab.runs
        await pilot.press("c")
        assert app.lab.runs == ()
        await pilot.press("u")
        assert app.lab.runs == runs
        await pilot.press("v")
        await trained(pilot, until, app, "enter")
        compared = app.lab.comparing.runs
        await pilot.press("c", "u")
        assert app.lab.comparing.runs == compared
        await pilot.press("w", "n", "n")
        await trained(pilot, until, app, "enter")
        await until(pilot, lambda: app.lab.sweeping.settled)
        swept = app.lab.sweeping.runs
        await pilot.press("C", "u")
        assert app.lab.sweeping.runs == swept and app.lab.sweeping.settled


@pytest.mark.parametrize("keys", ["question_mark", "g", "y", "o", "e", "v p", "w p"])
async def test_q_closes_a_viewer_and_never_the_console(until: Until, keys: str) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        *before, last = keys.split()
        for key in before:
            await pilot.press(key)
        below = app.screen
        await pilot.press(last)
        assert app.screen is not below
        await pilot.press("q")
        await until(pilot, lambda: app.screen is below)
        assert app.return_code is None


async def test_a_preset_that_cannot_be_read_is_listed_with_its_fault(
    until: Until, home: Path
) -> None:
    file = home / "presets" / "odd.toml"
    file.parent.mkdir()
    file.write_text("[training]\nepochs = -3\n")
    problem = PresetError(f"{file}: training.epochs: expected a whole number from 1.", "Set it.")
    app = HissApp(ScriptedEngine(problems=(problem,)))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("end")
        await until(pilot, lambda: "! odd" in text(app))
        await until(pilot, lambda: "expected a whole number from 1. Set" in " ".join(
            text(app).replace("│", " ").split()))  # fmt: skip
        for key in ("enter", "space", "y", "d", "D"):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda: said(app) == "This file cannot be read: e edits it.")
        await pilot.press("v", "w", "escape", "e")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert app.screen.draft.origin == "mine/odd"
        assert app.screen.draft.text == file.read_text()


async def test_the_palette_selects_what_it_trains(until: Until) -> None:
    names = ("regression/sine-baseline", "regression/sine")
    engine = ScriptedEngine(experiments=(*ARTICLE, *map(experiment, names)))
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("ctrl+p", *"Train regression/sine")
        await until(
            pilot,
            lambda: any(one.option_count for one in app.screen.query(OptionList)),
        )
        await pilot.pause()
        await trained(pilot, until, app, "enter")
        assert [run.name for run in app.lab.runs] == ["regression/sine"]
        assert app.lab.highlighted == "regression/sine"
        assert app.screen.query_one(PresetList).selected == "regression/sine"


async def test_an_unchanged_preset_runs_from_the_editor_under_its_own_name(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "e")
        await trained(pilot, until, app, "ctrl+r")
        assert engine.studies[0].arms == (ARTICLE[1],)
        assert isinstance(app.screen, LabScreen)


async def test_an_arm_keeps_its_colour_and_symbol_on_every_screen(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await trained(pilot, until, app, "down", "enter")
        await trained(pilot, until, app, "up", "enter")
        await until(pilot, lambda: "● input-noise  ■ baseline" in text(app).replace("\u00a0", " "))
        await pilot.press("down", "v")
        await trained(pilot, until, app, "enter")
        assert isinstance(app.screen, CompareScreen)
        await until(pilot, lambda: "■ baseline  ● input-noise" in text(app).replace("\u00a0", " "))
        places = {run.name: run.place for run in (*app.lab.runs, *app.lab.comparing.runs)}
        assert places == {"article/input-noise": 0, "article/baseline": 1}


async def test_a_low_terminal_has_rows_for_the_presets(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(60, 16)) as pilot:
        await until(pilot, ready(app))
        assert app.screen.query_one(PresetList).content_size.height >= 5
        assert "input-noise" in text(app)


@pytest.mark.slow
async def test_a_sweep_of_fewer_repeats_replaces_more_only_after_a_question(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "down", "w")
        await trained(pilot, until, app, "enter")
        before = app.lab.sweeping.runs
        await pilot.press("n", "n", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("n")
        assert app.lab.sweeping.runs == before


async def test_a_sweeps_table_scrolls_to_the_selected_point_below_long_findings(
    until: Until,
) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "down", "w", "n", "n")
        await trained(pilot, until, app, "enter")
        await until(pilot, lambda: app.lab.sweeping.settled)
        findings = app.lab.sweeping.findings
        assert findings is not None
        wordy = replace(findings, sentences=tuple(f"Sentence {n}." for n in range(20)))
        app.lab = replace(app.lab, sweeping=replace(app.lab.sweeping, findings=wordy))
        for key, shown in (("right", "   1  10"), ("left", "   0  10")):
            await pilot.press(*(6 * [key]))
            await until(pilot, lambda shown=shown: shown in text(app))
            assert "Sentence 0." in text(app) and "Sentence 19." not in text(app)
            assert ". …" in text(app)


async def test_a_comparison_given_up_for_other_presets_can_be_brought_back(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("v")
        await trained(pilot, until, app, "enter")
        compared = app.lab.comparing.runs
        await pilot.press("p", "space", "down", "enter")
        await until(pilot, lambda: said(app) == "u brings the last comparison back.")
        assert app.lab.comparing.runs == ()
        await pilot.press("u")
        assert app.lab.comparing.runs == compared


def test_more_than_six_arms_have_colours_and_symbols_of_their_own() -> None:
    style = picture_style(DARK, GLYPHS["braille"])
    looks = {(style.color(place), style.symbol(place)) for place in range(36)}
    assert len(looks) == 36


async def test_a_name_that_looks_like_markup_is_listed_in_the_palette(until: Until) -> None:
    app = HissApp(ScriptedEngine(experiments=(*ARTICLE, experiment("mine/[=K m=bt/uj]"))))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("ctrl+p")

        def listed() -> list[str]:
            lists = app.screen.query(OptionList)
            return [str(each.prompt) for one in lists for each in one.options]

        await until(pilot, lambda: any("Train mine/[=K m=bt/uj]" in each for each in listed()))
        await pilot.press(*"Train mine")
        await until(pilot, lambda: listed() and "mine/[=K m=bt/uj]" in listed()[0])
