"""The screen that shows what noise did to the networks of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from hiss.results.outcomes import ArmStarted, Event, ReplicateEnded
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import explaining
from hiss.tui.state.explaining import AT_THE_END, EARLIER, PAGES, Asked, Scene
from hiss.tui.style.themes import picture_style
from hiss.tui.widgets.explain_view import ExplainView
from hiss.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.tui.workers import messages

REFRESH = 1.0
"""Seconds between two pictures while moments are added."""
NOTHING = "Nothing was found: another study is trained first, or all repeats have failed."
WATCHED = "it trains: its networks as they are now; all views follow at its end"
NO_MOMENTS = "Margins are those at the end of training: there is nothing to scrub."


class ExplainScreen(ConsoleScreen, inherit_bindings=False):
    """Has the keys for its pages and for the moments of the training."""

    CSS_PATH = "explain.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "back", id="explain.back", tooltip="Go back"),
        Binding("enter", "make", "make snapshots", False, id="explain.make",
                tooltip="Train the arms that have no snapshots once more, to make them"),
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
        Binding("d", "choose", "arms", id="explain.arms",
                tooltip="Choose which arms, or strengths of a sweep, are seen: up to four"),
        *(
            Binding(str(place), f"page({place - 1})", name, False, id=f"explain.page{place}",
                    tooltip=f"Show the page {name}")
            for place, name in enumerate(PAGES, 1)
        ),
        *ConsoleScreen.VIEWER,
    ]  # fmt: skip

    def __init__(self, asked: Asked, places: Mapping[str, int]) -> None:
        """Take what is explained, and the numbers of its arms in the session."""
        super().__init__()
        self.scene = Scene(asked, places, progress="waiting for the engine …")
        self._making = 0
        """Arms that are trained for snapshots."""
        self._ended = 0
        """Replicates of the present one that have ended."""
        self._stale = False

    def compose(self) -> ComposeResult:
        """Lay out the page above the line of keys."""
        yield ExplainView()
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask the engine, and follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.set_interval(REFRESH, self._draw_if_stale)
        self._ask()
        self._draw()

    def on_unmount(self) -> None:
        """Look no longer at the networks."""
        self.console.engine_thread.stop_explaining()

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        found = self.scene.explanation
        match action:
            case "scrub" if self.scene.page in AT_THE_END:
                return NO_MOMENTS
            case "scrub" if not self.scene.frames:
                return "Only the end of the training is there yet."
            case "make" if self.scene.lacking is None:
                return "There are snapshots of all arms." if found else "They are being looked for."
            case "choose" if found is None or len(found.arms) < 2:
                return "There is one arm only." if found else "No arm has been looked at yet."
            case _:
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

    def action_make(self) -> None:
        """Train the arms without snapshots for them."""
        self._making = len(self.scene.lacking.names) if self.scene.lacking else 0
        self._show(replace(explaining.making(self.scene), progress="waiting for the engine …"))
        self._ask()

    def action_choose(self) -> None:
        """Ask which arms are seen side by side."""
        from hiss.tui.screens.dialogs.ask import InputDialog
        from hiss.views.explanation import MOST_SEEN

        def parse(text: str) -> tuple[tuple[str, ...], str]:
            names = explaining.named(self.scene, text, MOST_SEEN)
            return names, f"Commas between them; the arms are {explaining.words(self.scene)}"

        what = "Strengths" if self.scene.asked.search else "Arms"
        text = explaining.words(self.scene, self.scene.shown)
        dialog = InputDialog(f"{what} to look at, up to {MOST_SEEN}", text, parse, select=True)
        self.app.push_screen(dialog, self._chosen)

    def _chosen(self, names: tuple[str, ...] | None) -> None:
        if names and names != self.scene.shown:
            self._show(explaining.choosing(self.scene, names))
            self._ask()

    def _ask(self) -> None:
        post = partial(self._post, self.scene.asked)
        if self.console.engine_thread.explain(self.scene.asked, post):
            self.scene = replace(self.scene, progress=WATCHED)

    def _post(self, asked: Asked, message: Message) -> None:
        """Post what the engine has found, unless something else has been asked for since."""
        if asked is self.scene.asked:
            self.post_message(message)

    def on_explain_reported(self, message: messages.ExplainReported) -> None:
        """Say how far the training is."""
        self._take(progress=self._progress(message.event))

    def on_explained(self, message: messages.Explained) -> None:
        """Take what has been found."""
        from hiss.views.explanation import Explanation
        from hiss.views.frames import Frame, Lacking, Looking

        match message.found:
            case Explanation() as found:
                self._show(explaining.explained(self.scene, found))
                self._take(progress=EARLIER)
            case Frame() as frame:
                self._show_later(explaining.framed(self.scene, frame))
            case Lacking() as lacking:
                self._show(replace(self.scene, lacking=lacking))
            case Looking(done, arms):
                self._take(progress=f"looking at arm {done + 1} of {arms} …")
            case live:
                self._show_later(explaining.seen_live(self.scene, live))

    def on_explain_over(self, message: messages.ExplainOver) -> None:
        """Say nothing more, or why it ended."""
        nothing = self.scene.explanation is None and self.scene.lacking is None
        why = message.error.message if message.error else NOTHING if nothing else ""
        self._show(replace(self.scene, progress=why))

    def _progress(self, event: Event) -> str:
        arms, repeats = self._making, self.scene.asked.study.repeats
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
            self.refresh_bindings()

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
