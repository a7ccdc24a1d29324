"""A console whose terminal is gone in the middle of a sweep, and the next one that goes on."""

from __future__ import annotations

import time

import pytest
from terminal_window import TerminalWindow

from hiss.store.history import listing
from hiss.store.place import store_folder

SCRIPTED = """
import sys
from stage import ScriptedEngine, here
from hiss.tui.console.launch import open_console

engine = ScriptedEngine(seconds_per_chunk={seconds}, chunk=1000, fingerprint=here())
sys.exit(open_console(engine=engine))
"""
REAL = """
import dataclasses, sys
from hiss.tui.console.launch import open_console
from hiss.tui.workers.real_engine import RealEngine

class Engine(RealEngine):
    def load_presets(self):
        library = super().load_presets()
        arms = tuple(
            arm.model_copy(update={"training": arm.training.model_copy(update={"epochs": 1500})})
            for arm in library.group("article")
        )
        return dataclasses.replace(library, experiments=arms, problems=())

sys.exit(open_console(engine=Engine()))
"""


def sweep(window: TerminalWindow, *seen: str) -> None:
    """Sweep the third preset with two repeats, until all that is to be seen has been."""
    window.wait_for("30 train")
    window.press("\x1b[B\x1b[Bw")
    window.wait_for("enter sweeps")
    window.press("N2\r")
    window.wait_for("2 repeats")
    window.press("\r")
    for text in seen:
        window.wait_for(text)


def states() -> list[tuple[str, str]]:
    entries, _ = listing(store_folder())
    return [(one.kind, one.state) for one in entries]


def goes_on(window: TerminalWindow) -> None:
    """Find what was interrupted, and have it go on to its end."""
    window.wait_for("was interrupted: H, then R goes on")
    window.press("H")
    window.wait_for("! interrupted")
    window.press("R")
    window.wait_for("finished: 6 points")
    window.press("q")
    assert window.ended() == 0


@pytest.mark.slow
def test_a_sweep_whose_terminal_is_gone_goes_on_in_the_next_console() -> None:
    with TerminalWindow(SCRIPTED.format(seconds=0.15)) as window:
        sweep(window, "3/6")
        assert states() == [("sweep", "running")]
        window.close()
        assert window.ended() == 129
    assert states() == [("sweep", "interrupted")]
    with TerminalWindow(SCRIPTED.format(seconds=0.0)) as window:
        goes_on(window)
    assert states() == [("sweep", "finished")]


@pytest.mark.slow
def test_a_real_sweep_that_is_killed_goes_on_in_the_next_console() -> None:
    with TerminalWindow(REAL) as window:
        sweep(window, "compiling", "epoch", "3/6")
        window.process.kill()
        window.process.wait()
    began = time.monotonic()
    while states() != [("sweep", "interrupted")]:
        assert time.monotonic() < began + 5
    with TerminalWindow(REAL) as window:
        goes_on(window)
    assert states() == [("sweep", "finished")]
