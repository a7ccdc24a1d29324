"""The screen that shows what noise did to the networks of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.results.outcomes import ArmStarted, Event, ReplicateEnded
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import explaining
from hiss.tui.state.explaining import PAGES, SCRUBBED, Scene
from hiss.tui.style.themes import picture_style
from hiss.tui.widgets.explain_view import ExplainView
from hiss.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.tui.workers import messages

REFRESH = 1.0
"""Seconds between two pictures while moments are added."""
NO_MOMENTS = "This page shows the end of training, or all of it at once: there is nothing to scrub."


class ExplainScreen(ConsoleScreen, inherit_bindings=False):
    """Has the keys for its pages and for the moments of the training."""

    CSS_PATH = "explain.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "back", id="explain.back", tooltip="Go back"),
        Binding("tab", "turn(1)", "next page", id="explain.next", tooltip="Show the next page"),
        Binding("shift+tab", "turn(-1)", "page before", False, id="explain.previous",
                tooltip="Show the page before"),
        Binding("left", "scrub(-1)", "earlier", id="explain.earlier",
                tooltip="Go to an earlier moment of the training"),
        Binding("right", "scrub(1)", "later", id="explain.later",
                tooltip="Go to a later moment of the training"),
        Binding("home", "scrub(-1000)", "start", False, id="explain.start",
                tooltip="Go to the start of the training"),
        Binding("end", "scrub(1000)", "end", False, id="explain.end",
                tooltip="Go to the end of the training"),
        *(
            Binding(str(place), f"page({place - 1})", name, False, id=f"explain.page{place}",
                    tooltip=f"Show the page {name}")
            for place, name in enumerate(PAGES, 1)
        ),
        *ConsoleScreen.VIEWER,
    ]  # fmt: skip

    def __init__(self, study: Study, places: tuple[int, ...]) -> None:
        """Take the study whose networks are looked at, and the numbers of its arms."""
        super().__init__()
        self.scene = Scene(study, places, progress="waiting for the engine …")
        self._ended = 0
        self._stale = False

    def compose(self) -> ComposeResult:
        """Lay out the page above the line of keys."""
        yield ExplainView()
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the engine, and follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.set_interval(REFRESH, self._draw_if_stale)
        self.console.engine_thread.explain(self.scene.study, self.post_message)
        self._draw()

    def on_unmount(self) -> None:
        """Look no longer at the networks."""
        self.console.engine_thread.stop_explaining()

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action == "scrub" and self.scene.page not in SCRUBBED:
            return NO_MOMENTS
        if action == "scrub" and not self.scene.frames:
            return "Only the end of the training is there yet."
        return super().refusal(action, parameters)

    def action_turn(self, step: int) -> None:
        """Show a neighbouring page."""
        self.action_page(PAGES.index(self.scene.page) + step)

    def action_page(self, place: int) -> None:
        """Show a page."""
        self._show(explaining.paged(self.scene, place))

    def action_scrub(self, step: int) -> None:
        """Go to another moment of the training."""
        self._show(explaining.moved(self.scene, step))

    def on_explain_reported(self, message: messages.ExplainReported) -> None:
        """Say how far the training is."""
        self._take(progress=self._progress(message.event))

    def on_explained(self, message: messages.Explained) -> None:
        """Take what has been found."""
        from hiss.views.explanation import Explanation, Frame

        match message.found:
            case Explanation() as found:
                self._show(explaining.explained(self.scene, found))
                self._take(progress="looking at earlier moments …")
            case Frame() as frame:
                self._show_later(explaining.framed(self.scene, frame))
            case live:
                self._show_later(explaining.seen_live(self.scene, live))

    def on_explain_over(self, message: messages.ExplainOver) -> None:
        """Say nothing more, or why it ended."""
        self._show(replace(self.scene, progress=message.error.message if message.error else ""))

    def _progress(self, event: Event) -> str:
        arms, repeats = len(self.scene.study.arms), self.scene.study.repeats
        match event:
            case ArmStarted(arm):
                self._ended = 0
                return f"training for snapshots: arm {arm + 1} of {arms} …"
            case ReplicateEnded(arm):
                self._ended += 1
                ended = f"{self._ended} of {repeats} repeats"
                return f"training for snapshots: arm {arm + 1} of {arms}, {ended} …"
            case _:
                return self.scene.progress

    def _take(self, progress: str) -> None:
        self._show_later(replace(self.scene, progress=progress))

    def _show_later(self, scene: Scene) -> None:
        self.scene, self._stale = scene, True

    def _draw_if_stale(self) -> None:
        if self._stale:
            self._draw()

    def _show(self, scene: Scene) -> None:
        self.scene = scene
        self._draw()
        self.refresh_bindings()

    def _draw(self) -> None:
        from hiss.tui.charts.regions import ground_of

        self._stale = False
        view, theme = self.query_one(ExplainView), self.app.current_theme
        view.scene = self.scene
        view.look = picture_style(theme, self.console.glyphs)
        view.ground = ground_of(theme, self.console.glyphs, self.app.console.color_system)
        view.redraw()
