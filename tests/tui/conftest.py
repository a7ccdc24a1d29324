from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

Until = Callable[[Pilot[None], Callable[[], object]], object]


@pytest.fixture
def until() -> Until:
    """Let the console work until something is so; fail when it never is."""

    async def wait(pilot: Pilot[None], so: Callable[[], object]) -> None:
        for _ in range(3000):
            if so():
                return await pilot.pause()
            await asyncio.sleep(0.02)  # to look at the screen takes as long
        raise AssertionError("the console never came to that")

    return wait
