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
from hiss.tui.workers.protocols import Engine, Presets

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.data.preview import Preview
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Fingerprint, Listener, Result
    from hiss.store.keeper import Keeper

Post = Callable[["Message"], object]


@dataclass(frozen=True, slots=True)
class PrepareStudy:
    """The job of compiling a study's first network; skipped when another job waits."""

    study: Study


Jobs = SimpleQueue["RunStudy | PrepareStudy | None"]
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
        self._running = RunStudy(study, kept_as or KeptAs())
        self._jobs.put(self._running)

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


class RealEngine:
    """hiss's own engine, imported piece by piece where it is first needed."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        from hiss.library.presets import load_presets

        return load_presets()

    def preview(self, experiment: Experiment) -> Preview:
        """Make a preview of an experiment's data."""
        from hiss.data.preview import preview

        return preview(experiment.data)

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        from hiss.training import backend, machine

        with machine.import_without_gc():
            fingerprint = backend.load(device)
            import hiss.studies.runner  # noqa: F401
        return fingerprint

    def prepare(self, study: Study) -> None:
        """Compile a study's first network."""
        from hiss.studies.runner import prepare

        prepare(study)

    def run_study(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None = None,
    ) -> Result:
        """Train a study's arms, reporting events to `listen`, until `stop` is set."""
        from hiss.studies.runner import run_study

        return run_study(study, listen, stop, keeper)
