from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import Mock

import pytest
from stage import ARTICLE, OTHERS, ScriptedEngine
from textual import events
from textual._compositor import Compositor
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.errors import PresetError, TrainingError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.choose import ChooseDialog
from hiss.tui.screens.dialogs.notice import LeaveDialog, ProblemDialog
from hiss.tui.screens.dialogs.pages import HelpDialog, LogDialog
from hiss.tui.screens.lab import LabScreen
from hiss.tui.terminal.options import ConsoleOptions
from hiss.tui.widgets.charts import Chart
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.presets import PresetList
from hiss.tui.widgets.readout import ReadoutLine

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def text(app: HissApp) -> str:
    """All that is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def ready(app: HissApp) -> Callable[[], object]:
    return lambda: app.lab.backend is not None and len(app.lab.previews) == len(app.lab.experiments)


async def test_enter_trains_the_preset_below_the_cursor(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: not app.lab.running)
        assert [run.name for run in app.lab.runs] == ["article/input-noise"]
        assert app.lab.runs[0].state == "ended"


async def test_keys_pressed_in_a_hurry_train_what_they_lead_to(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        for key in ("down", "down", "enter"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        assert [run.name for run in app.lab.runs] == ["article/hidden-before"]


async def test_keys_pressed_in_a_hurry_choose_what_they_lead_to(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("w", "p")
        await until(pilot, lambda: isinstance(app.screen, ChooseDialog))
        for key in ("down", "down", "enter"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: not isinstance(app.screen, ChooseDialog))
        assert app.lab.sweeping.target == "article/hidden-before"


async def test_a_key_sends_only_what_it_changes(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, paint = Mock(), Compositor.render_full_update
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        with monkeypatch.context() as watched:
            watched.setattr(
                Compositor,
                "render_full_update",
                lambda self, **options: (whole(), paint(self, **options))[1],
            )
            await pilot.press("n", "down", "space", "l")
            await pilot.pause()
        assert app.lab.repeats == 10 and app.lab.marked
        whole.assert_not_called()


async def test_the_keys_named_at_the_bottom_are_clicked_in_any_theme(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        keys = app.screen.query_one(KeyBar)
        dark = keys.render_line(0)
        await pilot.press("t")
        await pilot.pause()
        assert keys.render_line(0).text == dark.text
        assert keys.render_line(0) != dark
        await pilot.click(KeyBar, offset=(dark.text.index("space"), 0))
        await pilot.pause()
        assert app.lab.marked


async def test_the_whole_article_is_two_keys(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: len(app.lab.runs) == 4 and not app.lab.running)
        assert engine.studies[0].arms == ARTICLE
        await until(pilot, lambda: all(one.name.partition("/")[2] in text(app) for one in ARTICLE))
        assert "Bayes" in text(app)


async def test_the_picture_stays_when_training_has_ended(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.press("down")
        assert "○" in "".join(strip.text for strip in app.screen.query_one(Chart)._strips)


async def test_a_study_asked_for_early_shows_that_it_waits_for_tensorflow(until: Until) -> None:
    loaded = threading.Event()
    app = HissApp(ScriptedEngine(loaded=loaded))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.read)
        await pilot.press("enter")
        assert app.lab.runs[0].state == "loading TensorFlow"
        await until(pilot, lambda: "article/baseline: loading TensorFlow" in text(app))
        loaded.set()
        await until(pilot, lambda: not app.lab.running)
        assert app.lab.runs[0].replicates


async def test_x_stops_and_keeps_the_epochs_so_far(until: Until) -> None:
    engine = ScriptedEngine(half=2000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: app.lab.runs[0].curves and app.lab.runs[0].curves.counts[0])
        await pilot.press("x")
        assert app.lab.phase == "stopping" or not app.lab.running
        await until(pilot, lambda: not app.lab.running)
        assert [run.name for run in app.lab.runs] == ["article/baseline"]
        assert app.lab.runs[0].replicates[0].status == "stopped"
        assert app.lab.runs[0].replicates[0].epochs == 2000


async def test_r_runs_the_last_study_again_with_the_seed_set_now(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.press("down", "s", "r")
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        assert engine.studies[1].arms == engine.studies[0].arms
        assert [study.seed for study in engine.studies] == [1, 2]


async def test_l_shows_losses_and_c_clears(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.press("l")
        await until(pilot, lambda: "Loss" in text(app))
        await pilot.press("c")
        await until(pilot, lambda: "Curves appear here" in text(app))


async def test_a_number_of_repeats_is_asked_for_and_checked(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("N")
        assert isinstance(app.screen, InputDialog)
        app.screen.query_one(Input).value = "0"
        await pilot.press("enter")
        assert isinstance(app.screen, InputDialog)
        app.screen.query_one(Input).value = "7"
        await pilot.press("enter")
        assert app.lab.repeats == 7
        await pilot.press("S", "escape")
        assert app.lab.seed == 1


async def test_q_quits_at_once_when_nothing_trains(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("q")
    assert app.return_code == 0


async def test_q_asks_first_while_a_network_trains(until: Until) -> None:
    engine = ScriptedEngine(half=100)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: engine.studies)
        await pilot.press("q")
        assert isinstance(app.screen, LeaveDialog)
        await pilot.press("escape")
        assert isinstance(app.screen, LabScreen)
        assert app.lab.phase == "running"
        await pilot.press("q", "y")
    assert app.return_code == 0
    assert app.engine_thread.close(5)
    assert engine.stopped == [True]


async def test_ctrl_c_quits_from_anywhere(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("question_mark", "ctrl+c")
    assert app.return_code == 130


async def test_a_signals_exit_code_outlives_the_keys_pressed_before_it(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        app.quit_with(143)
        app.quit_with(0)
        app.keep_training()
    assert app.return_code == 143


async def test_a_mistake_is_shown_in_a_dialog_with_what_to_do(until: Until) -> None:
    app = HissApp(ScriptedEngine(error=TrainingError("There is no gpu:7.", "Use --device cpu.")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "There is no gpu:7." in text(app)
        assert "Use --device cpu." in text(app)
        await pilot.press("escape")
        assert not app.lab.running


async def test_a_bug_in_the_engine_thread_ends_the_console_with_its_traceback(until: Until) -> None:
    app = HissApp(ScriptedEngine(error=ZeroDivisionError("by a bug")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 1


async def test_presets_that_cannot_be_read_are_counted_and_explained(until: Until) -> None:
    problem = PresetError("mine.toml: training.epoch is not a key.", "Did you mean `epochs`?")
    app = HissApp(ScriptedEngine(problems=(problem,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        assert app.lab.experiments == ARTICLE + OTHERS
        await pilot.press("exclamation_mark")
        assert "Did you mean" in text(app)


async def test_help_lists_every_key_of_the_screen(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(100, 80)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpDialog)
        await pilot.pause()
        shown = text(app)
        bindings = LabScreen.BINDINGS + HissApp.BINDINGS + PresetList.BINDINGS
        here = "console.lab"
        missing = [one.tooltip for one in bindings if one.tooltip not in shown and one.id != here]  # type: ignore[union-attr]
        assert missing == []


async def test_every_binding_has_an_id_and_a_tooltip(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        bindings: list[Any] = [*LabScreen.BINDINGS, *HissApp.BINDINGS, *PresetList.BINDINGS]
        assert all(one.id and one.tooltip for one in bindings)
        assert len({one.id for one in bindings}) == len(bindings)


async def test_the_palette_does_what_a_key_does(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("ctrl+p", *"switch between acc")
        await until(pilot, lambda: "view: Switch between accuracy and loss" in text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.lab.view.quantity == "loss")


async def test_the_theme_goes_from_dark_to_light_and_back(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("t")
        assert not app.current_theme.dark
        await pilot.press("t")
        assert app.current_theme.dark


async def test_the_log_shows_what_was_printed(until: Until, tmp_path: Any) -> None:
    log = tmp_path / "console.log"
    log.write_text("2025 W tensorflow: \x1b[31moneDNN is on\n")
    app = HissApp(ScriptedEngine(), log_path=log)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("g")
        assert isinstance(app.screen, LogDialog)
        await until(pilot, lambda: "oneDNN is on" in text(app))


async def test_a_small_terminal_shows_one_pane_at_a_time(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(40, 12)) as pilot:
        await until(pilot, ready(app))
        for key, shown in (
            ("2", "data"),
            ("3", "curves"),
            ("4", "results"),
            ("tab", "presets"),
        ):
            await pilot.press(key)
            visible = [node.id for node in app.screen.query(".pane") if node.size.width]
            assert visible == [shown]


async def test_tab_goes_through_the_panes_in_order(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        seen = []
        for _ in range(4):
            seen.append(app.focused.id if app.focused else None)
            await pilot.press("tab")
        assert seen == ["presets", "data", "curves", "results"]


async def test_a_click_moves_the_cursor_and_two_train(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.click(PresetList, offset=(5, 3))
        assert app.lab.highlighted == "article/input-noise"
        await pilot.click(PresetList, offset=(5, 4), times=2)
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        assert app.lab.runs[0].name == "article/hidden-before"


@pytest.mark.slow
async def test_keys_on_the_bottom_line_can_be_clicked(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        place = text(app).splitlines()[-1].index("loss")
        await pilot.click(offset=(place, 35))
        assert app.lab.view.quantity == "loss"


@pytest.mark.slow
async def test_no_size_upsets_the_console(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        for size in ((40, 12), (3, 10), (250, 70), (59, 16), (10, 3)):
            await pilot.press("enter", "question_mark")
            await pilot.resize_terminal(*size)
            await pilot.press("escape", "3", "up", "4", "down")
        await until(pilot, lambda: not app.lab.running)


async def test_arrow_keys_before_the_presets_are_read_do_nothing() -> None:
    app = HissApp(ScriptedEngine(experiments=()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("up", "down", "space", "a", "enter", "x", "r", "c", "l")
        assert app.lab.runs == ()


async def test_only_changed_lines_of_the_chart_are_refreshed(until: Until) -> None:
    app = HissApp(ScriptedEngine(half=2000))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        chart = app.screen.query_one(Chart)
        await until(pilot, lambda: any("○" in strip.text for strip in chart._strips))
        refreshed: list[object] = []
        chart.refresh = lambda *regions, **_: refreshed.extend(regions)  # type: ignore
        chart.redraw()
        assert refreshed == []
        run = app.lab.runs[0]
        assert run.curves is not None
        run.curves.extend(0, run.curves.values[0, :, 1990:2000].T.copy())
        chart.redraw()
        assert 0 < len(refreshed) < chart.size.height // 2


async def test_the_clock_rests_when_nothing_trains(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        drawn: list[int] = []
        chart = app.screen.query_one(Chart)
        chart.pull = lambda: drawn.append(1)  # type: ignore[method-assign]
        await pilot.pause(0.5)
        assert drawn == []


async def test_ascii_alone_is_enough_for_the_console(until: Until) -> None:
    app = HissApp(ScriptedEngine(), ConsoleOptions(glyphs="ascii"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.pause()
        odd = {one for one in text(app) if not one.isascii()}
        assert odd == set()


async def test_the_readout_follows_the_training(until: Until) -> None:
    engine = ScriptedEngine(half=2000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("enter")
        line = app.screen.query_one(ReadoutLine)
        await until(pilot, lambda: "epoch 2,000/4,000" in line._strips[0].text)
        engine.gate.set()
