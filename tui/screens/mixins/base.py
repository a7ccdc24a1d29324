"""What all screens of the console share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.screen import Screen

from hiss.tui.style.themes import DARK, LIGHT

if TYPE_CHECKING:
    from hiss.tui.screens.dialogs.notice import Leaving
    from hiss.tui.state.model import Lab
    from hiss.tui.workers.console import Console


class ConsoleScreen(Screen[None], inherit_bindings=False):
    """Shows the console's state; leads to the other screens, the log and the help."""

    NAME: ClassVar = ""
    """The name of the screen in the screen registry."""
    NAVIGATION: ClassVar[list[BindingType]] = [
        Binding("v", "go('compare')", "compare", id="console.compare",
                tooltip="Compare experiments with their baselines"),
        Binding("w", "go('sweep')", "sweep", id="console.sweep",
                tooltip="Sweep an experiment over noise strengths"),
        Binding("H", "go('history')", "history", id="console.history",
                tooltip="List the kept studies: open, resume or compare them"),
        Binding("escape", "go('lab')", "lab", id="console.lab", tooltip="Go back to the lab"),
    ]  # fmt: skip
    """The keys that switch screens."""
    TOOLS: ClassVar[list[BindingType]] = [
        Binding("t", "toggle_theme", "theme", id="console.theme", tooltip="Switch light and dark"),
        Binding("g", "show_log", "log", id="console.log", tooltip="Show the log"),
        Binding("question_mark", "show_help", "help", id="console.help", tooltip="Show all keys"),
    ]
    """The keys that every screen has."""
    VIEWER: ClassVar[list[BindingType]] = [
        *TOOLS,
        Binding("q", "close", "close", id="console.close", tooltip="Close this screen"),
    ]
    """The keys of every screen that is opened above another one."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *NAVIGATION,
        *TOOLS,
        Binding("q", "ask_quit", "quit", id="console.quit", tooltip="Quit hiss"),
    ]

    @property
    def console(self) -> Console:
        """The console that the screen belongs to."""
        return cast("Console", self.app)

    @property
    def lab(self) -> Lab:
        """The state that is shown."""
        return self.console.lab

    @lab.setter
    def lab(self, lab: Lab) -> None:
        self.console.lab = lab

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now, in a sentence; empty if it can."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the key of this screen itself, and disable what the state forbids."""
        if (action, parameters) == ("go", (self.NAME,)):
            return False
        return None if self.refusal(action, parameters) else True

    def on_key(self, event: events.Key) -> None:
        """Say why nothing happens when the action of a key is disabled."""
        active = self.active_bindings.get(event.key)
        if active is not None and active.node is self and not active.enabled:
            _, action, parameters = parse(active.binding.action)
            self.say(self.refusal(action, parameters))
            event.stop()

    def say(self, sentence: str) -> None:
        """Show a sentence for a few seconds, in place of the one before."""
        self.app.clear_notifications()
        if sentence:
            self.app.notify(sentence, markup=False)

    def action_go(self, name: str) -> None:
        """Go to another screen."""
        self.console.action_show_screen(name)

    def action_toggle_theme(self) -> None:
        """Switch between dark and light."""
        self.app.theme = LIGHT.name if self.app.current_theme.dark else DARK.name

    def action_show_log(self) -> None:
        """Show what has been printed while the console is open."""
        from hiss.tui.screens.dialogs.pages import LogDialog

        self.app.push_screen(LogDialog(self.console.log_path))

    def action_show_help(self) -> None:
        """Show all keys of this screen."""
        from hiss.tui.screens.dialogs.pages import HelpDialog
        from hiss.tui.widgets.keybar import key_hints

        self.app.push_screen(HelpDialog(tuple(key_hints(self))))

    def action_close(self) -> None:
        """Go back to the screen below."""
        self.app.pop_screen()

    def action_ask_quit(self) -> None:
        """Quit; ask first while a network trains, which others may wait for."""
        if not self.lab.running:
            self.console.quit_with(0)
            return
        from hiss.tui.screens.dialogs.notice import LeaveDialog

        what = "A network is being trained"
        if count := len(self.lab.waiting):
            waits = "waits" if count == 1 else "wait"
            what = f"{what}; {count} more {waits} in the queue"
        self.app.push_screen(LeaveDialog(f"{what}."), self._leave)

    def _leave(self, answer: Leaving | None) -> None:
        match answer:
            case "keep":
                self.console.keep_training()
            case "stop":
                self.console.quit_with(0)
