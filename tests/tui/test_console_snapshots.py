"""What the screens look like, as text; HISS_UPDATE_SNAPSHOTS=1 takes the pictures anew."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot

from tui.app import HissApp
from tui.widgets.results import Results

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


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("start-80x24", (80, 24), ""),
        ("start-200x60", (200, 60), ""),
        ("start-40x12", (40, 12), ""),
        ("article-80x24", (80, 24), "a enter"),
        ("article-200x60", (200, 60), "a enter"),
        ("article-40x12-curves", (40, 12), "a enter 3"),
        ("article-40x12-results", (40, 12), "a enter 4"),
        ("article-40x12-data", (40, 12), "a enter 2"),
        ("repeats-120x36", (120, 36), "n down enter"),
        ("loss-80x24", (80, 24), "l enter"),
        ("help-80x24", (80, 24), "question_mark"),
        ("help-40x12", (40, 12), "question_mark"),
        ("repeats-asked-80x24", (80, 24), "N"),
    ],
)
async def test_the_screen_looks_as_it_did(
    until: Until, name: str, size: tuple[int, int], keys: str
) -> None:
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.lab.backend)
        for key in keys.split():
            await pilot.press(key)
        await until(pilot, lambda: "enter" not in keys or (app.lab.runs and not app.lab.running))
        for results in app.screen.query(Results):
            results.draw()
        await pilot.pause()
        compare(name, picture(app))
