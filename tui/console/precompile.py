"""Compiling the network that a start would train, while the user reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.tui.state import plan

if TYPE_CHECKING:
    from textual.timer import Timer

    from hiss.tui.state.model import Lab
    from hiss.tui.workers.console import Console

DELAY = 0.6
"""Seconds for which the choice has to stay the same before it is compiled (debounce)."""


class Precompiler:
    """Compiles what a start would train, once the choice has not changed for a while.

    A compilation cannot be stopped: moving past a preset must not make the next one wait for it.
    """

    def __init__(self, app: Console) -> None:
        """Take the console whose state is followed."""
        self._app = app
        self._choice: tuple[object, ...] = ()
        self._timer: Timer | None = None

    def schedule(self, lab: Lab) -> None:
        """Compile what a state has chosen after the delay, unless that is scheduled already."""
        choice = (*map(id, lab.chosen), lab.mode)
        if not lab.chosen or choice == self._choice:
            return
        self._choice = choice
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(DELAY, self._prepare)

    def _prepare(self) -> None:
        lab, thread = self._app.lab, self._app.engine_thread
        if lab.chosen and not lab.waiting:  # the next study must not wait for a compilation
            thread.prepare(plan.study_of(lab, lab.chosen, "lab", thread.device))
