from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from stage import ARTICLE, ScriptedEngine
from textual.pilot import Pilot

from tui import foresight
from tui.app import HissApp

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def ready(app: HissApp) -> Callable[[], object]:
    return lambda: app.lab.backend is not None


async def test_the_preset_that_the_cursor_rests_on_is_prepared(until: Until) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: engine.prepared)
        assert engine.prepared[0].arms == ARTICLE[:1]
        await pilot.press("M", "M", "a")
        await until(pilot, lambda: len(engine.prepared) == 2)
        assert engine.prepared[1].arms == ARTICLE
        assert engine.prepared[1].mode == "task"


async def test_what_the_cursor_passes_by_is_not_prepared(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    monkeypatch.setattr(foresight, "REST", 1.0)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: engine.prepared)
        assert [study.arms for study in engine.prepared] == [ARTICLE[3:4]]

