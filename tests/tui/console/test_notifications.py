"""Notifications do not pile up."""

from __future__ import annotations

from stage import ScriptedEngine
from textual.widgets._toast import ToastHolder

from hiss.tui.console.app import HissApp


async def test_a_notification_takes_the_place_of_one_that_says_the_same() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        for text in ("one", "two", "one", "one"):
            app.notify(text)
            await pilot.pause()
        assert [each.message for each in app._notifications] == ["two", "one"]


async def test_only_the_last_few_notifications_are_shown() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(8):
            app.notify(str(number))
            await pilot.pause()
        assert [each.message for each in app._notifications] == ["5", "6", "7"]


async def test_the_holders_of_toasts_that_are_gone_are_removed() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(8):
            app.notify(str(number))
            await pilot.pause()
        assert len(app.screen.query(ToastHolder)) == 3
        app.clear_notifications()
        await pilot.pause()
        assert not app.screen.query(ToastHolder)
