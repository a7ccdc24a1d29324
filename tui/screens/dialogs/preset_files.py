"""The dialogs before a preset of the user's is saved, renamed or deleted, and what follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.notice import ConfirmDialog, ProblemDialog
from hiss.tui.state import drafts, transitions
from hiss.tui.widgets.files import short

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.tui.workers.console import Console

WithName = Callable[[str], Awaitable[None] | None]


def ask_to_save(console: Console, text: str, name: str, then: WithName | None = None) -> None:
    """Ask for a name, save a preset's text under it, and call `then` with its full name."""

    def take_name(answer: str | None) -> None:
        if answer is not None:
            file = _file(answer)
            save = partial(_save, console, text, answer, then)
            if file.exists():
                dialog = ConfirmDialog(f"{short(file)} exists already.", "replace it")
                console.push_screen(dialog, lambda sure: save(True) if sure else None)
            else:
                save(False)

    def parse(answer: str) -> tuple[str, str]:
        file = _file(answer)
        return answer, f"{'Replaces' if file.exists() else 'Writes'} {short(file)}"

    console.push_screen(InputDialog("Save as a preset of your own", name, parse), take_name)


def ask_to_duplicate(console: Console, experiment: Experiment) -> None:
    """Ask for a name, and save a copy of an experiment under it."""
    from hiss.library.user_presets import source

    name = transitions.free_name(console.lab, f"mine/{experiment.name.rpartition('/')[2]}")
    ask_to_save(console, source(experiment), name)


def ask_to_rename(console: Console, name: str) -> None:
    """Ask for another name of a preset of the user's, and rename it."""

    def take_name(answer: str | None) -> None:
        if answer is not None:
            _show_problem(console, partial(_rename, console, name, answer))

    def parse(answer: str) -> tuple[str, str]:
        from hiss.errors import PresetError

        if (file := _file(answer)) == _file(name):
            raise PresetError("This is its present name.")
        if file.exists():
            raise PresetError(f"{short(file)} exists already.", "Choose another name.")
        return answer, f"Moves it to {short(file)}"

    console.push_screen(InputDialog(f"New name for {name}", name, parse), take_name)


def ask_to_delete(console: Console, name: str) -> None:
    """Ask for confirmation, and delete a preset of the user's."""
    saved = name in console.lab.user_presets
    place = f"Its file is {short(_file(name))}." if saved else "It has no file."
    dialog = ConfirmDialog(f"{name} is removed from the list. {place}", f"delete {name}")

    def take_answer(sure: bool | None) -> None:
        if sure:
            _show_problem(console, partial(_delete, console, name, saved))

    console.push_screen(dialog, take_answer)


def _save(console: Console, text: str, name: str, then: WithName | None, replace: bool) -> None:
    def save() -> None:
        from hiss.library.presets import find
        from hiss.library.user_presets import full_name
        from hiss.library.user_presets import save as write_preset

        write_preset(text, name, replace)
        console.list_experiments(find(full_name(name)), own=True)
        console.lab = transitions.problem_solved(console.lab, _file(name))
        if then is not None:
            console.call_next(then, full_name(name))

    _show_problem(console, save)


def _rename(console: Console, old: str, new: str) -> None:
    from hiss.library.presets import find
    from hiss.library.user_presets import rename

    full = rename(old, new)
    console.lab = transitions.experiment_removed(console.lab, old)
    console.list_experiments(find(full), own=True)
    _forget_draft(console, old)


def _delete(console: Console, name: str, saved: bool) -> None:
    from hiss.library.user_presets import delete

    if saved:
        delete(name)
    console.lab = transitions.experiment_removed(console.lab, name)
    _forget_draft(console, name)


def _forget_draft(console: Console, name: str) -> None:
    drafts.forget(name)
    console.lab = transitions.drafts_kept(console.lab, drafts.kept())


def _file(name: str) -> Path:
    from hiss.library.user_presets import file_of, full_name

    return file_of(full_name(name))


def _show_problem(console: Console, act: Callable[[], None]) -> None:
    """Call a function, and show its `EngineError` in a dialog."""
    from hiss.errors import EngineError

    try:
        act()
    except EngineError as error:
        console.push_screen(ProblemDialog(error.message, error.hint))
