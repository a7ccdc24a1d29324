"""The dialog that shows the running study and those that wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hiss.tui.state import queue
from hiss.tui.state.model import Lab, Waiting
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.workers.console import Console


class QueueDialog(ModalScreen[None]):
    """Lists the studies that wait, below the running one; follows them while it is open."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("K,shift+up", "move(-1)", "up", id="study.earlier", key_display="K",
                tooltip="Train the selected study earlier"),
        Binding("J,shift+down", "move(1)", "down", id="study.later", key_display="J",
                tooltip="Train the selected study later"),
        Binding("f", "put_first", "first", id="study.first",
                tooltip="Train the selected study next"),
        Binding("d,delete", "drop", "drop", id="study.drop", key_display="d",
                tooltip="Drop the selected study"),
        Binding("x", "stop", "stop", id="study.stop",
                tooltip="Stop the running study, which the next one follows"),
        Binding("escape,q,Q", "dismiss(None)", "back", id="dialog.back", tooltip="Go back"),
    ]  # fmt: skip

    _selected: Waiting | None = None
    _drawn: tuple[object, ...] = ()

    def __init__(self, stop: Callable[[], None]) -> None:
        """Take the function that stops the running study."""
        super().__init__()
        self._stop = stop

    def compose(self) -> ComposeResult:
        """Lay out the running study above those that wait."""
        with Vertical(classes="dialog -list") as dialog:
            dialog.border_title = "Queue"
            yield Static(id="running")
            yield OptionList(id="waiting")
            yield KeyBar()

    def on_mount(self) -> None:
        """Select the next study, and follow the queue."""
        self._selected = next(iter(self.console.lab.waiting), None)
        self.query_one(OptionList).focus()
        self.watch(self.app, "lab", self._show)

    @property
    def console(self) -> Console:
        """The console whose queue is shown."""
        return cast("Console", self.app)

    @property
    def place(self) -> int | None:
        """The place of the selected study; None where none is selected, or it waits no more."""
        return queue.place_of(self.console.lab, self._selected)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what cannot be done now."""
        lab, place = self.console.lab, self.place
        match action:
            case "move":
                step = int(str(parameters[0]))
                return (place is not None and queue.can_move(lab, place, step)) or None
            case "put_first":
                return bool(place) or None
            case "drop":
                return place is not None or None
            case "stop":
                return lab.phase == "running" or None
            case _:
                return True

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Follow the cursor."""
        waiting = self.console.lab.waiting
        if event.option_list.highlighted is not None and waiting:
            self._selected = waiting[event.option_list.highlighted]
            self.refresh_bindings()

    def action_move(self, step: int) -> None:
        """Train the selected study earlier or later."""
        if (place := self.place) is not None:
            self.console.lab = queue.moved(self.console.lab, place, step)

    def action_put_first(self) -> None:
        """Train the selected study next."""
        if place := self.place:
            self.console.lab = queue.moved(self.console.lab, place, -place)

    def action_drop(self) -> None:
        """Drop the selected study and select the one after it, else the one before."""
        if (place := self.place) is not None:
            left = queue.dropped(self.console.lab, place)
            self._selected = (
                left.waiting[min(place, len(left.waiting) - 1)] if left.waiting else None
            )
            self.console.lab = left

    def action_stop(self) -> None:
        """Stop the running study."""
        self._stop()

    def _show(self, lab: Lab) -> None:
        """Show the queue; events of the running study change nothing here."""
        seen = (lab.latest_study, lab.phase, lab.waiting)
        if seen != self._drawn:
            self._drawn = seen
            self.query_one("#running", Static).update(_running(lab))
            waiting = self.query_one(OptionList)
            waiting.set_options(_options(lab))
            waiting.highlighted = self.place
            self.refresh_bindings()


def _running(lab: Lab) -> Text:
    entry = queue.running(lab)
    if entry is None:
        return Text("Nothing is being trained.", style="dim")
    return _lines("stopping" if lab.phase == "stopping" else "now", entry)


def _options(lab: Lab) -> list[Option]:
    if not lab.waiting:
        return [Option(Text("Nothing waits.", style="dim"), disabled=True)]
    return [Option(_lines(str(place), each)) for place, each in enumerate(lab.waiting, 1)]


def _lines(when: str, entry: Waiting) -> Text:
    """Return what a study trains, above what it is set to."""
    text = Text(f"{when:>3} {queue.title(entry)}", no_wrap=True, overflow="ellipsis")
    return text.append(f"\n    {queue.made_by(entry)}", style="dim not bold")
