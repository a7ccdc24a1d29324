"""What all screens with curves share."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import transitions, view
from hiss.tui.state.model import Runs
from hiss.tui.state.view import View

OF_REPEATS = ("toggle_band", "toggle_every", "walk")
"""Actions that change how several repeats are drawn."""
OF_CURVES = ("toggle_smoothing", "toggle_training", *OF_REPEATS)


class CurvesScreen(ConsoleScreen):
    """Has the keys that change how curves are drawn."""

    QUANTITY: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_quantity", "loss", id="view.quantity",
                tooltip="Switch between accuracy and loss"),
    ]  # fmt: skip
    BAND: ClassVar[list[BindingType]] = [
        Binding("b", "toggle_band", "band", False, id="view.band",
                tooltip="Switch the band about the mean between SD and 95 % CI"),
    ]  # fmt: skip
    REPEATS: ClassVar[list[BindingType]] = [
        Binding("m", "toggle_smoothing", "smooth", False, id="view.smoothing",
                tooltip="Switch between every epoch and moving averages"),
        Binding("h", "toggle_training", "train curves", False, id="view.training",
                tooltip="Show or hide the training curves"),
        Binding("i", "toggle_every", "each repeat", False, id="view.every",
                tooltip="Switch between the mean and every repeat"),
        Binding("full_stop", "walk(1)", "next repeat", False, ".", id="view.later",
                tooltip="Show the next repeat; after the last, the mean"),
        Binding("comma", "walk(-1)", "previous repeat", False, ",", id="view.earlier",
                tooltip="Show the previous repeat"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*QUANTITY, *BAND, *REPEATS]

    @property
    def drawn_runs(self) -> Runs:
        """The runs whose curves are on the screen."""
        return self.lab.runs

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        repeats = max((run.repeats for run in self.drawn_runs), default=0)
        if action in OF_CURVES and not repeats:
            return "No curves are shown yet."
        if action in OF_REPEATS and repeats == 1:
            return "One repeat is shown, and that is all there is: n sets more for the next study."
        return super().refusal(action, parameters)

    def action_toggle_quantity(self) -> None:
        """Switch between accuracy and loss."""
        self._set_view(view.quantity_toggled(self.lab.view))

    def action_toggle_smoothing(self) -> None:
        """Switch between every epoch and moving averages."""
        self._set_view(view.smoothing_toggled(self.lab.view))

    def action_toggle_training(self) -> None:
        """Show or hide the training curves."""
        self._set_view(view.training_toggled(self.lab.view, len(self.drawn_runs)))

    def action_toggle_band(self) -> None:
        """Switch the band between SD and 95 % CI."""
        self._set_view(view.band_toggled(self.lab.view))

    def action_toggle_every(self) -> None:
        """Switch between the mean and every replicate."""
        self._set_view(view.every_toggled(self.lab.view))

    def action_walk(self, step: int) -> None:
        """Show a neighbouring replicate."""
        repeats = max((run.repeats for run in self.drawn_runs), default=1)
        self._set_view(view.walked(self.lab.view, step, repeats))

    def _set_view(self, changed: View) -> None:
        self.lab = transitions.viewed(self.lab, changed)
