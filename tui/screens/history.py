"""The screen that lists the kept studies: opens, resumes, compares, notes and deletes them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.notice import ConfirmDialog
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.screens.mixins.panes import PanesScreen, pane_bindings
from hiss.tui.state import history, reopening, transitions
from hiss.tui.state.kept import Reopened
from hiss.tui.widgets.history_board import HistoryBoard, StudyList
from hiss.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from hiss.tui.state.kept import Row
    from hiss.tui.state.model import Lab
    from hiss.tui.workers import archive

INTERVAL = 1.5
"""Seconds between two readings of the list while it is on the screen."""
PAGE = 10
"""Studies that a page up or down goes past."""


class HistoryScreen(PanesScreen, inherit_bindings=False):
    """Has the keys for finding kept studies, and for what can be done with them."""

    NAME = "history"
    PANES = HistoryBoard.PANES
    CSS_PATH: ClassVar = ["panes.tcss", "history.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="study.open",
                tooltip="Show the study as if it had just been trained"),
        Binding("R", "resume", "resume", id="study.resume",
                tooltip="Train on a study that was interrupted, stopped or has failed"),
        Binding("space", "mark", "mark", id="study.mark", tooltip="Mark or unmark the study"),
        Binding("c", "compare", "side by side", id="study.beside",
                tooltip="Compare the marked studies side by side"),
        Binding("slash", "filter", "find", key_display="/", id="list.filter",
                tooltip="List the studies that hold a text"),
        Binding("n", "note", "note", id="study.note", tooltip="Write a note about the study"),
        Binding("x", "stop", "stop", id="study.stop",
                tooltip="Stop the study, here or in another process, and keep what there is"),
        Binding("D,delete", "delete", "delete", id="study.delete", key_display="D",
                tooltip="Delete the study"),
        Binding("up", "move(-1)", "up", False, id="list.up", tooltip="Select the study above"),
        Binding("down", "move(1)", "down", False, id="list.down",
                tooltip="Select the study below"),
        Binding("pageup", f"move(-{PAGE})", "page up", False, id="list.page_up",
                tooltip="Go some studies up"),
        Binding("pagedown", f"move({PAGE})", "page down", False, id="list.page_down",
                tooltip="Go some studies down"),
        Binding("home", "move(-1000000)", "first", False, id="list.first",
                tooltip="Go to the newest study"),
        Binding("end", "move(1000000)", "last", False, id="list.last",
                tooltip="Go to the oldest study"),
        *ConsoleScreen.BINDINGS,
        *pane_bindings(HistoryBoard.PANES),
    ]  # fmt: skip

    _reading = False
    """Whether the list is being read."""

    def compose(self) -> ComposeResult:
        """Lay out the panes above the line of keys."""
        yield HistoryBoard()
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the list now and, while it is on the screen, again and again."""
        self.set_interval(INTERVAL, self._read)

    def on_screen_resume(self) -> None:
        """Read the list again on coming back."""
        self._read()

    def _read(self) -> None:
        if not self._reading and self.is_current:
            self._reading = True
            self.console.archive.list_studies(self.post_message)

    def on_history_read(self, message: archive.HistoryRead) -> None:
        """List the kept studies."""
        self._reading = False
        self.lab = history.listed(self.lab, message.rows, message.problems)
        self.query_one(StudyList).redraw()  # studies grow older

    @property
    def row(self) -> Row:
        """The selected study, where there is one."""
        row = self.lab.history.selected
        assert row is not None
        return row

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        return refusal(self.lab, action) or super().refusal(action, parameters)

    def action_move(self, step: int) -> None:
        """Select another study."""
        self.lab = history.moved(self.lab, step)

    def on_study_list_clicked(self, message: StudyList.Clicked) -> None:
        """Select the study that was clicked, and open one that was clicked twice."""
        if message.place < len(self.lab.history.shown):
            self.lab = history.moved(self.lab, message.place - self.lab.history.place)
            if message.twice and not self.refusal("open", ()):
                self.action_open()

    def action_mark(self) -> None:
        """Mark or unmark the study, and go to the next."""
        self.lab = history.moved(history.mark_toggled(self.lab), 1)

    def action_filter(self) -> None:
        """Ask for a text that the listed studies hold."""

        def parse(text: str) -> tuple[str, str]:
            count = len(history.filtered(self.lab, text).history.shown)
            return text, f"{count} of {len(self.lab.history.rows)}; an empty text lists all"

        def accept(text: str | None) -> None:
            if text is not None:
                self.lab = history.filtered(self.lab, text)

        question = "Preset, state, name, note, result or ID"
        self.app.push_screen(
            InputDialog(question, self.lab.history.text, parse, select=True), accept
        )

    def action_open(self) -> None:
        """Show the study on the screen where it belongs."""
        now, row = self.lab.history, self.row
        if row.id == now.current and self.lab.running:
            self.app.switch_mode("sweep" if self.lab.where == "sweep" else "lab")
            return
        self.say(f"Reading {row.id} …")
        self.console.archive.open_study(row.id, self.post_message)

    def on_study_opened(self, message: archive.StudyOpened) -> None:
        """Show a study that has been read."""
        found = message.found
        if obstacle := reopening.obstacle(self.lab, found.order.kind):
            self.say(obstacle)
            return
        self.say("")
        self.lab = reopening.opened(self.lab, found)
        self.app.switch_mode(found.screen)

    def action_compare(self) -> None:
        """Compare the marked studies side by side."""
        self.console.archive.open_beside(self.lab.history.marked, self.post_message)

    def on_studies_opened(self, message: archive.StudiesOpened) -> None:
        """Compare arms of several studies, and warn where they differ."""
        self.lab = reopening.opened_beside(self.lab, message.found)
        self.app.switch_mode("compare")
        if warnings := message.found.warnings:
            self.say(f"Repeats are no pairs: {', '.join(warnings)}.")

    def action_resume(self) -> None:
        """Train on the study, once it has been read."""
        self.console.archive.find_study(self.row.id, self.post_message)

    def on_study_found(self, message: archive.StudyFound) -> None:
        """Train on a study; ask first where another machine or other versions trained it."""
        found, facts = message.found, []
        if message.differences:
            facts.append(f"{found.id} was trained elsewhere: {'; '.join(message.differences)}.")
        if message.code:
            facts.append(f"{found.id} comes from elsewhere and runs {', '.join(message.code)}.")
        if not facts:
            self._resume(found, True)
            return
        question = ConfirmDialog(" ".join(facts), "go on all the same")
        self.app.push_screen(question, partial(self._resume, found))

    def _resume(self, found: Reopened, sure: bool | None) -> None:
        if not sure:
            return
        from hiss.store.records import ON

        if found.order.options.get(ON):
            self.lab = history.changed(self.lab, interrupted="")
            self.console.archive.start(found.id, self.post_message)
            self.say(f"{found.id} goes on in the background, on its cluster: enter follows it.")
            return
        if self.lab.running:
            self.say(BUSY)
            return
        self.console.resume(found)
        self.app.switch_mode(found.screen)

    def action_note(self) -> None:
        """Ask for the note about the study."""
        entry = self.row.entry

        def accept(text: str | None) -> None:
            from hiss.store.records import Notes

            if text is not None:
                notes = Notes(entry.name, text)
                self.console.archive.note(entry.id, notes, self.post_message)

        dialog = InputDialog(f"Note about {entry.id}", entry.note, lambda text: (text, entry.title))
        self.app.push_screen(dialog, accept)

    def action_stop(self) -> None:
        """Stop the study, here or in another process."""
        now, row = self.lab.history, self.row
        if row.id == now.current and self.lab.running:
            self.lab = transitions.stop_asked(self.lab)
            self.console.engine_thread.stop()
        else:
            self.console.archive.stop(row.id, self.post_message)
            self.say(f"{row.id} is asked to stop.")

    def action_delete(self) -> None:
        """Delete the study after a question."""
        entry = self.row.entry

        def accept(sure: bool | None) -> None:
            if sure:
                self.console.archive.delete(entry.id, self.post_message)

        question = ConfirmDialog(
            f"{entry.title}: what was trained of it is gone for good.", f"delete {entry.id}"
        )
        self.app.push_screen(question, accept)

    def on_study_changed(self, message: archive.StudyChanged) -> None:
        """Read the list again after a change."""
        if message.deleted:
            self.lab = history.forgotten(self.lab, message.name)
        self._reading = False
        self._read()


BUSY = "A study is being trained: x stops it."
OF_ONE = ("open", "resume", "note", "stop", "delete", "mark")
"""Actions about the selected study."""


def refusal(lab: Lab, action: str) -> str:
    """Return why a state does not allow an action of this screen; empty if it does."""
    now, row = lab.history, lab.history.selected
    if action in OF_ONE and row is None:
        return "There is no study to select." if now.read else "The list is being read."
    if action == "compare" and not now.marked:
        return "Nothing is marked: space marks a study."
    if row is None:
        return ""
    state = row.entry.state
    match action:
        case "open" if row.id != now.current or not lab.running:
            return reopening.obstacle(lab, row.entry.kind)
        case "resume" if state not in history.GONE_ON:
            return f"{row.id} is {state}: only what was cut short can go on."
        case "resume" if lab.running:
            return BUSY
        case "mark" if row.entry.kind == "sweep":
            return f"{row.id} is a sweep: runs and comparisons are compared side by side."
        case "stop" if state not in ("running", "queued"):
            return f"{row.id} is not being trained."
        case "delete" if state in ("running", "queued"):
            return f"{row.id} is being trained: x stops it."
        case _:
            return ""
