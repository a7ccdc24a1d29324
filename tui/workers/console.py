"""The console as screens, widgets and workers see it; they never import the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual import events
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    from hiss.experiment.spec import Experiment
    from hiss.tui.state.kept import Reopened
    from hiss.tui.state.model import Lab, Waiting
    from hiss.tui.style.glyphs import GlyphSet
    from hiss.tui.terminal.latency import LatencyProbe
    from hiss.tui.workers.archive import Archive
    from hiss.tui.workers.background import BackgroundJobs
    from hiss.tui.workers.engine_thread import EngineThread


class Console(Protocol):
    """The part of the app that screens, widgets and workers use."""

    lab: Lab
    """All that the screens show; assigning another value changes what they show."""
    glyphs: GlyphSet
    """The characters that the terminal can draw."""
    engine_thread: EngineThread
    background: BackgroundJobs
    archive: Archive
    latency: LatencyProbe
    log_path: Path | None
    """The file of captured output; None in tests."""

    theme: str
    """The name of the colours."""

    @property
    def current_mode(self) -> str:
        """The name of the screen that keys have switched to."""
        ...

    @property
    def focused(self) -> Widget | None:
        """The widget that has the focus."""
        ...

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""
        ...

    def start(self, entry: Waiting) -> None:
        """Train a study, at once or when those before it have ended."""
        ...

    def resume(self, found: Reopened) -> None:
        """Train on a kept study that was cut short."""
        ...

    def list_experiments(
        self, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
    ) -> None:
        """Add experiments to the list.

        Args:
            experiments: They replace those of the same names.
            own: Whether they are saved among the user's presets.
            follow: Whether the cursor moves to the last of them.
        """
        ...

    def bell(self) -> None:
        """Ring the terminal's bell."""
        ...

    def quit_with(self, code: int) -> None:
        """Stop training and quit with an exit code."""
        ...

    def keep_training(self) -> None:
        """Quit, and have what trains and what waits go on in the background."""
        ...

    def action_show_screen(self, name: str) -> None:
        """Switch to another screen, which takes the marked presets."""
        ...

    def switch_mode(self, mode: str) -> object:
        """Switch to another screen as it was left."""
        ...

    async def deliver_key(self, key: events.Key | events.Paste) -> None:
        """Deliver a key to what is bound to it, or to the focused widget."""
        ...

    def push_screen(
        self,
        screen: Screen[Any],
        callback: Callable[[Any], None] | Callable[[Any], Awaitable[None]] | None = None,
    ) -> object:
        """Open a screen above the others."""
        ...

    def call_next(self, callback: Callable[..., object], *arguments: Any) -> object:
        """Call a function once the present message has been handled."""
        ...

    def call_later(self, callback: Callable[..., object], *arguments: Any) -> object:
        """Call a function once all waiting messages have been handled."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call a function after some seconds."""
        ...
