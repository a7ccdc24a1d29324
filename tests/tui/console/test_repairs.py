"""Faults of Textual's that random keys have found."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable

import pytest
from stage import ScriptedEngine
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import OptionList

from hiss.tui.console.app import HissApp
from hiss.tui.console.palette import Commands
from hiss.tui.screens.dialogs.choose import ChooseDialog

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def strips() -> int:
    gc.collect()
    return sum(isinstance(one, Strip) for one in gc.get_objects())


@pytest.mark.slow
async def test_the_lines_of_closed_screens_are_forgotten(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)

        async def help_opened_and_closed(times: int) -> int:
            for _ in range(times):
                await pilot.press("question_mark")
                await pilot.press("escape")
            await pilot.pause()
            return strips()

        before = await help_opened_and_closed(3)
        assert await help_opened_and_closed(8) < before + 100


@pytest.mark.slow
async def test_paging_in_a_list_that_has_no_lines_does_nothing() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test() as pilot:
        options = OptionList("one", "two", id="hidden")
        options.display = False
        await app.screen.mount(options)
        options.highlighted = 1
        await pilot.pause()
        options.action_page_up()
        options.action_page_down()


@pytest.mark.slow
async def test_every_theme_of_the_palette_draws_every_screen(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("e")
        for name in app.available_themes:
            app.theme = name
            await pilot.pause()


async def test_screens_are_resumed_and_resized_before_their_boards_are_there() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test() as pilot:
        for key in "vwvw":
            app.action_show_screen({"v": "compare", "w": "sweep"}[key])
            app.screen.on_screen_resume()
            app.screen.on_resize()
            app.screen.action_show_pane(1)
        await pilot.pause()


async def test_closing_a_screen_that_is_closed_already_does_nothing(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("question_mark")
        app.pop_screen()
        app.pop_screen()
        await pilot.pause()
        assert len(app.screen_stack) == 1


async def test_a_name_with_brackets_is_no_markup(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        odd = app.lab.experiments[0].model_copy(update={"name": "mine/a[[R=E<d>k", "title": "[/]"})
        app.list_experiments((odd,), own=True)
        for key in ("e", "escape", "y", "escape"):
            await pilot.press(key)
            await pilot.pause()


async def test_a_palette_that_closes_while_it_searches_does_not_look_for_its_list() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"xyzw")
        palette = app.screen
        assert isinstance(palette, CommandPalette)
        await palette.query("*").remove()
        palette._watch__list_visible()
        await palette._watch__show_busy()
        palette._list_visible = True
        palette._select_or_command()
        palette._action_cursor_down()
        palette._action_command_list("page_down")
        await palette._gather_commands("none of that name").wait()
        await pilot.pause(palette._NO_MATCHES_COUNTDOWN + 0.2)
        assert app.is_running


async def test_no_second_palette_is_opened_while_one_is_being_closed() -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        app.screen.dismiss()
        app.action_command_palette()  # its predecessor has left the stack, but not the app
        await pilot.pause()
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)


async def test_a_command_of_a_dialog_that_has_closed_does_nothing(until: Until) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("v", "p")
        dialog = app.screen
        assert isinstance(dialog, ChooseDialog)
        hits = [hit async for hit in Commands(dialog).discover()]
        mark = next(hit.command for hit in hits if "whole group" in str(hit.text))
        dialog.dismiss(None)
        await pilot.pause()
        await mark()
        assert app.is_running
