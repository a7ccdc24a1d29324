from __future__ import annotations

from collections.abc import Awaitable, Callable
from unittest.mock import Mock

import pytest
from stage import ARTICLE, ScriptedEngine
from textual.pilot import Pilot
from textual.timer import Timer

from hiss.tui.console import precompile
from hiss.tui.console.app import HissApp

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


class Rests:
    """The timers of the console, which end when the test ends them."""

    def __init__(self) -> None:
        self.begun: list[tuple[float, Callable[[], None], Mock]] = []

    def begin(self, after: float, then: Callable[[], None]) -> Mock:
        """Stand in for `set_timer`, patched on the class: the console itself is not passed."""
        timer = Mock(spec=Timer)
        self.begun.append((after, then, timer))
        return timer

    def end(self) -> None:
        """Call the timers that have not been stopped."""
        begun, self.begun = self.begun, []
        for _, then, timer in begun:
            if not timer.stop.called:
                then()


def ready(app: HissApp) -> Callable[[], object]:
    return lambda: app.lab.backend is not None


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> Rests:
    timers = Rests()
    monkeypatch.setattr(HissApp, "set_timer", timers.begin)
    return timers


async def test_the_preset_that_the_cursor_rests_on_is_prepared(until: Until, rests: Rests) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        rests.end()
        await until(pilot, lambda: engine.prepared)
        assert engine.prepared[0].arms == ARTICLE[:1]
        await pilot.press("M", "M", "a")
        await pilot.pause()
        rests.end()
        await until(pilot, lambda: len(engine.prepared) == 2)
        assert engine.prepared[1].arms == ARTICLE
        assert engine.prepared[1].mode == "task"


async def test_what_the_cursor_passes_by_is_not_prepared(until: Until, rests: Rests) -> None:
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, ready(app))
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert [after for after, *_ in rests.begun] == [precompile.DELAY] * 4
        assert [timer.stop.called for *_, timer in rests.begun] == [True, True, True, False]
        rests.end()
        await until(pilot, lambda: engine.prepared)
        assert [study.arms for study in engine.prepared] == [ARTICLE[3:4]]
