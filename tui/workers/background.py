"""Background jobs: reading files, writing scripts and statistics, beside the training."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from hiss.tui.workers import messages

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message
    from textual.worker import WorkType

Job = Callable[[], "Message"]
Post = Callable[["Message"], object]


class BackgroundJobs:
    """Runs jobs in Textual's workers, of which the latest of each kind counts.

    A worker waits for its job on a thread pool that has one thread. Textual's thread workers would
    run in asyncio's default pool instead: `asyncio.run` waits for that pool, so that a slow job
    holds up quitting; and jobs that have been superseded would compete with the training for the
    processor, where here those that have not begun never do.
    """

    def __init__(self, app: App[Any]) -> None:
        """Take the app that the workers belong to."""
        self._app = app
        self._pool = _one_thread()
        self._unfinished: set[Future[Message]] = set()
        self._closed = False

    def run(self, kind: str, job: Job, post: Post) -> None:
        """Run a job and post the message that it returns; earlier jobs of the kind are dropped.

        Instead of a result, post `Refused` if the job raises an `EngineError`, and `Crashed` if it
        raises anything else.
        """
        work = cast("WorkType[None]", partial(self._result, job, post))
        self._app.run_worker(work, group=kind, exclusive=True, exit_on_error=False)

    def cancel(self, kind: str) -> None:
        """Drop the job of a kind: nothing is posted.

        A thread cannot be ended: if the job is under way, later ones get a thread of their own.
        """
        if self._app.workers.cancel_group(self._app, kind) and self._unfinished:
            self._pool.shutdown(wait=False)
            self._pool = _one_thread()

    def close(self) -> bool:
        """Drop all jobs and return whether the thread is idle; the process can end only then."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not self._unfinished

    async def _result(self, job: Job, post: Post) -> None:
        if self._closed:
            return
        future = self._pool.submit(_outcome, job)
        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)
        post(await asyncio.wrap_future(future))


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="background")


def _outcome(job: Job) -> Message:
    from hiss.errors import EngineError

    try:
        return job()
    except EngineError as error:
        return messages.Refused(error)
    except Exception as error:
        return messages.Crashed(error)
