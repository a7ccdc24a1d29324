"""A thread beside the one that trains: it reads files and writes scripts meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from hiss.tui.workers import messages

if TYPE_CHECKING:
    from textual.message import Message

Job = Callable[[], "Message"]
Post = Callable[["Message"], object]


class BackgroundJobs:
    """Does what is asked of it one after another; of each kind, only what was asked for last."""

    def __init__(self) -> None:
        """Prepare; the thread starts with the first thing to do."""
        self._queue: SimpleQueue[tuple[str, int, Job, Post]] = SimpleQueue()
        self._latest: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    def ask(self, kind: str, job: Job, post: Post) -> None:
        """Have a job done whose outcome is posted, unless another of its kind is asked for."""
        number = self._latest[kind] = self._latest.get(kind, 0) + 1
        self._queue.put((kind, number, job, post))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="reader")
            self._thread.start()

    def forget(self, kind: str) -> None:
        """Let what was asked for last be of no interest any more."""
        self._latest[kind] = self._latest.get(kind, 0) + 1

    def _work(self) -> None:
        while True:
            kind, number, job, post = self._queue.get()
            if self._latest[kind] == number:
                outcome = _outcome(job)
                if self._latest[kind] == number:
                    with suppress(RuntimeError):  # the event loop has ended with the console
                        post(outcome)


def _outcome(job: Job) -> Message:
    from hiss.errors import EngineError

    try:
        return job()
    except EngineError as error:
        return messages.Refused(error)
    except Exception as error:
        return messages.Crashed(error)
