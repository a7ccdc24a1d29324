"""The queue of keys: each waits until the one before it has been handled."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.widgets import Input, TextArea

from hiss.tui.compatibility import is_stopped

if TYPE_CHECKING:
    from hiss.tui.workers.console import Console

KeyEvent = events.Key | events.Paste
TIMEOUT = 1.0
"""Seconds after which a key no longer waits for one that was lost with its widget."""
FLOOD = 60
"""Keys waiting that nobody has typed: a paste into a terminal that does not announce pastes."""


class KeyQueue:
    """Delivers keys one after another, however many arrive at once over a slow connection.

    Textual delivers a letter to an input at once, while a backspace or an arrow first goes all the
    way up to the app: of keys that arrive together, the letters would be first.
    """

    def __init__(self, app: Console) -> None:
        """Start empty."""
        self._app = app
        self._waiting: deque[KeyEvent] = deque()
        self._current: KeyEvent | None = None
        self._since = 0.0

    async def put(self, key: KeyEvent) -> None:
        """Deliver a key, now or after the keys before it.

        What is pasted where no text can be typed is dropped: its letters are no commands.
        """
        if self._types_text() or (isinstance(key, events.Key) and len(self._waiting) < FLOOD):
            self._waiting.append(key)
        else:
            self._waiting.clear()
        if self._current is None or time.monotonic() - self._since > TIMEOUT:
            await self._deliver_next()

    def _types_text(self) -> bool:
        return isinstance(self._app.focused, Input | TextArea)

    async def _deliver_next(self) -> None:
        self._current = self._waiting.popleft() if self._waiting else None
        if (key := self._current) is not None:
            self._since = time.monotonic()
            target = self._app.focused or self._app.screen
            await self._app.deliver_key(key)
            self._await_handling(key, target if key.is_forwarded else None)

    def _await_handling(self, key: KeyEvent, node: DOMNode | None) -> None:
        """Wait until a node and those above it have handled a key, then until the screen has.

        The consequences of a key wait in the screen's queue, such as the focus of a new dialog.
        """
        if node is None:
            self._app.screen.call_later(self._app.call_later, self._end, key)
        elif not node.call_later(self._bubble, key, node):
            self._await_handling(key, None)

    def _bubble(self, key: KeyEvent, node: DOMNode) -> None:
        """Go on to the parent, unless the key was stopped; a screen stops keys it forwards."""
        stopped = is_stopped(key) and not isinstance(node.parent, App)
        self._await_handling(key, None if stopped else node.parent)

    async def _end(self, key: KeyEvent) -> None:
        if key is self._current:
            await self._deliver_next()
