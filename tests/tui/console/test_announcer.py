"""The console announces the end of a long study."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from terminal_window import TerminalWindow
from textual.pilot import Pilot

from hiss.errors import TrainingError
from hiss.tui.console.app import HissApp
from hiss.tui.terminal import announcement
from hiss.tui.terminal.options import ConsoleOptions

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]
CONSOLE = """
import sys
from stage import ScriptedEngine
from hiss.tui.console.launch import open_console
from hiss.tui.terminal import announcement
announcement.THRESHOLD = {threshold}
sys.exit(open_console(engine=ScriptedEngine(chunk=1000)))
"""
SAVED, RESTORED = b"\x1b[22;2t", b"\x1b[23;2t"
TITLE = b"\x1b]2;hiss: finished article/baseline\x1b\\"


class Trained:
    """A console in which a study was trained, the bells it rang, and what it told a command."""

    def __init__(self, engine: ScriptedEngine, told: Path, bell: bool = True) -> None:
        script = f'echo "$HISS_STATE|$HISS_STUDY|$HISS_SECONDS" >> {told}'
        command = f"sh -c {shlex.quote(script)}"
        self.app = HissApp(engine, ConsoleOptions(notify=command, bell=bell))
        self.bells = 0
        self.app.bell = self.ring  # type: ignore[method-assign]

    def ring(self) -> None:
        self.bells += 1


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


@pytest.fixture(autouse=True)
def threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcement, "THRESHOLD", 0.0)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("enter", "finished|article/baseline|1.0"),
        ("a enter", "finished|article/baseline and 3 more|1.0"),
        ("w n n enter", "finished|sweep of article/baseline|1.0"),
    ],
)
async def test_a_finished_study_rings_and_runs_the_command(
    until: Until, told: Path, keys: str, line: str
) -> None:
    one = Trained(ScriptedEngine(chunk=1000), told)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app.lab.backend)
        await pilot.press(*keys.split())
        await until(pilot, lambda: told.exists() and told.read_text())
    assert told.read_text() == f"{line}\n"
    assert one.bells == 1


async def test_a_stopped_study_does_not_ring(until: Until, told: Path) -> None:
    one = Trained(ScriptedEngine(half=100), told)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app.lab.backend)
        await pilot.press("enter", "x")
        await until(pilot, lambda: told.exists() and told.read_text())
    assert told.read_text().startswith("stopped|article/baseline|")
    assert one.bells == 0


async def test_a_study_that_is_refused_has_failed(until: Until, told: Path) -> None:
    one = Trained(ScriptedEngine(error=TrainingError("out of luck")), told)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: told.exists() and told.read_text())
    assert told.read_text().startswith("failed|article/baseline|0.")
    assert one.bells == 1


async def test_a_short_study_is_not_announced(
    until: Until, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcement, "THRESHOLD", 10.0)
    engine = ScriptedEngine(chunk=1000)
    one = Trained(engine, told)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: engine.studies and not one.app.lab.running)
    assert one.bells == 0 and not told.exists()


async def test_without_the_bell_the_command_is_run_all_the_same(until: Until, told: Path) -> None:
    one = Trained(ScriptedEngine(chunk=1000), told, bell=False)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: told.exists() and told.read_text())
    assert one.bells == 0


@pytest.mark.slow
def test_the_title_is_set_and_given_back(home: Path) -> None:
    with TerminalWindow(CONSOLE.format(threshold=0.0), TERM="xterm-kitty") as window:
        window.wait_for("30 train")
        window.press("\r")
        window.wait_for("finished")
        while TITLE not in window.written:
            assert window.drawn_within(20)
        window.press("r")
        while window.written.count(TITLE) < 2:
            assert window.drawn_within(20)
        window.press("q")
        assert window.ended() == 0
    places = [window.written.index(each) for each in (SAVED, TITLE, RESTORED)]
    assert places == sorted(places)
    assert window.written.count(SAVED) == window.written.count(RESTORED) == 2
    assert window.written.rindex(RESTORED) > window.written.rindex(b"\x1b[?1049l")
    assert b"\x1b]9;hiss: finished article/baseline\x1b\\" in window.written


def test_the_title_of_a_short_study_is_left_alone(home: Path) -> None:
    with TerminalWindow(CONSOLE.format(threshold=600.0), TERM="xterm-kitty") as window:
        window.wait_for("30 train")
        window.press("\r")
        window.wait_for("finished")
        window.press("q")
        assert window.ended() == 0
    assert SAVED not in window.written and b"\x1b]2;" not in window.written
