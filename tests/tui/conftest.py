from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual import _wait
from textual.pilot import Pilot

_wait.SLEEP_GRANULARITY = 0.01  # twice as often as Textual, a pilot sees that nothing happens

Until = Callable[[Pilot[None], Callable[[], object]], object]


@pytest.fixture
def until() -> Until:
    """Return a function that waits until a condition holds, and fails after a minute."""

    async def wait(pilot: Pilot[None], so: Callable[[], object]) -> None:
        for _ in range(3000):
            if so():
                return await pilot.pause()
            await asyncio.sleep(0.02)  # reading the screen takes as long
        raise AssertionError("the condition never held")

    return wait
