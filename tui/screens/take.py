"""The screen that exports an experiment: as a Keras script, as a script of hiss, or as TOML."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.syntax import Syntax
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.message import Message
from textual.widgets import Static

from hiss.files import expanded
from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.notice import ConfirmDialog, ProblemDialog
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import plan
from hiss.tui.widgets.files import PathSuggester, short
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.workers.model_jobs import ModelJob

if TYPE_CHECKING:
    from hiss.data.spec import Mode
    from hiss.experiment.spec import Experiment

Form = Literal["script", "exact", "preset"]
KINDS: dict[Form, str] = {
    "script": "a Keras script",
    "exact": "a script of hiss's own numbers",
    "preset": "a preset",
}
"""The forms in the order in which a key goes through them."""


class TakeScreen(ConsoleScreen, inherit_bindings=False):
    """Shows the text, copies it, and writes it to a file."""

    CSS_PATH = "take.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="text.back", tooltip="Go back"),
        Binding("y,c", "copy", "copy", id="text.copy", tooltip="Copy the text to the clipboard"),
        Binding("w", "write", "write", id="text.write", tooltip="Write the text to a file"),
        Binding("tab,l", "next_form", "form", id="text.form",
                tooltip="Show the Keras script, the script of hiss's own numbers, or the TOML"),
        *ConsoleScreen.VIEWER,
    ]  # fmt: skip

    class Written(Message):
        """The texts have been written; without a script, with the reason why there is none."""

        def __init__(self, texts: dict[Form, str], refusal: str) -> None:
            """Carry the texts and the reason."""
            super().__init__()
            self.texts, self.refusal = texts, refusal

    def __init__(self, experiment: Experiment) -> None:
        """Take the experiment to export."""
        super().__init__()
        self.experiment = experiment
        self.form: Form = "script"
        self.texts: dict[Form, str] = {}
        self._refusal = ""
        self._job: ModelJob | None = None
        """Writes the script of a user's model."""

    def compose(self) -> ComposeResult:
        """Lay out the text between two lines."""
        yield Static(id="title")
        with ScrollableContainer(id="page"):
            yield Static("writing …", id="text")
        yield Static(id="hint", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Write the texts in the background: a script may need the data first."""
        self.query_one("#page").focus()
        self._show()
        lab = self.lab
        study = (lab.seed, plan.repeats(lab, "lab"), plan.study_mode(lab, "lab"))
        job = partial(written, self.experiment, *study)
        if self.experiment.model is None:
            self.console.background.run("script", job, self.post_message)
        else:
            self._job = ModelJob(job, self.post_message)
            self.console.engine_thread.run_model_job(self._job)
            self._hint("It is written once the training has ended." if self.lab.running else "")
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())

    @on(Written)
    def take_texts(self, message: Written) -> None:
        """Show the script, or the TOML where there is no script."""
        self.texts, self._refusal = message.texts, message.refusal
        self.form = next((form for form in KINDS if form in self.texts), "script")
        self._show()
        self._hint(self._refusal)
        if not self.texts:
            self.query_one("#text", Static).update("There is no script.")

    def _show(self) -> None:
        title = f" {self.experiment.name} as {KINDS[self.form]}"
        self.query_one("#title", Static).update(Text.assemble((" hiss ", "bold reverse"), title))
        if self.form in self.texts:
            theme = "ansi_dark" if self.app.current_theme.dark else "ansi_light"
            language = "toml" if self.form == "preset" else "python"
            source = self.texts[self.form]
            text = Syntax(source, language, theme=theme).highlight(source)
            text.style = ""
            self.query_one("#text", Static).update(text)
        self.refresh_bindings()

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Static).update(text)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action in ("copy", "write", "next_form") and not self.texts:
            return self._refusal or "The text is still being made."
        if action == "next_form" and len(self.texts) < 2:
            return f"There is nothing else to export. {self._refusal}".strip()
        return ""

    def action_copy(self) -> None:
        """Copy the text through the terminal (OSC 52), which works over SSH too."""
        text = self.texts[self.form]
        self.app.copy_to_clipboard(text)
        self._hint(
            f"{len(text.splitlines())} lines copied, if the terminal allows it "
            "(tmux: set -s set-clipboard on). w writes a file."
        )

    def action_write(self) -> None:
        """Ask for a path and write the text there."""
        ending = {"script": ".py", "exact": "-exact.py", "preset": ".toml"}[self.form]
        name = self.experiment.name.rpartition("/")[2]
        dialog = InputDialog("Write to", f"{name}{ending}", parsed, suggester=PathSuggester())
        self.app.push_screen(dialog, self._answered)

    def _answered(self, given: str | None) -> None:
        if given is None:
            return
        path = expanded(given)
        if os.path.exists(path):
            question = ConfirmDialog(f"{short(path)} exists already.", "replace it")
            self.app.push_screen(question, lambda sure: self._write(path, True) if sure else None)
        else:
            self._write(path, False)

    def _write(self, path: Path, replace: bool) -> None:
        from hiss.files import why, write_atomically

        try:
            write_atomically(path, self.texts[self.form], replace=replace)
        except (OSError, ValueError) as error:
            message = f"{path} cannot be written: {why(error)}."
            self.app.push_screen(ProblemDialog(message, "Choose another place."))
        else:
            self._hint(f"Written to {short(path)}")

    def action_next_form(self) -> None:
        """Show the next text."""
        forms = [form for form in KINDS if form in self.texts]
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self._show()

    def action_back(self) -> None:
        """Go back."""
        self.console.background.cancel("script")
        if self._job is not None:
            self._job.dropped.set()
        self.app.pop_screen()

    action_close = action_back


def written(experiment: Experiment, seed: int, repeats: int, mode: Mode) -> TakeScreen.Written:
    """Return the message with an experiment's texts; for a background job.

    The exact script is that of a study with this seed, these repeats and this mode.
    """
    from hiss.errors import EngineError
    from hiss.library.presets import dump
    from hiss.library.user_presets import without_foreign_partner
    from hiss.scripts.exact import exact_script
    from hiss.scripts.script import script

    texts: dict[Form, str] = {}
    if experiment.model is None:
        texts["preset"] = dump(without_foreign_partner(experiment))
    try:
        texts["script"] = script(experiment, seed)
        texts["exact"] = exact_script(experiment, seed=seed, repeats=repeats, mode=mode)
    except EngineError as error:
        return TakeScreen.Written(texts, f"{error.message} {error.hint}")
    return TakeScreen.Written(texts, "")


def parsed(given: str) -> tuple[str, str]:
    """Return a path as it was typed, and what writing to it would do.

    Raises:
        EngineError: Nothing can be written there.
    """
    from hiss.errors import EngineError

    path = expanded(given)
    if not given or os.path.isdir(path):
        raise EngineError("This is a folder.", "Name a file in it.")
    if not os.path.isdir(path.absolute().parent):
        raise EngineError(f"There is no folder {path.parent}.")
    return given, f"{'Replaces' if os.path.exists(path) else 'Writes'} {short(path)}"
