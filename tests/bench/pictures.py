"""Draw the README's pictures: the console's own screens, with networks really trained.

    env -u NO_COLOR python tests/bench/pictures.py [NAME …]

writes docs/NAME.svg: lab, compare, sweep, editor, explain, or all of them.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual import constants
from textual.pilot import Pilot

from hiss.tui.console.app import HissApp
from hiss.tui.screens.explain import ExplainScreen
from hiss.tui.terminal.options import ConsoleOptions
from hiss.tui.workers.real_engine import RealEngine

DOCS = Path(__file__).parents[2] / "docs"
SIZE = (120, 36)


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    while not condition():
        await pilot.pause(0.05)


async def opened(pilot: Pilot[Any]) -> None:
    """Wait until TensorFlow is loaded and the data of the first preset are drawn."""
    app = pilot.app
    await until(pilot, lambda: app.lab.backend is not None and bool(app.lab.previews))
    await pilot.pause(0.5)


async def trained(pilot: Pilot[Any]) -> None:
    """Wait until the study that was started has ended."""
    app = pilot.app
    await until(pilot, lambda: app.lab.running)
    await until(pilot, lambda: not app.lab.running)
    await pilot.pause(1.5)


async def lab(pilot: Pilot[Any]) -> None:
    """The article's four experiments, at the end of training."""
    await pilot.press("a", "m", "enter")
    await trained(pilot)


async def compare(pilot: Pilot[Any]) -> None:
    """The verdicts on the article's claims, thirty repeats each."""
    await pilot.press("a", "v", "enter")
    await trained(pilot)
    await pilot.press("down")
    await pilot.pause(1.0)


async def sweep(pilot: Pilot[Any]) -> None:
    """Accuracy against the strength of the noise before the activation."""
    await pilot.press("down", "down", "w", "enter")
    await trained(pilot)


async def editor(pilot: Pilot[Any]) -> None:
    """The fields of the noise before the activation, in the middle of a change."""
    await pilot.press("down", "down", "e", "down", "down", "down", "enter", "down")
    await pilot.press("backspace", "2", "down", "down", *"warm")
    await pilot.pause(0.5)
    await pilot.press("right")
    await pilot.pause(1.0)


async def explain(pilot: Pilot[Any]) -> None:
    """The decision regions of the baseline and of hidden noise, over thirty seeds."""
    app = pilot.app
    await pilot.press("space", "down", "down", "space", "n", "n")
    assert app.lab.repeats == 30
    await pilot.press("enter")
    await trained(pilot)
    await pilot.press("E")
    await until(pilot, lambda: isinstance(app.screen, ExplainScreen))
    await until(pilot, lambda: bool(app.screen.scene.lacking))
    await pilot.press("enter")
    await until(pilot, lambda: bool(app.screen.scene.explanation) and not app.screen.scene.progress)
    await pilot.pause(1.5)


PICTURES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "lab": lab,
    "compare": compare,
    "sweep": sweep,
    "editor": editor,
    "explain": explain,
}


async def draw(name: str) -> None:
    """Draw a picture, with a folder of its own for the drafts that editing leaves."""
    with TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        await _draw(name)


async def _draw(name: str) -> None:
    app = HissApp(RealEngine(), ConsoleOptions(), Path(os.devnull))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await PICTURES[name](pilot)
        (DOCS / f"{name}.svg").write_text(app.export_screenshot(title="hiss"))


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    constants.COLOR_SYSTEM = "truecolor"  # there is no terminal that could be asked
    for name in sys.argv[1:] or PICTURES:
        asyncio.run(draw(name))


if __name__ == "__main__":
    main()
