"""What the screens look like, as text; HISS_UPDATE_SNAPSHOTS=1 updates the pictures."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot

from hiss.tui.console.app import HissApp
from hiss.tui.widgets.results import Results

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]
FOLDER = Path(__file__).parent / "snapshots"


def picture(app: HissApp) -> str:
    lines = app.screen._compositor.render_strips()
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def compare(name: str, seen: str) -> None:
    path = FOLDER / f"{name}.txt"
    if os.environ.get("HISS_UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(seen)
    assert seen == path.read_text(), f"{path} differs; is the new picture right?"


def settled(app: HissApp) -> bool:
    """Whether all has been trained and worked out."""
    comparing, sweeping = app.lab.comparing, app.lab.sweeping
    found = [one.n > 0 for one in comparing.comparisons] or [app.current_mode != "compare"]
    compared = all(found) if comparing.study else comparing.comparisons or found[0]
    swept = sweeping.study is None or sweeping.settled
    return bool(compared and swept) and not app.lab.running


@pytest.mark.parametrize(
    ("size", "shots"),
    [
        ((80, 24), {"start": "", "help": "question_mark", "repeats-asked": "escape N",
                    "loss": "escape l enter"}),
        ((200, 60), {"start": "", "article": "a enter"}),
        ((40, 12), {"start": "", "help": "question_mark", "article-data": "escape 2 a enter",
                    "article-curves": "3", "article-results": "4"}),
        ((80, 24), {"article": "a enter", "article-train": "h"}),
        ((80, 24), {"repeats": "n a enter", "every-repeat": "i", "one-repeat": "full_stop",
                    "points": "p"}),
        ((120, 36), {"repeats": "n down enter"}),
        ((80, 24), {"compare-plan": "n n v", "compare": "enter", "compare-arm": "down l",
                    "compare-curves": "3"}),
        ((160, 48), {"compare": "v enter down"}),
        ((40, 12), {"compare-verdicts": "v enter", "compare-arm": "2"}),
        ((80, 24), {"sweep-plan": "down down w", "sweep": "n n enter", "sweep-loss": "left l"}),
        ((160, 48), {"sweep": "down down w n n enter", "sweep-confirmed": "f c"}),
        ((40, 12), {"sweep-grid": "down down w n n enter", "sweep-point": "2", "sweep-found": "3"}),
        ((80, 24), {"heat": "end w n n enter down"}),
        ((120, 36), {"heat": "end w n n enter down"}),
    ],
)  # fmt: skip
async def test_the_screen_looks_as_it_did(
    until: Until, size: tuple[int, int], shots: dict[str, str]
) -> None:
    app = HissApp(ScriptedEngine(chunk=1000))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.lab.backend)
        for name, keys in shots.items():
            for key in keys.split():
                await pilot.press(key)
                if key in ("enter", "f", "c", "v", "w", "l"):
                    await until(pilot, lambda: settled(app))
            for results in app.screen.query(Results):
                results.draw()
            await pilot.pause()
            compare(f"{name}-{size[0]}x{size[1]}", picture(app))


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_the_queue_looks_as_it_did(until: Until, size: tuple[int, int]) -> None:
    app = HissApp(ScriptedEngine(half=0))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.runs and app.lab.runs[0].state == "training")
        await pilot.press("down", "n", "enter", "v", "enter", "w", "enter", "escape", "Q", "down")
        app.clear_notifications()
        await until(pilot, lambda: not app.screen.query("Toast"))
        compare(f"queue-{size[0]}x{size[1]}", picture(app))
