"""Studies that a cluster trains, as the console shows and resumes them."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable

import pytest
from stage import ScriptedEngine
from test_history_screen import kept, listed, text
from textual.pilot import Pilot

from hiss.store.owner import Ownership
from hiss.store.progress import HostBlocks, Progress, write_progress
from hiss.store.records import ON, with_options
from hiss.tui.console.app import HissApp

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_history_shows_the_blocks_of_each_machine(
    until: Until, size: tuple[int, int]
) -> None:
    record = kept(state="interrupted")
    hosts = (HostBlocks("node-a", 5, 2, 0), HostBlocks("node-b", 4, 1, 1))
    write_progress(record.folder, Progress(3, 4, "", hosts, 60))
    app = HissApp(ScriptedEngine())
    with Ownership(record.folder, threading.Event()):
        async with app.run_test(size=size) as pilot:
            await listed(pilot, until, app, 1)
            await until(pilot, lambda: "75%" in text(app))
            await until(pilot, lambda: "blocks: 9 done, 3 running" in text(app))
            assert "node-b 4 done" in text(app)


async def test_a_study_of_a_cluster_goes_on_in_a_process_of_its_own(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    start = "hiss.tui.workers.detached.start_in_background"
    monkeypatch.setattr(start, lambda record: started.append(record.id))
    record = with_options(kept(state="interrupted"), **{ON: "ray:node-a:6379"})
    engine = ScriptedEngine()
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot, until, app, 1)
        await pilot.press("R")
        await until(pilot, lambda: started)
        (said,) = app._notifications
        assert "goes on in the background, on its cluster" in said.message
    assert started == [record.id]
    assert engine.studies == []
