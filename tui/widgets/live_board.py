"""What the boards of all screens share: they follow the state and the clock."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual.containers import Vertical

from hiss.tui.state.model import Lab
from hiss.tui.state.throughput import Throughput, epochs_done
from hiss.tui.style.themes import picture_style
from hiss.tui.terminal.latency import FASTEST
from hiss.tui.widgets.lines import TitleLine
from hiss.tui.widgets.readout import ReadoutLine

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.tui.style.themes import PictureStyle
    from hiss.tui.workers.console import Console

SHARE = 10
"""A drawing is followed by a pause so many times as long, so that training has the rest."""


class Question(Protocol):
    """Something to be worked out where it does not hold up the drawing."""

    def answer(self) -> Message:
        """Work it out."""
        ...


class LiveBoard(Vertical):
    """Shows what differs between two states; rests while its screen is not on top."""

    PANES: ClassVar[tuple[str, ...]] = ()
    """The ids of its panes, in the order in which keys go through them."""
    _pace = Throughput()
    _due = 0.0
    _shown: Lab | None = None
    _asked: Question | None = None

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states."""
        raise NotImplementedError

    def wanted(self, lab: Lab) -> object:
        """What of a state the user waits for; while a study runs, the rest waits for the clock."""
        return lab

    def pull(self) -> float:
        """Draw what has come since the last time; the seconds that it took."""
        return 0.0

    def dress(self) -> None:
        """Give the pictures the colours of the theme."""

    @property
    def console(self) -> Console:
        """The console whose state is shown."""
        return cast("Console", self.app)

    @property
    def look(self) -> PictureStyle:
        """The colours and characters of pictures."""
        return picture_style(self.app.current_theme, self.console.glyphs)

    def on_mount(self) -> None:
        """Follow the state, the theme and, while a study runs, the clock."""
        for name in self.PANES:
            pane = self.query_one(f"#{name}")
            pane.border_title, pane.can_focus = name.capitalize(), True
        self._ticker = self.set_interval(FASTEST, self._tick, pause=True)
        self.watch(self.app, "lab", self.follow, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.dress())
        self.dress()
        self.call_after_refresh(self.follow)

    def ask(self, kind: str, question: Question | None) -> None:
        """Have a question answered beside the training, unless it was the last that was asked."""
        if question is not None and question != self._asked:
            self._asked = question
            self.console.reader.ask(kind, question.answer, self.app.post_message)

    def follow(self) -> None:
        """Show the present state, unless another screen is on top or it can wait."""
        old, new = self._shown or Lab(), self.console.lab
        if not (old.phase == new.phase == "running" and self.wanted(old) == self.wanted(new)):
            self._catch_up()

    def _catch_up(self) -> None:
        old, new = self._shown or Lab(), self.console.lab
        if not self.screen.is_current or new is self._shown:
            return
        self._shown = new
        if old.running != new.running:
            self._show_running(new)
        self.show(old, new)
        self._show_lines(new)

    def show_tabs(self, panes: tuple[str, ...], place: int) -> None:
        """Name the panes in the title, where only one of them is shown."""
        title = self.query_one(TitleLine)
        title.panes, title.pane = panes, place
        title.redraw()

    def _show_running(self, lab: Lab) -> None:
        if lab.running:
            self._pace = Throughput()
            self._ticker.resume()
        else:
            self._ticker.pause()
            self.pull()

    def _show_lines(self, lab: Lab) -> None:
        title = self.query_one(TitleLine)
        title.lab = lab
        title.redraw()
        self._show_readout(lab)

    def _show_readout(self, lab: Lab) -> None:
        line = self.query_one(ReadoutLine)
        line.lab, line.pace = lab, self._pace
        line.redraw()

    def _tick(self) -> None:
        """Draw what has come, unless the terminal is still busy with the last drawing."""
        late = monotonic() < self._due or self.console.round_trip.busy
        if late or not self.screen.is_current:
            return
        lab = self.console.lab
        if any(run.state == "training" for run in lab.studied):
            self._pace = self._pace.seen(monotonic(), epochs_done(lab))
        self._catch_up()
        cost = self.pull()
        self._show_readout(lab)
        self._ask_terminal()
        self._due = monotonic() + max(self.console.round_trip.interval, SHARE * cost) - FASTEST / 4

    def _ask_terminal(self) -> None:
        driver = self.app._driver
        if driver is not None and not self.app.is_headless:
            self.console.round_trip.ask(driver.write)
