"""Comparisons and sweeps on the screen, driven by keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from stage import ARTICLE, ScriptedEngine, experiment
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.errors import TrainingError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.compare import CompareScreen
from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.choose import ChooseDialog
from hiss.tui.screens.dialogs.notice import ProblemDialog
from hiss.tui.screens.dialogs.pages import HelpDialog
from hiss.tui.screens.lab import LabScreen
from hiss.tui.screens.sweep import SweepScreen
from hiss.tui.terminal.options import ConsoleOptions
from hiss.tui.widgets.comparison import Verdicts
from hiss.tui.widgets.sweep import SweepGrid

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def text(app: HissApp) -> str:
    """All that is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def few(pilot: Pilot[None], until: Until, app: HissApp, repeats: int = 3) -> None:
    """Declare a few repeats."""
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("N")
    app.screen.query_one(Input).value = str(repeats)
    await pilot.press("enter")


async def test_a_comparison_fills_in_and_its_arms_are_looked_at(until: Until) -> None:
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("v")
        await few(pilot, until, app)
        await until(pilot, lambda: "3 repeats declared" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "3 repeats, as declared" in text(app))
        assert engine.studies[0].repeats == 3
        await pilot.press("down", "down", "up")
        await until(pilot, lambda: "▸ hidden-before" in text(app))
        assert "Hidden before lifts test accuracy" in text(app)
        await pilot.press("l")
        await until(pilot, lambda: "Test loss" in text(app))
        await pilot.press("b", "b")
        await until(pilot, lambda: "against article/input-noise" in text(app))
        await pilot.press("escape")
        assert isinstance(app.screen, LabScreen)
        await until(pilot, lambda: "mean ± SD of repeats" in text(app))
        await pilot.press("v")
        assert "against article/input-noise" in text(app)


async def test_a_name_that_looks_like_markup_is_compared_and_swept(until: Until) -> None:
    app = HissApp(ScriptedEngine((ARTICLE[0], experiment("mine/hidden-[a=+9]")), chunk=4000))
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("space", "down", "space", "v")
        await few(pilot, until, app)
        await pilot.press("enter")
        await until(pilot, lambda: "3 repeats, as declared" in text(app))
        await until(pilot, lambda: "─ hidden-[a=+9] ─" in text(app))
        await pilot.press("escape", "w")
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.sweeping.settled)
        assert ", hidden-[a=+9] " in text(app)


async def test_what_is_compared_can_be_chosen(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "space", "down", "space", "v")
        assert app.lab.comparing.targets == ("article/input-noise", "article/hidden-before")
        await pilot.press("p")
        assert isinstance(app.screen, ChooseDialog)
        await pilot.press("space", "end", "space", "enter")
        assert isinstance(app.screen, CompareScreen)
        assert app.lab.comparing.targets[-1] == "extensions/input-and-hidden"
        await pilot.press("p", "escape")
        assert len(app.lab.comparing.targets) == 2


async def test_a_stopped_comparison_keeps_what_there_is_and_calls_it_interim(until: Until) -> None:
    engine = ScriptedEngine(half=2000, chunk=2000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("v", "enter")
        await until(pilot, lambda: engine.studies)
        assert app.screen.check_action("choose", ()) is None
        await pilot.press("x")
        await until(pilot, lambda: not app.lab.running)
        await until(pilot, lambda: "0/30" in text(app))
        assert app.screen.check_action("compare", ()) is True


async def test_a_sweep_fills_in_is_refined_and_confirmed(until: Until) -> None:
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "down", "w")
        await few(pilot, until, app)
        await pilot.press("enter")
        await until(pilot, lambda: "★" in text(app) and not app.lab.running)
        await until(pilot, lambda: app.lab.sweeping.settled)
        assert len(engine.studies[0].arms) == 6
        before = app.lab.sweeping.findings
        assert before is not None and before.best != (0.0,)
        await pilot.press("left", "right", "f")
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        await until(pilot, lambda: app.lab.sweeping.settled)
        await pilot.press("c")
        await until(pilot, lambda: len(engine.studies) == 3 and not app.lab.running)
        await until(pilot, lambda: "fresh repeats" in text(app))
        assert engine.studies[2].seed != engine.studies[0].seed
        await pilot.press("escape", "w")
        assert "fresh repeats" in text(app)


async def test_a_grid_is_asked_for_and_checked(until: Until) -> None:
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "down", "w", "d")
        assert isinstance(app.screen, InputDialog)
        app.screen.query_one(Input).value = "0,2"
        await pilot.press("enter")
        assert isinstance(app.screen, InputDialog)
        await until(pilot, lambda: "received 2" in text(app))
        app.screen.query_one(Input).value = "0,0.2"
        await pilot.press("enter")
        await until(pilot, lambda: "σ 0, 0.2 at layers.1" in text(app))
        await pilot.press("o")
        await until(pilot, lambda: "at input" in text(app))


async def test_two_sites_make_a_heat_map_and_a_stop_keeps_its_cells(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=1000, seconds_per_chunk=0.01))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("end", "w")
        await few(pilot, until, app, 2)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.sweeping.findings)
        await pilot.press("x")
        await until(pilot, lambda: not app.lab.running and app.lab.sweeping.settled)
        findings = app.lab.sweeping.findings
        assert findings is not None and 0 < len(findings.found.cells) < 16
        await pilot.press("left", "left", "left", "up", "up", "up", "down", "right")
        await until(pilot, lambda: "σ = 0.03, σ₂ = 0.03" in text(app))
        assert "*" in text(app)


async def test_a_preset_is_swept_from_the_palette(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("w", "ctrl+p", *"sweep pat")
        await until(pilot, lambda: "preset: Sweep patterns/mlp" in text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.lab.sweeping.target == "patterns/mlp")


@pytest.mark.slow
async def test_a_study_that_cannot_be_is_refused_on_any_screen(until: Until) -> None:
    app = HissApp(ScriptedEngine(error=TrainingError("There is no gpu:7.", "Use --device cpu.")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("w", "enter")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        await pilot.press("escape")
        assert not app.lab.running


@pytest.mark.slow
async def test_no_size_upsets_a_comparison_or_a_sweep(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        for key in ("v", "w"):
            await pilot.press(key)
            await few(pilot, until, app, 2)
            await pilot.press("enter")
            await until(pilot, lambda: not app.lab.running)
            for size in ((40, 12), (3, 10), (250, 70), (10, 3)):
                await pilot.resize_terminal(*size)
                await pilot.press("tab", "down", "i")


async def test_help_lists_every_key_of_a_comparison_and_of_a_sweep(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(110, 60)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        for key in ("v", "w"):
            await pilot.press(key)
            screen = app.screen
            assert isinstance(screen, CompareScreen | SweepScreen)
            bindings = [one for one in screen.BINDINGS if one.id != f"console.{screen.NAME}"]  # type: ignore[union-attr]
            assert len({one.id for one in bindings}) == len(bindings)  # type: ignore[union-attr]
            assert len({one.key for one in bindings}) == len(bindings)  # type: ignore[union-attr]
            await pilot.press("question_mark")
            assert isinstance(app.screen, HelpDialog)
            await pilot.pause()
            shown = text(app)
            assert [one.tooltip for one in bindings if one.tooltip not in shown] == []  # type: ignore[union-attr]
            await pilot.press("escape")


async def test_a_screen_that_is_not_looked_at_costs_nothing(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("v")
        hidden = app.screen.query_one(Verdicts)
        await pilot.press("w")
        drawn: list[int] = []
        hidden.redraw = lambda: drawn.append(1)  # type: ignore[method-assign]
        await few(pilot, until, app, 2)
        await pilot.press("enter")
        await until(pilot, lambda: not app.lab.running and app.lab.sweeping.settled)
        assert drawn == []


async def test_ascii_alone_is_enough_for_comparisons_and_sweeps(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000), ConsoleOptions(glyphs="ascii"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("end", "w")
        await few(pilot, until, app, 2)
        await pilot.press("enter")
        await until(pilot, lambda: not app.lab.running and app.lab.sweeping.settled)
        await until(pilot, lambda: "*" in "".join(
            strip.text for strip in app.screen.query_one(SweepGrid)._strips))  # fmt: skip
        await pilot.pause()
        assert {one for one in text(app) if not one.isascii()} == set()
        await pilot.press("escape", "home", "v", "enter")
        await until(pilot, lambda: "as declared" in text(app))
        assert {one for one in text(app) if not one.isascii()} == set()
        assert "?" not in text(app).replace("? help", "")
