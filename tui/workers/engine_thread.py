"""The engine thread: it reads presets, imports TensorFlow and trains, and posts messages.

TensorFlow is imported, seeded, built and fitted on one thread, in the order of the jobs.
"""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from hiss.tui.state.kept import KeptAs
from hiss.tui.workers import messages
from hiss.tui.workers.kept_training import (
    RunStudy,
    close_session,
    find_interruption,
    train_kept,
)
from hiss.tui.workers.model_jobs import ModelJob
from hiss.tui.workers.protocols import Engine
from hiss.tui.workers.watching import watcher

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Event
    from hiss.store.album import ArmWatch
    from hiss.store.records import Record
    from hiss.tui.state.explaining import Asked
    from hiss.tui.workers.protocols import Found

Post = Callable[["Message"], object]


@dataclass(frozen=True, slots=True)
class PrepareStudy:
    """The job of compiling a study's first network; skipped when another job waits."""

    study: Study


@dataclass(frozen=True, slots=True)
class ExplainStudy:
    """The job of looking at a study's networks; it gives way to a study that is to be trained."""

    asked: Asked
    post: Post
    """Takes the messages: the screen that asked."""
    stop: threading.Event


Jobs = SimpleQueue["RunStudy | PrepareStudy | ExplainStudy | ModelJob | None"]
"""Jobs in order; None ends the thread."""


class EngineThread:
    """Holds the thread, its queue of jobs, and the flag that stops the running study."""

    def __init__(
        self, engine: Engine, device: str | None = None, store: Path | None = None
    ) -> None:
        """Take the engine, the device and the folder of kept studies; None leaves the choice."""
        self.engine, self.device, self.store = engine, device, store
        self._jobs: Jobs = SimpleQueue()
        self._running: RunStudy | None = None
        self._explaining = threading.Event()
        self.handed_over: tuple[RunStudy, ...] = ()
        """Studies that go on in the background once the console has closed."""
        self._thread: threading.Thread | None = None

    def start(self, post: Post) -> None:
        """Start the thread, which posts its messages with `post`."""

        def post_if_open(message: Message) -> None:
            with suppress(RuntimeError):  # the event loop has ended with the console
                post(message)

        arguments = (self.engine, self.device, self._jobs, post_if_open, self.store)
        self._thread = threading.Thread(
            target=work_through, args=arguments, daemon=True, name="engine"
        )
        self._thread.start()

    def prepare(self, study: Study) -> None:
        """Compile a study's first network when there is nothing else to do."""
        self._jobs.put(PrepareStudy(study))

    def run(self, study: Study, kept_as: KeptAs | None = None) -> None:
        """Train a study after the jobs before it, and keep it as a run unless told otherwise."""
        self.stop_explaining()
        self._running = RunStudy(study, kept_as or KeptAs())
        self._jobs.put(self._running)

    def explain(self, asked: Asked, post: Post) -> bool:
        """Look at a study's networks when there is nothing else to do, and post what is found.

        Returns:
            Whether it is the study that trains, and takes snapshots: until its end the networks are
            posted as they are.
        """
        self.stop_explaining()
        self._explaining = threading.Event()
        self._jobs.put(ExplainStudy(asked, post, self._explaining))
        running = self._running
        if running is None or running.trained or running.study != asked.study:
            return False
        if not running.kept_as.snapshots:
            return False
        self._watch(running, watcher(asked.study, post))
        return True

    def run_model_job(self, job: ModelJob) -> None:
        """Run the user's code after the jobs before it."""
        self._jobs.put(job)

    def stop_explaining(self) -> None:
        """Look no longer at the networks of the study that was asked for last."""
        self._explaining.set()
        if self._running is not None:
            self._watch(self._running, None)

    @staticmethod
    def _watch(job: RunStudy, watch: ArmWatch | None) -> None:
        job.watch = watch
        if job.session is not None and job.session.album is not None:
            job.session.album.watch = watch

    def stop(self) -> None:
        """Stop the study that was started last."""
        if self._running is not None:
            self._running.stop.set()

    def detach(self) -> None:
        """Stop the study that was started last here, and have it go on in the background."""
        if self._running is not None:
            self._running.background, self._running.wanted = True, False
            self._running.stop.set()

    def leave(self, *, wanted: bool) -> None:
        """Stop the study that was started last, for the console closes.

        Args:
            wanted: Whether the user wants it to end; if not, it is interrupted and may go on.
        """
        if self._running is not None:
            self._running.leaving = True
            if not self._running.stop.is_set():
                self._running.wanted = wanted
            self._running.stop.set()

    def keep_training(self, waiting: Sequence[tuple[Study, KeptAs]]) -> None:
        """Have the running study and those that wait go on once the console has closed."""
        running = () if self._running is None else (self._running,)
        others = (RunStudy(study, kept_as) for study, kept_as in waiting)
        self.handed_over = (*running, *others)
        self.leave(wanted=False)

    def close(self, timeout: float) -> bool:
        """Stop everything, wait at most `timeout` seconds, and return whether the thread ended.

        A study that is still running is interrupted; what there is of it is written all the same.
        """
        self.leave(wanted=False)
        self.stop_explaining()
        self._jobs.put(None)
        if self._thread is None:
            return True
        self._thread.join(timeout)
        if self._thread.is_alive() and self._running is not None:
            close_session(self._running, self._thread)
        return not self._thread.is_alive()


def work_through(
    engine: Engine, device: str | None, jobs: Jobs, post: Post, store: Path | None = None
) -> None:
    """Read the presets, look for an interrupted study, import TensorFlow, then do all jobs.

    Every exception leaves as a message: an `EngineError` as `Refused`, any other as `Crashed`,
    after which the thread ends.
    """
    try:
        _read_presets(engine, post)
        find_interruption(store, post)
        _load_backend(engine, device, post)
        while job := jobs.get():
            match job:
                case RunStudy():
                    _run(engine, job, post, store)
                case ExplainStudy():
                    _explain(engine, job, store)
                case ModelJob() if not job.dropped.is_set():
                    _run_model_job(job)
                case PrepareStudy() if jobs.empty():
                    _prepare(engine, job.study)
    except Exception as error:
        post(messages.Crashed(error))


def _read_presets(engine: Engine, post: Post) -> None:
    presets = engine.load_presets()
    post(messages.LibraryRead(presets))
    # The first picture needs plotext; imported here, it does not hold up the keys.
    importlib.import_module("hiss.tui.charts.plotext_backend")
    for experiment in presets.experiments:
        _post_result(post, partial(messages.preview_of, engine.preview, experiment))


def _load_backend(engine: Engine, device: str | None, post: Post) -> None:
    _post_result(post, lambda: messages.BackendReady(engine.load(device)))
    gc.enable()


def _run(engine: Engine, job: RunStudy, post: Post, store: Path | None) -> None:
    from hiss.errors import EngineError

    if not job.stop.is_set():
        try:
            train_kept(engine, job, store, post)
        except EngineError as error:
            post(messages.Refused(error, of_study=True))
    post(messages.StudyOver())


def _explain(engine: Engine, job: ExplainStudy, store: Path | None) -> None:
    from hiss.errors import EngineError

    def listen(event: Event) -> None:
        job.post(messages.ExplainReported(event))

    def show(found: Found) -> None:
        job.post(messages.Explained(found))

    problem = None
    if not job.stop.is_set():
        try:
            record = _record(job.asked.kept, store)
            engine.explain(job.asked, record, listen, job.stop, show)
        except EngineError as error:
            problem = error
    job.post(messages.ExplainOver(problem))


def _run_model_job(job: ModelJob) -> None:
    from hiss.errors import EngineError

    try:
        job.post(job.make())
    except EngineError as error:
        job.post(messages.Refused(error))


def _record(name: str, store: Path | None) -> Record | None:
    """Return the record of a kept study; None without one, or if it has been deleted."""
    from hiss.errors import EngineError
    from hiss.store.place import store_folder, studies_in
    from hiss.store.records import read

    with suppress(EngineError):
        return read(studies_in(store_folder(store)) / name) if name else None
    return None


def _prepare(engine: Engine, study: Study) -> None:
    """Compile a network; a mistake in it is shown when the user starts the study."""
    from hiss.errors import EngineError

    with suppress(EngineError):
        engine.prepare(study)


def _post_result(post: Post, make: Callable[[], Message]) -> None:
    """Post the message that a function returns, or that it was refused."""
    from hiss.errors import EngineError

    try:
        post(make())
    except EngineError as error:
        post(messages.Refused(error))
