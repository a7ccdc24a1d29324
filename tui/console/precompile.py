"""Having ready what the user is about to train: its network is compiled while he reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.tui.state import plan

if TYPE_CHECKING:
    from textual.timer import Timer

    from hiss.tui.state.model import Lab
    from hiss.tui.workers.console import Console

REST = 0.6
"""Seconds for which the cursor rests on a preset before it is prepared."""


class Precompiler:
    """Watches what a start would train, and has it prepared once that has not changed for a while.

    Compiling cannot be broken off: who only passes by on his way to another preset shall not wait
    for it.
    """

    def __init__(self, app: Console) -> None:
        """Prepare for the screens of a console."""
        self._app = app
        self._wish: tuple[object, ...] = ()
        self._timer: Timer | None = None

    def follow(self, lab: Lab) -> None:
        """Take in what a start would train now."""
        wish = (*map(id, lab.chosen), lab.mode)
        if not lab.chosen or wish == self._wish:
            return
        self._wish = wish
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(REST, self._prepare)

    def _prepare(self) -> None:
        lab, desk = self._app.lab, self._app.desk
        if lab.chosen:
            desk.prepare(plan.study_of(lab, lab.chosen, "lab", desk.device))
