"""The console: its title, themes, screens and keys, and the one state that all screens show."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.reactive import reactive

from hiss.errors import describe_unexpected
from hiss.tui.compatibility import (
    end_app,
    forget_notifications,
    has_palette,
    repair_textual,
)
from hiss.tui.console.announcer import Announcer
from hiss.tui.console.key_queue import KeyEvent, KeyQueue
from hiss.tui.console.memory import MemoryKeeper
from hiss.tui.console.palette import Commands
from hiss.tui.console.precompile import Precompiler
from hiss.tui.console.reducer import reduce
from hiss.tui.console.screen_registry import MODES, entered
from hiss.tui.screens.dialogs.notice import ProblemDialog
from hiss.tui.state import comparing, history, memory, queue, reopening, sweeping, transitions
from hiss.tui.state.kept import KeptAs, Reopened
from hiss.tui.state.model import Lab, Waiting
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.line_filters import line_filters
from hiss.tui.style.themes import DARK, LIGHT
from hiss.tui.terminal.latency import LatencyProbe
from hiss.tui.terminal.options import ConsoleOptions, chosen_glyphs
from hiss.tui.terminal.printable import printable
from hiss.tui.terminal.signals import exit_on_signals
from hiss.tui.widgets.readout import succession
from hiss.tui.workers import messages
from hiss.tui.workers.archive import Archive
from hiss.tui.workers.background import BackgroundJobs
from hiss.tui.workers.engine_thread import EngineThread
from hiss.tui.workers.protocols import Engine
from hiss.tui.workers.real_engine import RealEngine

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment

INTERRUPTED = 130
"""The exit code after ctrl+c."""
FOLLOWING = 2.0
"""Seconds between two readings of a study that another process trains, and of the GPU's load."""
MOST_NOTIFICATIONS = 3
"""Shown at once: more of them would cover the screen."""


class HissApp(App[None]):
    """Holds the state, the engine thread, the background jobs and the screens."""

    TITLE = "hiss"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {Commands}
    MODES: ClassVar = MODES
    DEFAULT_MODE = "lab"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "quit at once", False, priority=True, id="console.interrupt",
                tooltip="Stop training and quit at once"),
        Binding("ctrl+z", "suspend_process", "suspend", False, id="console.suspend",
                tooltip="Suspend hiss until the shell's fg"),
    ]  # fmt: skip

    lab: reactive[Lab] = reactive(Lab(), init=False, repaint=False)
    """All that the screens show; every change replaces it, and widgets draw what differs."""

    def __init__(
        self,
        engine: Engine | None = None,
        options: ConsoleOptions | None = None,
        log_path: Path | None = None,
        memory_path: Path | None = None,
    ) -> None:
        """Take an engine (hiss's own if None), options, and the paths of the log and the memory."""
        options = options or ConsoleOptions()
        self.glyphs = GLYPHS[chosen_glyphs(options.glyphs)]
        self.engine_thread = EngineThread(engine or RealEngine(), options.device, options.store)
        self.background = BackgroundJobs(self)
        self.archive = Archive(self.background, options.store)
        self.log_path = log_path
        self.line_filters = line_filters(self.glyphs, lambda: self.current_theme)
        self.latency = LatencyProbe()
        self.precompiler = Precompiler(self)
        self.key_queue = KeyQueue(self)
        self.memory = MemoryKeeper(self, memory_path)
        self.announcer = Announcer(self, options)
        repair_textual()
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        for name in [one for one in self.available_themes if "ansi" in one]:
            self.unregister_theme(name)  # Rich, which draws the pictures, knows no such colours
        self.set_reactive(App.theme, self.memory.theme(self.available_themes, DARK.name))
        self.set_reactive(HissApp.lab, memory.begun(self.memory.recalled))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Replace characters that the terminal would obey or does not have; obey `NO_COLOR`."""
        return [*super().get_line_filters(), *self.line_filters]

    def on_mount(self) -> None:
        """Handle signals, and start the engine thread after the first picture."""
        exit_on_signals(self.quit_with)
        self.theme_changed_signal.subscribe(self, lambda _: self.memory.follow())
        self.call_after_refresh(self.engine_thread.start, self.post_message)
        self.set_interval(FOLLOWING, self._follow)
        if self.log_path is not None:
            self.begin_capture_print(self)

    def notify(self, message: str, **how: Any) -> None:
        """Show a notification in place of one that says the same, and of those before the last."""
        forget_notifications(self, message, MOST_NOTIFICATIONS - 1)
        super().notify(message, **how)

    async def on_event(self, event: events.Event) -> None:
        """Queue the keys: each waits for the one before."""
        if isinstance(event, KeyEvent) and not event.is_forwarded:
            await self.key_queue.put(event)
        else:
            await super().on_event(event)

    async def deliver_key(self, key: KeyEvent) -> None:
        """Deliver a key to what is bound to it, or to the focused widget."""
        self.memory.stay()
        await super().on_event(key)

    def watch_lab(self, old: Lab, lab: Lab) -> None:
        """Precompile what a start would train, remember what was chosen, say what is not kept."""
        self.precompiler.schedule(lab)
        self.memory.follow()
        self.announcer.follow(lab)
        if (problem := lab.history.problem) and problem != old.history.problem:
            self.notify(f"In memory only: {problem}.", severity="warning", markup=False)

    def _follow(self) -> None:
        self.archive.follow(self.lab.history.watched, self.post_message)
        machine = self.lab.backend
        if machine is not None and machine.device.startswith("gpu"):
            job = partial(messages.gpu_read, machine.device)
            self.background.run("gpu load", job, self.post_message)

    def start(self, entry: Waiting) -> None:
        """Train a study, at once or when those before it have ended."""
        waits = self.lab.running
        self.lab = queue.started(self.lab, entry)
        if not waits:
            self._train(entry)

    def _train(self, entry: Waiting) -> None:
        """Train and keep a study that the state shows as running."""
        kept_as = history.kept_as(self.lab, entry.origin == "compare")
        self.engine_thread.run(entry.study, kept_as)

    def resume(self, found: Reopened) -> None:
        """Train on a kept study that was cut short."""
        self.lab = reopening.resumed(self.lab, found)
        study = self.lab.latest_study
        assert study is not None
        self.engine_thread.run(study, KeptAs(found.order.kind, id=found.id, whole=True))

    def pop_screen(self) -> AwaitComplete:
        """Close the screen on top; a second escape for one that is closed already does nothing."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_show_screen(self, name: str) -> None:
        """Switch to another screen, which takes the marked presets."""
        self.lab = entered(self.lab, name)
        self.switch_mode(name)
        self.memory.follow()

    def list_experiments(
        self, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
    ) -> None:
        """Add experiments to the list, and make previews of their data in the background.

        What is brought and selected is also what the other screens compare and sweep next.
        """
        self.lab = transitions.experiments_listed(self.lab, experiments, own, follow)
        if follow and not own and experiments:
            self.lab = comparing.targeted(self.lab, (self.lab.highlighted,))
            self.lab = sweeping.targeted(self.lab, self.lab.highlighted)
        for one in experiments:
            job = partial(messages.preview_of, self.engine_thread.engine.preview, one)
            self.background.run(one.name, job, self.post_message)

    def quit_with(self, code: int) -> None:
        """Stop training, drop what waits and quit; what a signal ends has been interrupted.

        The first code stands: keys that were pressed before a signal may be delivered after it.
        """
        if self.return_code is not None:
            return
        self.lab = queue.emptied(self.lab)
        self.engine_thread.leave(wanted=code in (0, INTERRUPTED))
        self.exit(return_code=code)

    def keep_training(self) -> None:
        """Quit, and have what trains and what waits go on in the background."""
        if self.return_code is not None:
            return
        snapshots = self.lab.history.recording
        waiting = [(one.study, history.waits_as(one, snapshots)) for one in self.lab.waiting]
        self.lab = queue.emptied(self.lab)
        self.engine_thread.keep_training(waiting)
        self.exit()

    def on_print(self, event: events.Print) -> None:
        """Write what Python code prints to the log, which is descriptor 2."""
        os.write(2, event.text.encode(errors="replace"))

    def on_cursor_position(self, _: events.CursorPosition) -> None:
        """Take the answer of the terminal to the latency probe."""
        self.latency.answered()

    @on(messages.StateMessage)
    def change_state(self, message: messages.StateMessage) -> None:
        """Change the state as a message says; a study that ends is followed by the next."""
        over = isinstance(message, messages.StudyOver)
        if over:
            self.announcer.ended(self.lab)
        ending, self.lab = self.lab.ending, reduce(self.lab, message)
        if over and (entry := queue.running(self.lab)):
            self._train(entry)
            if not self.screen.is_modal:  # a notification would cover a dialog's keys
                self.notify(succession(ending, entry), markup=False)

    def on_refused(self, message: messages.Refused) -> None:
        """Show a mistake of the user's, and what to do about it, while the queue goes on."""
        entry = queue.running(self.lab) if message.of_study else None
        name = queue.title(entry) if entry else ""
        self.push_screen(ProblemDialog(message.error.message, message.error.hint, name))

    def on_crashed(self, message: messages.Crashed) -> None:
        """Quit after an error in a thread."""
        self.announcer.ended(self.lab)
        self.exit(return_code=1, message=self._logged(message.error))

    def _fatal_error(self) -> None:
        """Quit after an error in the console itself; Textual calls it while it handles it."""
        error = sys.exception()
        assert error is not None
        end_app(self, self._logged(error))

    def _logged(self, error: BaseException) -> Text:
        """Write a traceback to the log, and return the line for the restored terminal."""
        details = "".join(traceback.format_exception(error))
        line = f"hiss: {describe_unexpected(error)}"
        if self.log_path is None or not self.log_path.is_absolute():
            return Text(printable(f"{details}{line}"))
        os.write(2, details.encode(errors="replace"))
        return Text(printable(f"{line}; the details are in {self.log_path}"))

    def action_command_palette(self) -> None:
        """Open the palette, unless one is there."""
        if not has_palette(self):
            super().action_command_palette()

    def action_interrupt(self) -> None:
        """Copy the selected text; if there is none, stop training and quit."""
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
            self.screen.clear_selection()
        else:
            self.quit_with(INTERRUPTED)
