"""The screen that opens a file: a table to make experiments from, a model, or a preset."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import DirectoryTree, Input, Static

from hiss.data.tables.files import ENDINGS
from hiss.errors import EngineError
from hiss.files import expanded
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.user_model import ModelScreen
from hiss.tui.state import choices, memory, models
from hiss.tui.state.choices import Choice
from hiss.tui.widgets.files import FileTree, PathSuggester, unread
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.table_options import TableOptions
from hiss.tui.widgets.table_view import ColumnList, TableView
from hiss.tui.workers import file_jobs

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Proposal

READABLE = (*ENDINGS, *models.ENDINGS, ".toml")
HINT = "enter views a file: tables (CSV, Parquet, NPZ, Excel), models (.py, .keras), presets"
PAUSE = 0.25
"""Seconds that the cursor has to rest on a file before it is read."""
Change = Callable[[Choice, "Proposal"], Choice]
"""Changes the choice of columns and task, given the present proposal."""


class FilesScreen(ConsoleScreen, inherit_bindings=False):
    """Shows folders beside the contents of the file at the cursor."""

    CSS_PATH = "files.tcss"
    AUTO_FOCUS = "FileTree"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "add", "add", id="data.bring",
                tooltip="Add a network without noise and one with noise for the table"),
        Binding("escape", "back", "back", id="data.back", tooltip="Go back"),
        Binding("space", "choose_target", "target", id="data.target",
                tooltip="Predict the selected column"),
        Binding("p", "switch_task", "task", id="data.task",
                tooltip="Switch between classification, regression and reconstruction"),
        Binding("d", "toggle_drop", "drop", id="data.drop",
                tooltip="Leave the column out, or include it again"),
        Binding("h", "toggle_one_hot", "one-hot", id="data.one_hot",
                tooltip="Encode the column one-hot, or use its values as they are"),
        Binding("o", "type_options", "options", id="data.options",
                tooltip="Type the table's keys as in a preset: decimal=, header=false"),
        Binding("slash", "type_path", "path", key_display="/", priority=True, id="data.path",
                tooltip="Type a path; → completes it"),
        *ConsoleScreen.VIEWER,
    ]  # fmt: skip

    _choice: Choice | None = None
    _waiting: Timer | None = None
    _reading = False
    _changes: tuple[Change, ...] = ()
    """Changes made while the file is being read, to be applied afterwards."""

    def compose(self) -> ComposeResult:
        """Lay out the folders beside the table."""
        yield Static("[bold reverse] hiss [/] open a table, a model or a preset", id="title")
        yield Input(
            placeholder="/ a path; → completes", suggester=PathSuggester(READABLE),
            select_on_focus=False, compact=True, id="path",
        )  # fmt: skip
        with Horizontal(id="panes"):
            yield FileTree(Path.cwd(), READABLE)
            with Vertical(id="table"):
                yield TableView()
        yield TableOptions()
        yield Static(HINT, id="hint", markup=False)
        yield KeyBar()

    @property
    def view(self) -> TableView:
        """The contents of the file."""
        return self.query_one(TableView)

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Static).update(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable actions that need a table, and keys that the input takes as letters."""
        typing = isinstance(self.focused, Input)
        in_table = isinstance(self.focused, ColumnList) and self.view.proposal is not None
        match action:
            case "choose_target" | "switch_task" | "toggle_drop" | "toggle_one_hot":
                return in_table
            case "type_options":
                return not typing and self.has_class("-viewing") and not self.view.experiment
            case "type_path":
                return not typing and bool(self.query(Input))
            case "toggle_theme" | "show_log" | "show_help" | "close":
                return not typing
            case _:
                return super().check_action(action, parameters)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action != "add" or (self.view.usable and self.has_class("-viewing")):
            return ""
        if not self.has_class("-viewing"):
            return "No file is open."
        if self._reading:
            return "The file is still being read; escape cancels that."
        return "The file cannot be used."

    @on(DirectoryTree.NodeHighlighted)
    def read_after_pause(self) -> None:
        """Read the file at the cursor once the cursor has rested there."""
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._read_selected)

    def _read_selected(self) -> None:
        path = self.query_one(FileTree).selected
        if path is None or self.has_class("-viewing"):
            return
        if text := unread(path):
            self._show_text(text)
        else:
            self.read(Choice(path))

    def _show_text(self, text: str) -> None:
        """Show a text in place of a file's contents."""
        self._choice, self._reading = None, False
        self.console.background.cancel("table")
        self.view.show_text(text)

    @on(DirectoryTree.FileSelected)
    def view_file(self, event: DirectoryTree.FileSelected) -> None:
        """Go to the contents of the file."""
        self.enter(event.path)

    @on(Input.Submitted, "#path")
    def go_to_path(self, event: Input.Submitted) -> None:
        """Go to the folder or the file that was typed."""
        given, name = models.split(event.value.strip() or ".")
        path = expanded(given)
        if os.path.isdir(path):
            self.query_one(FileTree).path = path.absolute()
            self.query_one(FileTree).focus()
        elif os.path.exists(path):
            self.enter(path, name)
        else:
            self._hint(f"There is no file or folder {path}.")

    def enter(self, path: Path, name: str = "") -> None:
        """Read a file and focus its columns; models have a screen of their own."""
        if models.is_model_file(path):
            self.app.push_screen(ModelScreen(path, name, above=2))
            return
        self.add_class("-viewing")
        if self._choice is None or self._choice.path != path:
            self.read(Choice(path))
        self.query_one(ColumnList).focus()
        self.refresh_bindings()

    def read(self, choice: Choice) -> None:
        """Read a file in the background."""
        if self._choice is None or self._choice.path != choice.path:
            self._changes = ()
            self.view.show_text(f"reading {choice.path.name} …")
        if self.has_class("-viewing"):
            self._hint("escape cancels the reading")
        self._choice, self._reading = choice, True
        job = partial(file_jobs.read_file, choice)
        self.console.background.run("table", job, self.post_message)

    @on(file_jobs.FileRead)
    def show(self, message: file_jobs.FileRead) -> None:
        """Show what the file holds, then apply the first change that waits.

        What was posted just before its reading was cancelled is dropped.
        """
        if message.choice is not self._choice:
            return
        self._reading = False
        self.view.show(message.choice, message.found)
        self._hint(self.view.next_step)
        self.refresh_bindings()
        if self._changes:
            change, *rest = self._changes
            self._changes = tuple(rest)
            self._apply(change)

    def action_type_path(self) -> None:
        """Focus the input for a path."""
        self.set_focus(self.query_one("#path"))

    def action_type_options(self) -> None:
        """Show the table's keys in an input."""
        if self._choice is not None:
            self.query_one(TableOptions).ask(self._choice)
            self._hint("enter applies the keys · escape leaves them")

    @on(TableOptions.Typed)
    def apply_options(self, message: TableOptions.Typed) -> None:
        """Read the file by the keys that were typed."""
        if isinstance(message.found, EngineError):
            self._hint(message.found.message)
        else:
            self.query_one(ColumnList).focus()
            self.read(message.found)

    def action_choose_target(self) -> None:
        """Predict the selected column."""
        self._change_column(lambda choice, column, _: choices.target_chosen(choice, column))

    def action_toggle_drop(self) -> None:
        """Leave the column out, or include it again."""
        self._change_column(choices.drop_toggled)

    def action_toggle_one_hot(self) -> None:
        """Encode the column one-hot, or use its values as they are."""
        self._change_column(choices.one_hot_toggled)

    def action_switch_task(self) -> None:
        """Switch between classification, regression and reconstruction."""
        self._apply(choices.predict_switched)

    def _change_column(self, change: Callable[[Choice, str, str], Choice]) -> None:
        column = self.query_one(ColumnList).column
        if column is not None:
            self._apply(lambda choice, found: change(choice, column, found.target))

    def _apply(self, change: Change) -> None:
        """Read the file with a changed choice, once it has been read without the change."""
        if self._reading:
            self._changes = (*self._changes, change)
        elif self._choice is not None and self.view.proposal is not None:
            self.read(change(self._choice, self.view.proposal))

    def action_add(self) -> None:
        """Make experiments from the file in the background."""
        found = self.view.proposal or self.view.experiment
        ready = self.view.usable and not self._reading
        if self._choice is not None and found is not None and ready:
            job = partial(file_jobs.make_experiments, self._choice, found)
            self.console.background.run("table", job, self.post_message)
            self._hint("making a network …")

    @on(file_jobs.ExperimentsMade)
    def list_made(self, message: file_jobs.ExperimentsMade) -> None:
        """List the experiments and go back to the lab."""
        if isinstance(message.found, EngineError):
            self._hint(message.found.message)
            return
        self.console.list_experiments(message.found)
        self.lab = memory.file_opened(self.lab, message.choice, message.found)
        self.app.pop_screen()

    def action_back(self) -> None:
        """Go from the table to the folders, and from there back to the lab.

        A table that is still being read is no longer waited for.
        """
        if isinstance(self.focused, TableOptions):
            self.query_one(ColumnList).focus()
            self._hint(self.view.next_step)
        elif self.has_class("-viewing") or isinstance(self.focused, Input):
            self._cancel()
            self.remove_class("-viewing")
            self.query_one(FileTree).focus()
            self._hint(HINT)
            self.refresh_bindings()
        else:
            self.action_close()

    def _cancel(self) -> None:
        """Drop the job under way, and say so if it is the reading of a file."""
        self.console.background.cancel("table")
        if self._waiting is not None:
            self._waiting.stop()
        if self._reading and self._choice is not None:
            self._show_text(f"reading {self._choice.path.name} … cancelled")

    def action_close(self) -> None:
        """Go back to the lab."""
        self.console.background.cancel("table")
        super().action_close()
