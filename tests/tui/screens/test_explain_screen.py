"""The explain screen on a scripted explanation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot

from hiss.errors import EngineError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.explain import ExplainScreen
from hiss.tui.state.explaining import PAGES
from hiss.tui.widgets.explain_view import ExplainView

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def text(app: HissApp) -> str:
    view = app.screen.query_one(ExplainView)
    return "\n".join(line.plain for line in view.draw_lines(*view.content_size))


def said(app: HissApp) -> str:
    return [each.message for each in app._notifications][-1]


async def opened(app: HissApp, pilot: Pilot[None], until: Until) -> ExplainScreen:
    """Train the article's group, and explain it."""
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("n", "a", "enter")
    await until(pilot, lambda: app.lab.runs and not app.lab.running)
    await pilot.press("E")
    await until(pilot, lambda: isinstance(app.screen, ExplainScreen))
    screen = app.screen
    assert isinstance(screen, ExplainScreen)
    await until(pilot, lambda: screen.scene.explanation and not screen.scene.progress)
    return screen


async def test_every_page_is_drawn_at_every_size(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, until)
        assert [arm.name for arm in screen.scene.study.arms] == [
            *("article/baseline", "article/input-noise"),
            *("article/hidden-before", "article/hidden-after"),
        ]
        for place, page in enumerate(PAGES, 1):
            await pilot.press(str(place))
            assert screen.scene.page == page
            for size in (((60, 16), (200, 60))[place % 2], (80, 24)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                view = screen.query_one(ExplainView)
                lines = view.draw_lines(*view.content_size)
                assert len(lines) <= view.content_size.height
                assert max(line.cell_len for line in lines) <= view.content_size.width
        await pilot.press("tab")
        assert screen.scene.page == PAGES[0]


async def test_moments_are_scrubbed_and_where_there_are_none_it_says_so(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, until)
        end = text(app)
        await pilot.press("left")
        assert screen.scene.moment == 0.5
        assert "epoch 2,000" in text(app)
        assert text(app) != end
        await pilot.press("home")
        assert screen.scene.moment == 0.0
        await pilot.press("end")
        assert text(app) == end
        await pilot.press("4", "left")
        assert said(app).startswith("This page shows the end")


async def test_the_sentences_of_the_page_stand_below_it(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(app, pilot, until)
        assert "connected regions" in text(app)
        await pilot.press("3")
        assert "Jacobian norm lower by" in text(app)
        await pilot.press("7")
        assert "baseline: no layer of this network adds noise." in text(app)


async def test_without_a_study_it_says_why_not(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("E")
        assert said(app) == "Nothing has been trained here yet."


async def test_what_cannot_be_explained_says_why(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        engine.error = EngineError("the table has vanished.")
        await pilot.press("E")
        await until(pilot, lambda: "the table has vanished." in text(app))


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_ends_the_looking(until: Until, key: str) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, ExplainScreen))
        assert app.engine_thread._explaining.is_set()


async def test_arms_are_seen_while_they_train(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("a", "enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        engine.half = 1
        await pilot.press("E")
        await until(pilot, lambda: "hidden-after, epoch 700" in text(app))
        engine.gate.set()
        await until(pilot, lambda: "connected regions" in text(app))
