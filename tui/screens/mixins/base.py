"""What every screen of the console can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from hiss.tui.style.themes import DARK, LIGHT

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab
    from hiss.tui.workers.console import Console


class ConsoleScreen(Screen[None], inherit_bindings=False):
    """Shows the console's state; leads to the other screens, the log, the help and out."""

    NAME: ClassVar = ""
    """What the screen is called among the app's modes."""
    WAYS: ClassVar[list[BindingType]] = [
        Binding("v", "go('compare')", "compare", id="console.compare",
                tooltip="Compare experiments with their baselines"),
        Binding("w", "go('sweep')", "sweep", id="console.sweep",
                tooltip="Sweep an experiment over noise strengths"),
        Binding("escape", "go('lab')", "lab", id="console.lab", tooltip="Go back to the lab"),
    ]  # fmt: skip
    """The keys that lead from one screen to another."""
    ALWAYS: ClassVar[list[BindingType]] = [
        Binding("t", "toggle_theme", "theme", id="console.theme", tooltip="Switch light and dark"),
        Binding("g", "show_log", "log", id="console.log", tooltip="Show the log"),
        Binding("question_mark", "show_help", "help", id="console.help", tooltip="Show all keys"),
        Binding("q", "leave", "quit", id="console.quit", tooltip="Leave hiss"),
    ]
    """The keys that every screen has, those above others too."""
    BINDINGS: ClassVar[list[BindingType]] = [*WAYS, *ALWAYS]

    @property
    def console(self) -> Console:
        """The console that the screen belongs to."""
        return cast("Console", self.app)

    @property
    def lab(self) -> Lab:
        """What there is to show."""
        return self.console.lab

    @lab.setter
    def lab(self, lab: Lab) -> None:
        self.console.lab = lab

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the way to where one is."""
        return (action, parameters) != ("go", (self.NAME,))

    def action_go(self, name: str) -> None:
        """Go to another screen."""
        self.console.action_show_screen(name)

    def action_toggle_theme(self) -> None:
        """Go from dark to light, or back."""
        self.app.theme = LIGHT.name if self.app.current_theme.dark else DARK.name

    def action_show_log(self) -> None:
        """Show what was printed while the console has been open."""
        from hiss.tui.screens.dialogs.pages import LogScreen

        self.app.push_screen(LogScreen(self.console.log_path))

    def action_show_help(self) -> None:
        """Show all keys of the present screen."""
        from hiss.tui.screens.dialogs.pages import HelpScreen
        from hiss.tui.widgets.key_hints import key_hints

        self.app.push_screen(HelpScreen(tuple(key_hints(self))))

    def action_leave(self) -> None:
        """Leave; ask first while a network trains."""
        if not self.lab.running:
            self.console.leave(0)
            return
        from hiss.tui.screens.dialogs.notice import ConfirmScreen

        question = ConfirmScreen("A network is being trained.", "stop it and leave")
        self.app.push_screen(question, lambda sure: self.console.leave(0) if sure else None)
