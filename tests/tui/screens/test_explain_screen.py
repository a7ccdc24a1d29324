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
        assert [arm.name for arm in screen.scene.asked.study.arms] == [
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
        await pilot.press("6", "left")
        assert said(app).startswith("Margins are those at the end")


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


async def test_what_gives_way_to_another_study_says_so(until: Until) -> None:
    engine = ScriptedEngine(silent=True)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.press("E")
        await until(pilot, lambda: "another study is trained first" in text(app))


async def test_a_study_without_snapshots_says_so_and_offers_to_make_them(until: Until) -> None:
    engine = ScriptedEngine(lacking=True)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and not app.lab.running)
        await pilot.press("E")
        await until(pilot, lambda: "no snapshots of the weights" in text(app))
        assert "the first time took 12 s" in text(app)
        assert engine.asked[-1].make is False
        await pilot.press("enter")
        await until(pilot, lambda: "connected regions" in text(app))
        assert engine.asked[-1].make is True
        await pilot.press("enter")
        assert said(app) == "There are snapshots of all arms."


async def test_what_is_explained_is_found_where_it_is_kept(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, until)
        (record,) = engine.records
        assert record is not None and record.id == app.lab.history.current
        await pilot.press("escape", "n", "enter")
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        await pilot.press("E")
        await until(pilot, lambda: len(engine.records) == 2)
        assert engine.records[1] is not None and engine.records[1].id != record.id


async def test_snapshots_are_kept_with_the_studies_that_are_started_if_wanted(
    until: Until,
) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: engine.studies and not app.lab.running)
        await pilot.press("W", "enter")
        assert said(app).startswith("The next studies keep their weights")
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        assert engine.albums[0] is None and engine.albums[1] is not None
        await pilot.press("W")
        assert said(app).startswith("The next studies keep no snapshots")


async def test_a_sweep_is_explained_by_its_strengths(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "down", "down", "w", "E")
        assert said(app) == "Nothing has been trained here yet."
        await pilot.press("n", "enter")
        await until(pilot, lambda: app.lab.sweeping.findings and not app.lab.running)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, ExplainScreen))
        screen = app.screen
        assert isinstance(screen, ExplainScreen)
        await until(pilot, lambda: screen.scene.frames and not screen.scene.progress)
        search = app.lab.sweeping.search
        assert search is not None
        assert engine.asked[-1].search == search
        assert engine.asked[-1].kept == app.lab.sweeping.kept
        assert len(screen.scene.shown) == 4 < len(search.places)
        await pilot.press("3")
        assert "Jacobian norm by σ" in text(app)
        assert "Jacobian norm: 20 at σ = 0" in text(app)
        await pilot.press("d", *"0, 0.1", "enter")
        await until(pilot, lambda: len(engine.asked) == 2)
        assert engine.asked[-1].chosen == (search.arm_name((0.0,)), search.arm_name((0.1,)))
        assert screen.scene.shown == engine.asked[-1].chosen
