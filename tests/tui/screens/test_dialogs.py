from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot
from textual.widgets import Input, Static

from hiss.errors import EngineError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.ask import InputDialog, whole_number

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]
BOUNDS = (1, 10_000)


def test_a_whole_number_within_bounds_is_read() -> None:
    assert whole_number(BOUNDS, "30") == (30, "1 to 10,000")


@pytest.mark.parametrize("text", ["", "0", "-3", "2.5", "many", "10001"])
def test_what_is_no_whole_number_within_bounds_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="Expected a whole number from 1 to 10,000"):
        whole_number(BOUNDS, text)


async def test_an_input_dialog_shows_its_hint_live_and_returns_the_value(until: Until) -> None:
    app, answers = HissApp(ScriptedEngine()), list[int | None]()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = InputDialog("How many?", "1", partial(whole_number, BOUNDS), select=True)
        app.push_screen(dialog, answers.append)
        await until(pilot, lambda: isinstance(app.focused, Input))
        line = dialog.query_one(".hint", Static)
        assert str(line.content) == "1 to 10,000"
        await pilot.press("x", "enter")
        assert "received x" in str(line.content) and line.has_class("-problem")
        assert answers == []
        await pilot.press("backspace", "7", "enter")
        await until(pilot, lambda: answers == [7])


async def test_a_cancelled_input_dialog_returns_nothing(until: Until) -> None:
    app, answers = HissApp(ScriptedEngine()), list[int | None]()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = InputDialog("How many?", "1", partial(whole_number, BOUNDS))
        app.push_screen(dialog, answers.append)
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("escape")
        await until(pilot, lambda: answers == [None])
