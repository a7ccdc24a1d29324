"""Where the console hands its orders to the thread that works."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tui.worker import Engine, Jobs, Post, PrepareStudy, RunStudy, work

if TYPE_CHECKING:
    from textual.message import Message

    from engine.spec import Study


class Desk:
    """Holds the one thread that works, what it is to do, and the flag that stops it."""

    def __init__(self, engine: Engine, device: str | None = None) -> None:
        """Prepare the thread; it starts when `open` is called."""
        self.engine, self.device = engine, device
        self._jobs: Jobs = SimpleQueue()
        self._job: RunStudy | None = None
        self._thread: threading.Thread | None = None

    def open(self, post: Post) -> None:
        """Start the thread, which will hand everything it has to say to `post`."""

        def deliver(message: Message) -> None:
            with suppress(RuntimeError):  # the event loop has ended with the console
                post(message)

        arguments = (self.engine, self.device, self._jobs, deliver)
        self._thread = threading.Thread(target=work, args=arguments, daemon=True, name="engine")
        self._thread.start()

    def prepare(self, study: Study) -> None:
        """Ask that a study's start be made ready when there is nothing else to do."""
        self._jobs.put(PrepareStudy(study))

    def run(self, study: Study) -> None:
        """Order a study."""
        self._job = RunStudy(study)
        self._jobs.put(self._job)

    def stop(self) -> None:
        """Tell the present study to stop."""
        if self._job is not None:
            self._job.stop.set()

    def close(self, patience: float) -> bool:
        """Stop everything, wait so many seconds for the thread, and say whether it has ended."""
        self.stop()
        self._jobs.put(None)
        if self._thread is None:
            return True
        self._thread.join(patience)
        return not self._thread.is_alive()
