"""What is asked before an own preset is written, renamed or deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui import drafts, listing
from tui.screens.confirm import ConfirmScreen
from tui.screens.name import NameScreen
from tui.screens.problem import ProblemScreen
from tui.widgets.paths import short

if TYPE_CHECKING:
    from engine.spec import Experiment
    from tui.app import HissApp

Named = Callable[[str], Awaitable[None] | None]


def ask_to_save(console: HissApp, text: str, name: str, then: Named | None = None) -> None:
    """Ask for a name, and save a preset's text under it."""

    def answered(given: str | None) -> None:
        if given is not None:
            replaced = _file(given)
            save = partial(_save, console, text, given, then)
            if replaced.exists():
                question = ConfirmScreen(f"{short(replaced)} is there already.", "replace it")
                console.push_screen(question, lambda sure: save(True) if sure else None)
            else:
                save(False)

    console.push_screen(NameScreen("Save as a preset of your own", name, _would_save), answered)


def ask_to_duplicate(console: HissApp, experiment: Experiment) -> None:
    """Ask for a name, and save a copy of an experiment under it."""
    from engine.own_presets import source

    name = listing.free_name(console.lab, f"mine/{experiment.name.rpartition('/')[2]}")
    ask_to_save(console, source(experiment), name)


def ask_to_rename(console: HissApp, name: str) -> None:
    """Ask for another name of an own preset."""

    def answered(given: str | None) -> None:
        if given is not None:
            _told(console, partial(_rename, console, name, given))

    def would_rename(given: str) -> str:
        from engine.errors import PresetError

        if (file := _file(given)) == _file(name):
            raise PresetError("This is its name now.")
        if file.exists():
            raise PresetError(f"{short(file)} is there already.", "Choose another name.")
        return f"Moves it to {short(file)}"

    console.push_screen(NameScreen(f"Another name for {name}", name, would_rename), answered)


def ask_to_delete(console: HissApp, name: str) -> None:
    """Have the user confirm that an own preset is deleted."""
    own = name in console.lab.own
    place = f"It is {short(_file(name))}." if own else "It has no file."
    question = ConfirmScreen(f"{name} goes from the list. {place}", f"delete {name}")

    def answered(sure: bool | None) -> None:
        if sure:
            _told(console, partial(_delete, console, name, own))

    console.push_screen(question, answered)


def _save(console: HissApp, text: str, name: str, then: Named | None, replace: bool) -> None:
    def save() -> None:
        from engine.own_presets import full_name
        from engine.own_presets import save as write_preset
        from engine.presets import find

        write_preset(text, name, replace)
        console.list_experiments(find(full_name(name)), own=True)
        if then is not None:
            console.call_next(then, full_name(name))

    _told(console, save)


def _rename(console: HissApp, old: str, new: str) -> None:
    from engine.own_presets import rename
    from engine.presets import find

    full = rename(old, new)
    console.lab = listing.removed(console.lab, old)
    console.list_experiments(find(full), own=True)
    _forget_draft(console, old)


def _delete(console: HissApp, name: str, own: bool) -> None:
    from engine.own_presets import delete

    if own:
        delete(name)
    console.lab = listing.removed(console.lab, name)
    _forget_draft(console, name)


def _forget_draft(console: HissApp, name: str) -> None:
    drafts.forget(name)
    console.lab = listing.drafts_kept(console.lab, drafts.kept())


def _would_save(name: str) -> str:
    file = _file(name)
    return f"{'Replaces' if file.exists() else 'Writes'} {short(file)}"


def _file(name: str) -> Path:
    from engine.own_presets import file_of, full_name

    return file_of(full_name(name))


def _told(console: HissApp, act: Callable[[], None]) -> None:
    """Do something, and say why where it cannot be done."""
    from engine.errors import EngineError

    try:
        act()
    except EngineError as error:
        console.push_screen(ProblemScreen(error.message, error.hint))
