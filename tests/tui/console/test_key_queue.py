"""Keys that come together, as they do when a line has been held up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from stage import ScriptedEngine
from textual.events import Event, Key, Paste
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.tui.console import key_queue
from hiss.tui.console.app import HissApp
from hiss.tui.console.key_queue import KeyQueue
from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.widgets.presets import PresetList

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def event(typed: str) -> Event:
    match typed.partition(" "):
        case "paste", _, pasted:
            return Paste(pasted)
        case key, _, _:
            return Key(key, key if len(key) == 1 else None)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ([*"abcd", "backspace", "backspace", "x"], "abx"),
        ([*"ab", "left", "c", "home", "d"], "dacb"),
        (["paste abc", "backspace", "d"], "abd"),
    ],
)
async def test_what_comes_at_once_is_typed_in_its_order(
    until: Until, typed: list[str], name: str
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(InputDialog("Which?", "", lambda text: (text, "")))
        await until(pilot, lambda: isinstance(app.focused, Input))
        for each in typed:
            app.post_message(event(each))
        await until(pilot, lambda: app.screen.query_one(Input).value == name)


async def test_a_key_that_gets_lost_holds_up_the_next_one_only_for_a_while(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        with monkeypatch.context() as lossy:
            lossy.setattr(KeyQueue, "_await_handling", lambda *_: None)
            await pilot.press("down")
        await pilot.press("down")
        assert app.query_one(PresetList).highlighted == 2
        monkeypatch.setattr(key_queue, "TIMEOUT", 0.0)
        await pilot.press("down")
        await until(pilot, lambda: app.query_one(PresetList).highlighted == 4)
