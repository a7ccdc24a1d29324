"""The screen on which a table of the user's is found, looked at and made into experiments."""

from __future__ import annotations

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
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import choices
from hiss.tui.state.choices import Choice
from hiss.tui.widgets.files import FileTree, PathSuggester
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.table_view import ColumnList, TableLook
from hiss.tui.workers import file_jobs as looking

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Proposal

READABLE = (*ENDINGS, ".toml")
LOOKING = f"{', '.join(READABLE)} · enter looks at a file"
PAUSE = 0.25
"""Seconds that the cursor rests on a file before it is read."""
LARGE = 5_000_000
"""Bytes from which on a file is read only when it is asked for."""


Wish = Callable[[Choice, "Proposal"], Choice]
"""Changes what is wanted of a table, given what it holds."""


class FilesScreen(ConsoleScreen, inherit_bindings=False):
    """Shows folders beside what the file below the cursor holds."""

    CSS_PATH = "files.tcss"
    AUTO_FOCUS = "FileTree"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "bring", "bring", id="data.bring",
                tooltip="Make a network without noise and one with it for the table"),
        Binding("escape", "back", "back", id="data.back", tooltip="Go back"),
        Binding("space", "choose_target", "target", id="data.target",
                tooltip="Predict the column below the cursor"),
        Binding("p", "switch_task", "task", id="data.task",
                tooltip="Switch between classification and regression"),
        Binding("d", "toggle_drop", "drop", id="data.drop",
                tooltip="Leave the column out, or take it in again"),
        Binding("h", "toggle_one_hot", "one-hot", id="data.one_hot",
                tooltip="Take the column's values for categories, or as they are"),
        Binding("slash", "type_path", "path", key_display="/", priority=True, id="data.path",
                tooltip="Type a path; → completes it"),
        *ConsoleScreen.ALWAYS,
    ]  # fmt: skip

    _choice: Choice | None = None
    _waiting: Timer | None = None
    _looking = False
    _wishes: tuple[Wish, ...] = ()
    """What was asked for while the file was being looked at."""

    def compose(self) -> ComposeResult:
        """Lay out the folders beside the table."""
        yield Static(id="title")
        yield Input(
            placeholder="/ a path; → completes", suggester=PathSuggester(READABLE),
            select_on_focus=False, compact=True, id="path",
        )  # fmt: skip
        with Horizontal(id="panes"):
            yield FileTree(Path.cwd(), READABLE)
            with Vertical(id="table"):
                yield TableLook()
        yield Static(id="hint", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin where the console was opened."""
        self.query_one("#title", Static).update("[bold reverse] hiss [/] open a table of your own")
        self._hint(LOOKING)

    @property
    def look(self) -> TableLook:
        """What the file holds."""
        return self.query_one(TableLook)

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Static).update(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what makes no sense before a table is looked at, or in a field."""
        typing = isinstance(self.focused, Input)
        in_table = isinstance(self.focused, ColumnList) and self.look.proposal is not None
        match action:
            case "choose_target" | "switch_task" | "toggle_drop" | "toggle_one_hot":
                return in_table
            case "bring":
                return True if self.look.sound and self.has_class("-looking") else None
            case "type_path":
                return not typing and bool(self.query(Input))
            case "toggle_theme" | "show_log" | "show_help" | "leave":
                return None if typing else True
            case _:
                return True

    @on(DirectoryTree.NodeHighlighted)
    def follow_cursor(self) -> None:
        """Look at the file below the cursor once the cursor rests there."""
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._look_below)

    def _look_below(self) -> None:
        path = self.query_one(FileTree).below_cursor
        if path is None or self.has_class("-looking"):
            return
        if path.is_dir():
            self._leave_off("Go to a file.")
        elif path.is_file() and (size := path.stat().st_size) > LARGE:
            self._leave_off(f"{path.name}: {size / 1e6:,.0f} MB\nenter reads it")
        else:
            self.ask(Choice(path))

    def _leave_off(self, text: str) -> None:
        """Say something in the place of what was looked at."""
        self._choice, self._looking = None, False
        self.console.reader.forget("table")
        self.look.say(text)

    @on(DirectoryTree.FileSelected)
    def look_at_file(self, event: DirectoryTree.FileSelected) -> None:
        """Go to what the file holds."""
        self.enter(event.path)

    @on(Input.Submitted, "#path")
    def go_to_path(self, event: Input.Submitted) -> None:
        """Go to the folder or the file that was typed."""
        path = Path(event.value.strip() or ".").expanduser()
        if path.is_dir():
            tree = self.query_one(FileTree)
            tree.path = path.absolute()
            tree.focus()
        elif path.exists():
            self.enter(path)
        else:
            self._hint(f"There is no {path}.")

    def enter(self, path: Path) -> None:
        """Look at a file and put the cursor among its columns."""
        self.add_class("-looking")
        if self._choice is None or self._choice.path != path:
            self.ask(Choice(path))
        self.query_one(ColumnList).focus()
        self.refresh_bindings()

    def ask(self, choice: Choice) -> None:
        """Have a file looked at, however long that takes."""
        if self._choice is None or self._choice.path != choice.path:
            self._wishes = ()
            self.look.say(f"reading {choice.path.name} …")
        self._choice, self._looking = choice, True
        self.console.reader.ask("table", partial(looking.looked, choice), self.post_message)

    @on(looking.Looked)
    def show(self, message: looking.Looked) -> None:
        """Show what was found."""
        self._looking = False
        self.look.show(message.choice, message.found)
        if self.look.sound:
            self._hint("enter lists it, ready to be trained")
        else:
            self._hint(self.look.ways or "change the file, then look at it again")
        self.refresh_bindings()
        if self._wishes:
            wish, *rest = self._wishes
            self._wishes = tuple(rest)
            self._fulfil(wish)

    def action_type_path(self) -> None:
        """Go to the field for a path."""
        self.set_focus(self.query_one("#path"))

    def action_choose_target(self) -> None:
        """Predict the column below the cursor."""
        self._change(lambda choice, column, _: choices.target_chosen(choice, column))

    def action_toggle_drop(self) -> None:
        """Leave the column out, or take it in again."""
        self._change(choices.drop_toggled)

    def action_toggle_one_hot(self) -> None:
        """Take the column's values for categories, or as they are."""
        self._change(choices.one_hot_toggled)

    def action_switch_task(self) -> None:
        """Take the target for classes, or for a quantity."""
        self._fulfil(choices.predict_switched)

    def _change(self, change: Callable[[Choice, str, str], Choice]) -> None:
        column = self.query_one(ColumnList).column
        if column is not None:
            self._fulfil(lambda choice, found: change(choice, column, found.target))

    def _fulfil(self, wish: Wish) -> None:
        """Look at the file with something changed, once it has been looked at without that."""
        if self._looking:
            self._wishes = (*self._wishes, wish)
        elif self._choice is not None and self.look.proposal is not None:
            self.ask(wish(self._choice, self.look.proposal))

    def action_bring(self) -> None:
        """Have the experiments made."""
        found = self.look.proposal or self.look.experiment
        if self._choice is not None and found is not None and self.look.sound and not self._looking:
            job = partial(looking.made, self._choice, found)
            self.console.reader.ask("table", job, self.post_message)
            self._hint("making a network for it …")

    @on(looking.Made)
    def list_made(self, message: looking.Made) -> None:
        """List the experiments and go back to them."""
        if isinstance(message.found, EngineError):
            self._hint(message.found.message)
            return
        self.console.list_experiments(message.found)
        self.app.pop_screen()

    def action_back(self) -> None:
        """Go from the table to the folders, and from there back to the lab."""
        if self.has_class("-looking") or isinstance(self.focused, Input):
            self.remove_class("-looking")
            self.query_one(FileTree).focus()
            self._hint(LOOKING)
            self.refresh_bindings()
        else:
            self.console.reader.forget("table")
            self.app.pop_screen()
