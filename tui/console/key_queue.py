"""Keys in their order, however many come at once over a bad line."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.dom import DOMNode

if TYPE_CHECKING:
    from hiss.tui.workers.console import Console

KeyEvent = events.Key | events.Paste
PATIENCE = 1.0
"""Seconds after which the next key no longer waits for one that got lost with what it went to."""


class KeyQueue:
    """Passes a key on once all that the key before it leads to has been done.

    Textual lets a field have a letter at once, while a backspace or an arrow first goes all the way
    up to the console: of keys that come together, the letters would be first.
    """

    def __init__(self, app: Console) -> None:
        """Begin with none."""
        self._app = app
        self._waiting: deque[KeyEvent] = deque()
        self._under_way: KeyEvent | None = None
        self._since = 0.0

    async def take(self, key: KeyEvent) -> None:
        """Pass a key on, now or when its turn comes."""
        self._waiting.append(key)
        if self._under_way is None or time.monotonic() - self._since > PATIENCE:
            await self._pass_on()

    async def _pass_on(self) -> None:
        self._under_way = self._waiting.popleft() if self._waiting else None
        if (key := self._under_way) is not None:
            self._since = time.monotonic()
            goes_to = self._app.focused or self._app.screen
            await self._app.pass_on(key)
            self._follow(key, goes_to if key.is_forwarded else None)

    def _follow(self, key: KeyEvent, node: DOMNode | None) -> None:
        """Wait until a node, and those above it, have done with a key; then until the screen has.

        What the key has led to waits in the screen's queue, such as the focus of one just opened.
        """
        if node is None:
            self._app.screen.call_later(self._app.call_later, self._end, key)
        elif not node.call_later(self._left, key, node):
            self._follow(key, None)

    def _left(self, key: KeyEvent, node: DOMNode) -> None:
        """Go on to where a key has gone, unless it was stopped; a screen stops what it hands on."""
        stopped = key._stop_propagation and node.parent is not self._app
        self._follow(key, None if stopped else node.parent)

    async def _end(self, key: KeyEvent) -> None:
        if key is self._under_way:
            await self._pass_on()
