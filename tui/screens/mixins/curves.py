"""What every screen has that shows curves of repeats."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import transitions, view
from hiss.tui.state.model import Runs


class CurvesScreen(ConsoleScreen):
    """Takes the keys that say how curves are drawn."""

    OTHERS: ClassVar[list[BindingType]] = [
        Binding("m", "toggle_smoothing", "smooth", False, id="view.smoothing",
                tooltip="Switch between every epoch and moving averages"),
        Binding("h", "toggle_training", "train curves", False, id="view.training",
                tooltip="Show or hide the training curves"),
        Binding("i", "toggle_every", "each repeat", False, id="view.every",
                tooltip="Switch between the mean and every single repeat"),
        Binding("full_stop", "walk(1)", "next repeat", False, ".", id="view.later",
                tooltip="Walk to the next repeat, and from the last to their mean"),
        Binding("comma", "walk(-1)", "repeat before", False, ",", id="view.earlier",
                tooltip="Walk to the repeat before"),
    ]  # fmt: skip
    """The keys that every such screen has to itself."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_quantity", "loss", id="view.quantity",
                tooltip="Switch between accuracy and loss"),
        Binding("b", "toggle_band", "band", False, id="view.band",
                tooltip="Switch the band about the mean between SD and 95 % CI"),
        *OTHERS,
    ]  # fmt: skip

    @property
    def drawn(self) -> Runs:
        """The runs whose curves are on the screen."""
        return self.lab.runs

    def action_toggle_quantity(self) -> None:
        """Show the other quantity."""
        self._see(view.quantity_toggled(self.lab.view))

    def action_toggle_smoothing(self) -> None:
        """Draw moving averages, or every epoch."""
        self._see(view.smoothing_toggled(self.lab.view))

    def action_toggle_training(self) -> None:
        """Draw the training curves too, or the test curves alone."""
        self._see(view.training_toggled(self.lab.view, len(self.drawn)))

    def action_toggle_band(self) -> None:
        """Draw the other band about the mean."""
        self._see(view.band_toggled(self.lab.view))

    def action_toggle_every(self) -> None:
        """Draw every replicate, or their mean."""
        self._see(view.every_toggled(self.lab.view))

    def action_walk(self, step: int) -> None:
        """Go to a neighbouring replicate."""
        repeats = max((run.repeats for run in self.drawn), default=1)
        self._see(view.walked(self.lab.view, step, repeats))

    def _see(self, changed: view.View) -> None:
        self.lab = transitions.viewed(self.lab, changed)
