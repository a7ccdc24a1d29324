"""What the boards of all screens share: they follow the state and the clock."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual.containers import Vertical

from hiss.tui.compatibility import write_to_terminal
from hiss.tui.state.model import Lab, RunState
from hiss.tui.state.throughput import Throughput, duration_notice, epochs_done, epochs_total
from hiss.tui.style.themes import picture_style
from hiss.tui.terminal.latency import FASTEST
from hiss.tui.widgets.lines import TitleLine
from hiss.tui.widgets.readout import ReadoutLine, current

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.tui.style.themes import PictureStyle
    from hiss.tui.workers.console import Console

PAUSE_FACTOR = 10
"""After a drawing, the pause is this many times as long as it took: training has the rest."""

HOW_TO_STOP = "x stops it and keeps the results so far."
NOTICE_SECONDS = 15.0
"""Seconds for which it is shown that a study takes hours."""


class Question(Protocol):
    """Something to compute in the background."""

    def answer(self) -> Message:
        """Compute it and return the message to post."""
        ...


class LiveBoard(Vertical):
    """Shows the state of the console while its screen is on top, and live curves in ticks."""

    PANES: ClassVar[tuple[str, ...]] = ()
    """The ids of its panes, in the order in which keys go through them."""
    _throughput = Throughput()
    _due = 0.0
    _state: tuple[str, RunState] | None = None
    """Of the present run."""
    _since = 0.0
    _shown: Lab | None = None
    _asked: Question | None = None

    def show(self, old: Lab, new: Lab) -> None:
        """Show what differs between two states."""
        raise NotImplementedError

    def urgent(self, lab: Lab) -> object:
        """Return the part of a state whose changes are shown at once while a study runs.

        Changes of the rest wait for the next tick.
        """
        return lab

    def draw_new_epochs(self) -> float:
        """Draw the epochs trained since the last drawing, and return the seconds it took."""
        return 0.0

    def apply_theme(self) -> None:
        """Draw the pictures in the colours of the theme."""

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
        self.watch(self.app, "lab", self.update_board, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.apply_theme())
        self.apply_theme()
        self.call_after_refresh(self.update_board)

    def ask(self, kind: str, question: Question | None) -> None:
        """Have a question answered in the background, unless it is the last one asked."""
        if question is not None and question != self._asked:
            self._asked = question
            self.console.background.run(kind, question.answer, self.app.post_message)

    def update_board(self) -> None:
        """Show the present state, unless it can wait for the next tick."""
        old, new = self._shown or Lab(), self.console.lab
        same = old.phase == new.phase == "running" and old.latest_study is new.latest_study
        if not (same and self.urgent(old) == self.urgent(new)):
            self._show_state()

    def show_tabs(self, panes: tuple[str, ...], place: int) -> None:
        """Name the panes in the title, where only one of them is shown."""
        title = self.query_one(TitleLine)
        title.panes, title.pane = panes, place
        title.redraw()
        line = self.query_one(ReadoutLine)
        line.one_pane = bool(panes)
        line.redraw()

    def _show_state(self) -> None:
        old, new = self._shown or Lab(), self.console.lab
        if not self.screen.is_current or new is self._shown:
            return
        self._shown = new
        if old.running != new.running or old.latest_study is not new.latest_study:
            self._start_or_stop_clock(new)
        self.show(old, new)
        self._show_lines(new)

    def _start_or_stop_clock(self, lab: Lab) -> None:
        if lab.running:
            self._throughput = Throughput()
            self._ticker.resume()
        else:
            self._ticker.pause()
            self.draw_new_epochs()

    def _show_lines(self, lab: Lab) -> None:
        title = self.query_one(TitleLine)
        title.lab = lab
        title.redraw()
        self._show_readout(lab)

    def _show_readout(self, lab: Lab) -> None:
        line = self.query_one(ReadoutLine)
        line.lab, line.throughput, line.waited = lab, self._throughput, self._waited(lab)
        line.redraw()

    def _waited(self, lab: Lab) -> float:
        """Return for how many seconds the present run has been in its state."""
        run, now = current(lab), monotonic()
        state = None if run is None else (run.name, run.state)
        if state != self._state:
            self._state, self._since = state, now
        return now - self._since

    def _tick(self) -> None:
        """Draw what is new, unless the terminal is still busy with the last drawing."""
        latency = self.console.latency
        if monotonic() < self._due or latency.busy or not self.screen.is_current:
            return
        lab = self.console.lab
        if any(run.state == "training" for run in lab.studied):
            self._throughput = self._throughput.seen(monotonic(), epochs_done(lab))
            self._announce_hours(lab)
        self._show_state()
        seconds = self.draw_new_epochs()
        self._show_readout(lab)
        if not self.app.is_headless:
            latency.ask(partial(write_to_terminal, self.app))
        self._due = monotonic() + max(latency.interval, PAUSE_FACTOR * seconds) - FASTEST / 4

    def _announce_hours(self, lab: Lab) -> None:
        """Say once that the study takes hours, and how to stop it; it trains on."""
        notice = duration_notice(self._throughput.whole(epochs_total(lab)))
        if notice and lab.phase == "running" and lab.announced is not lab.latest_study:
            self.console.lab = replace(lab, announced=lab.latest_study)
            self.app.notify(f"{notice} {HOW_TO_STOP}", timeout=NOTICE_SECONDS, markup=False)
