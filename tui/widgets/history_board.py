"""The board of the history: the list of kept studies, and one of them in detail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from hiss.tui.state.settings import Setting, counted
from hiss.tui.widgets.lines import TitleLine
from hiss.tui.widgets.live_board import LiveBoard
from hiss.tui.widgets.picture import Picture
from hiss.tui.widgets.readout import ReadoutLine

if TYPE_CHECKING:
    from hiss.store.entries import Entry
    from hiss.tui.state.kept import History, Row
    from hiss.tui.state.model import Lab
    from hiss.tui.style.glyphs import GlyphSet

SYMBOLS = {
    "finished": "•",
    "stopped": "-",
    "interrupted": "!",
    "failed": "×",
    "running": ">",
    "queued": "·",
}
"""Stands before the word of each state."""
COLORS = {
    "finished": "success",
    "stopped": "foreground",
    "interrupted": "warning",
    "failed": "error",
    "running": "primary",
    "queued": "secondary",
}
"""The theme's colour of each state."""
EMPTY = "  Nothing has been kept yet: what is trained is listed here."
NO_MATCH = "  No study holds this text: / changes it."
READING = "  reading the kept studies …"
ROOMY, BROAD = 74, 100
"""Cells from which on the kind is shown, and from which on the headline is."""


def idle(lab: Lab, width: int) -> str:
    """Return how many studies there are, and what can be done with them."""
    now = lab.history
    if not now.read:
        return "reading …"
    parts = [counted(len(now.rows), "study").replace("studys", "studies")]
    if now.text:
        parts[0] = f"{len(now.shown)} of {parts[0]} with “{now.text}”"
    if now.marked:
        parts.append(f"{len(now.marked)} marked: c compares them")
    elif now.selected is not None:
        parts.append("enter opens it")
    if now.problems:
        parts.append(f"{len(now.problems)} cannot be read")
    return " · ".join(parts)


def age(created: str, now: datetime) -> str:
    """Return how long ago a time in ISO 8601 was, or when: `5 min`, `3 h`, `26 Nov`, `May 2024`."""
    try:
        then = datetime.fromisoformat(created)
    except ValueError:
        return ""
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    if seconds < 24 * 3600:
        return f"{seconds // 3600:.0f} h"
    local = then.astimezone(now.tzinfo)
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local:%b %Y}"


def state_text(row: Row) -> str:
    """Return a state with its symbol, and how much of an unfinished study is trained."""
    state, share = row.entry.state, row.progress
    text = f"{SYMBOLS[state]} {state}"
    return text if state == "finished" or share is None else f"{text} {share:.0%}"


def remark(entry: Entry) -> str:
    """Return what tells a study apart: its name, its note, its headline."""
    return " · ".join(filter(None, (entry.name, entry.note, entry.headline)))


class StudyList(Picture):
    """Lists the kept studies, one a line, about the selected one."""

    lab: Lab | None = None
    glyphs: GlyphSet | None = None
    _top = 0

    class Clicked(Message):
        """A study was clicked."""

        def __init__(self, place: int, twice: bool) -> None:
            """Carry its place in the list, and whether it was clicked twice."""
            super().__init__()
            self.place, self.twice = place, twice

    def on_click(self, event: events.Click) -> None:
        """Select the study that is clicked; a double click opens it."""
        self.post_message(self.Clicked(self._top + event.y, event.chain > 1))

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the lines that fit; the selected one is among them."""
        if self.lab is None:
            return []
        now = self.lab.history
        if not now.shown:
            hint = (NO_MATCH if now.text else EMPTY) if now.read else READING
            return [Text(""), Text(hint, style="dim")]
        self._top = self._first(now.place, len(now.shown), height)
        moment = datetime.now().astimezone()
        return [
            self._line(row, now, width, moment) for row in now.shown[self._top : self._top + height]
        ]

    def _first(self, place: int, count: int, height: int) -> int:
        """Return the place of the first line, moved as little as the selection allows."""
        top = min(self._top, max(0, count - height))
        return min(max(top, place - height + 1), place)

    def _line(self, row: Row, now: History, width: int, moment: datetime) -> Text:
        entry = row.entry
        mark = (self.glyphs.mark if self.glyphs else "*") if row.id in now.marked else " "
        parts = [f"{mark} {row.id}", f"{age(entry.created, moment):>8}", f"{state_text(row):18}"]
        if width >= ROOMY:
            parts.append(f"{entry.kind:7}")
        left, colors = "  ".join(parts), self.app.theme_variables
        text = Text(f"{left}  {entry.title}", no_wrap=True)
        at = left.index(SYMBOLS[entry.state], len(row.id))
        text.stylize(colors.get(COLORS[entry.state], ""), at, at + 18)
        if (rest := remark(entry)) and width >= BROAD:
            text.append(f"  {rest}", style="dim")
        text.truncate(width, overflow="ellipsis", pad=True)
        if now.selected is not None and row.id == now.selected.id:
            text.stylize("bold reverse")
        return text


class StudyDetail(Picture):
    """Shows the selected study."""

    lab: Lab | None = None

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return what it trained, how it ended, its result and what is noted about it."""
        if self.lab is None:
            return []
        row = self.lab.history.selected
        lines = _about(row.entry, row.blocks) if row is not None else []
        lines += [Text(one, style="dim") for one in self.lab.history.problems]
        return [line for each in lines for line in each.wrap(self.app.console, max(1, width))]


def _about(entry: Entry, blocks: str) -> list[Text]:
    setting = Setting(entry.seed, entry.repeats, entry.mode)
    when = f"{entry.created.replace('T', ' ')[:16]} UTC"
    lines = (
        " · ".join((entry.kind, entry.title, *setting.words)),
        " · ".join(filter(None, (when, _time(entry)))),
        blocks,
        entry.headline,
        _noted(entry),
    )
    return [Text(line) for line in lines if line]


def _time(entry: Entry) -> str:
    from hiss.reports.columns import duration

    return f"trained for {duration(entry.seconds)}" if entry.seconds else ""


def _noted(entry: Entry) -> str:
    return ": ".join(filter(None, (entry.name, entry.note)))


class HistoryBoard(LiveBoard):
    """Shows the kept studies above the selected one."""

    PANES: ClassVar = ("studies", "study")

    def compose(self) -> ComposeResult:
        """Lay out the list above the study."""
        yield TitleLine("history")
        with Vertical(id="panes"):
            with Vertical(id="studies", classes="pane"):
                yield StudyList()
            with Vertical(id="study", classes="pane"):
                yield StudyDetail()
        yield ReadoutLine(idle)

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states."""
        listing, detail = self.query_one(StudyList), self.query_one(StudyDetail)
        row = new.history.selected
        self.query_one("#study").border_title = row.id if row else "Study"
        if listing.lab is None or listing.lab.history != new.history:
            listing.lab = detail.lab = new
            listing.redraw()
            detail.redraw()

    def urgent(self, lab: Lab) -> object:
        """Return what is listed, and what the user has selected."""
        return lab.history

    def apply_theme(self) -> None:
        """Draw the list in the colours of the theme."""
        listing = self.query_one(StudyList)
        listing.glyphs = self.console.glyphs
        listing.redraw()
        self.query_one(StudyDetail).redraw()
