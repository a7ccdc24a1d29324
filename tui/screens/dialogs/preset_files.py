"""What is asked before an own preset is written, renamed or deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hiss.tui.screens.dialogs.ask import NameScreen
from hiss.tui.screens.dialogs.notice import ConfirmScreen, ProblemScreen
from hiss.tui.state import drafts, transitions
from hiss.tui.widgets.files import short

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.tui.workers.console import Console

Named = Callable[[str], Awaitable[None] | None]


def ask_to_save(console: Console, text: str, name: str, then: Named | None = None) -> None:
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


def ask_to_duplicate(console: Console, experiment: Experiment) -> None:
    """Ask for a name, and save a copy of an experiment under it."""
    from hiss.library.user_presets import source

    name = transitions.free_name(console.lab, f"mine/{experiment.name.rpartition('/')[2]}")
    ask_to_save(console, source(experiment), name)


def ask_to_rename(console: Console, name: str) -> None:
    """Ask for another name of an own preset."""

    def answered(given: str | None) -> None:
        if given is not None:
            _told(console, partial(_rename, console, name, given))

    def would_rename(given: str) -> str:
        from hiss.errors import PresetError

        if (file := _file(given)) == _file(name):
            raise PresetError("This is its name now.")
        if file.exists():
            raise PresetError(f"{short(file)} is there already.", "Choose another name.")
        return f"Moves it to {short(file)}"

    console.push_screen(NameScreen(f"Another name for {name}", name, would_rename), answered)


def ask_to_delete(console: Console, name: str) -> None:
    """Have the user confirm that an own preset is deleted."""
    own = name in console.lab.user_presets
    place = f"It is {short(_file(name))}." if own else "It has no file."
    question = ConfirmScreen(f"{name} goes from the list. {place}", f"delete {name}")

    def answered(sure: bool | None) -> None:
        if sure:
            _told(console, partial(_delete, console, name, own))

    console.push_screen(question, answered)


def _save(console: Console, text: str, name: str, then: Named | None, replace: bool) -> None:
    def save() -> None:
        from hiss.library.presets import find
        from hiss.library.user_presets import full_name
        from hiss.library.user_presets import save as write_preset

        write_preset(text, name, replace)
        console.list_experiments(find(full_name(name)), own=True)
        if then is not None:
            console.call_next(then, full_name(name))

    _told(console, save)


def _rename(console: Console, old: str, new: str) -> None:
    from hiss.library.presets import find
    from hiss.library.user_presets import rename

    full = rename(old, new)
    console.lab = transitions.experiment_removed(console.lab, old)
    console.list_experiments(find(full), own=True)
    _forget_draft(console, old)


def _delete(console: Console, name: str, own: bool) -> None:
    from hiss.library.user_presets import delete

    if own:
        delete(name)
    console.lab = transitions.experiment_removed(console.lab, name)
    _forget_draft(console, name)


def _forget_draft(console: Console, name: str) -> None:
    drafts.forget(name)
    console.lab = transitions.drafts_kept(console.lab, drafts.kept())


def _would_save(name: str) -> str:
    file = _file(name)
    return f"{'Replaces' if file.exists() else 'Writes'} {short(file)}"


def _file(name: str) -> Path:
    from hiss.library.user_presets import file_of, full_name

    return file_of(full_name(name))


def _told(console: Console, act: Callable[[], None]) -> None:
    """Do something, and say why where it cannot be done."""
    from hiss.errors import EngineError

    try:
        act()
    except EngineError as error:
        console.push_screen(ProblemScreen(error.message, error.hint))
