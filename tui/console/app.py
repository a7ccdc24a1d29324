"""The console: its title, themes, screens and keys, and the one state that all screens show."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.reactive import reactive

from hiss.tui.console.key_queue import KeyEvent, KeyQueue
from hiss.tui.console.palette import Commands
from hiss.tui.console.precompile import Precompiler
from hiss.tui.console.reducer import reduce
from hiss.tui.console.screen_registry import MODES, entered
from hiss.tui.screens.dialogs.notice import ProblemScreen
from hiss.tui.state import transitions
from hiss.tui.state.model import Lab
from hiss.tui.style.ascii_filter import AsciiFilter
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, LIGHT
from hiss.tui.terminal.latency import LatencyProbe
from hiss.tui.terminal.options import ConsoleOptions, chosen_glyphs
from hiss.tui.terminal.signals import exit_on_signals
from hiss.tui.workers import messages
from hiss.tui.workers.background import BackgroundJobs
from hiss.tui.workers.engine_thread import EngineThread, RealEngine
from hiss.tui.workers.protocols import Engine

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment, Study

INTERRUPTED = 130


class HissApp(App[None]):
    """Shows what the engine does, and passes on what the user wants of it."""

    TITLE = "hiss"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {Commands}
    MODES: ClassVar = MODES
    DEFAULT_MODE = "lab"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "end", False, priority=True, id="console.interrupt",
                tooltip="Stop training and leave at once"),
    ]  # fmt: skip

    lab: reactive[Lab] = reactive(Lab(), init=False, repaint=False)
    """All that the screens show; every change replaces it, and each widget draws what is new."""

    def __init__(
        self,
        engine: Engine | None = None,
        options: ConsoleOptions | None = None,
        log_path: Path | None = None,
    ) -> None:
        """Take an engine (hiss's own if none) and where the log is kept."""
        options = options or ConsoleOptions()
        self.glyphs = GLYPHS[chosen_glyphs(options.glyphs)]
        self.desk = EngineThread(engine or RealEngine(), options.device)
        self.reader = BackgroundJobs()
        self.log_path = log_path
        self.spelling = AsciiFilter(self.glyphs)
        self.round_trip = LatencyProbe()
        self.foresight = Precompiler(self)
        self.keyboard = KeyQueue(self)
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.set_reactive(App.theme, DARK.name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Spell everything in characters that the terminal has."""
        return [*super().get_line_filters(), *([self.spelling] if self.spelling.enabled else [])]

    def on_mount(self) -> None:
        """Listen for signals, and let the engine start once there is a picture."""
        exit_on_signals(self.leave)
        self.call_after_refresh(self.desk.open, self.post_message)
        if self.log_path is not None:
            self.begin_capture_print(self)

    async def on_event(self, event: events.Event) -> None:
        """Have keys wait for each other."""
        if isinstance(event, KeyEvent) and not event.is_forwarded:
            await self.keyboard.take(event)
        else:
            await super().on_event(event)

    async def pass_on(self, key: KeyEvent) -> None:
        """Give a key to what is bound to it, or to what has the focus."""
        await super().on_event(key)

    def watch_lab(self, lab: Lab) -> None:
        """Prepare for what the user seems to be about to train."""
        self.foresight.follow(lab)

    def start(self, study: Study, compared: bool = False) -> None:
        """Have a study carried out that the lab shows, and that may be meant to compare."""
        self.lab = transitions.study_started(self.lab, study, compared)
        self.desk.run(study)

    def action_show_screen(self, name: str) -> None:
        """Go to another screen, with what is marked."""
        self.lab = entered(self.lab, name)
        self.switch_mode(name)

    def list_experiments(
        self, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
    ) -> None:
        """List experiments, and have their data made to look at."""
        self.lab = transitions.experiments_listed(self.lab, experiments, own, follow)
        for one in experiments:
            look = partial(messages.preview_of, self.desk.engine.preview, one)
            self.reader.ask(one.name, look, self.post_message)

    def leave(self, code: int) -> None:
        """Stop training and end with an exit code."""
        self.desk.stop()
        self.exit(return_code=code)

    def on_print(self, event: events.Print) -> None:
        """Keep what Python code prints: descriptor 2 is the log."""
        os.write(2, event.text.encode(errors="replace"))

    def on_cursor_position(self, _: events.CursorPosition) -> None:
        """Note how long the terminal took to answer."""
        self.round_trip.answered()

    @on(messages.StateMessage)
    def take_in(self, message: messages.StateMessage) -> None:
        """Let the screens show what the thread has told."""
        self.lab = reduce(self.lab, message)

    def on_refused(self, message: messages.Refused) -> None:
        """Say what the user can mend, and how."""
        self.push_screen(ProblemScreen(message.error.message, message.error.hint))

    def on_crashed(self, message: messages.Crashed) -> None:
        """Leave, and print where the bug is once the terminal is restored."""
        lines = traceback.format_exception(message.error)
        self.exit(return_code=1, message=Text("".join(lines)))

    def action_interrupt(self) -> None:
        """Copy what is selected, or else stop training and leave."""
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
            self.screen.clear_selection()
        else:
            self.leave(INTERRUPTED)
