"""The one thread that works: it reads presets, loads TensorFlow and trains, and posts messages."""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from hiss.tui.workers import messages
from hiss.tui.workers.protocols import Engine, Presets

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.data.preview import Preview
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Event, Fingerprint, Listener, Result

Post = Callable[["Message"], object]


class RealEngine:
    """hiss's own engine, imported piece by piece where it is first needed."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        from hiss.library.presets import load_presets

        return load_presets()

    def preview(self, experiment: Experiment) -> Preview:
        """Make an experiment's data to look at."""
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

    def run_study(self, study: Study, listen: Listener, stop: threading.Event) -> Result:
        """Train a study's arms, reporting as it goes."""
        from hiss.studies.runner import run_study

        return run_study(study, listen, stop)


@dataclass(frozen=True, slots=True)
class RunStudy:
    """The order to carry out a study until its end or until `stop` is set."""

    study: Study
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class PrepareStudy:
    """The wish that a study's start be made ready; it gives way to whatever is asked after it."""

    study: Study


Jobs = SimpleQueue["RunStudy | PrepareStudy | None"]
"""Orders in the order in which they are carried out; None ends the thread."""


def work(engine: Engine, device: str | None, jobs: Jobs, post: Post) -> None:
    """Get ready, then carry out one order after another; every exception leaves as a message."""
    try:
        _read(engine, post)
        _load(engine, device, post)
        while job := jobs.get():
            match job:
                case RunStudy():
                    _run(engine, job, post)
                case PrepareStudy() if jobs.empty():
                    _prepare(engine, job.study)
    except Exception as error:
        post(messages.Crashed(error))


def _read(engine: Engine, post: Post) -> None:
    presets = engine.load_presets()
    post(messages.LibraryRead(presets))
    importlib.import_module(
        "hiss.tui.charts.plotext_backend"
    )  # here it holds up no key; the first picture needs it
    for experiment in presets.experiments:
        _told(post, partial(_preview, engine, experiment, post))


def _load(engine: Engine, device: str | None, post: Post) -> None:
    _told(post, lambda: post(messages.BackendReady(engine.load(device))))
    gc.enable()


def _prepare(engine: Engine, study: Study) -> None:
    """Make ready what was not asked for: a mistake is told when it is."""
    from hiss.errors import EngineError

    with suppress(EngineError):
        engine.prepare(study)


def _preview(engine: Engine, experiment: Experiment, post: Post) -> None:
    post(messages.PreviewMade(experiment.name, engine.preview(experiment)))


def _run(engine: Engine, job: RunStudy, post: Post) -> None:
    def listen(event: Event) -> None:
        post(messages.EngineReported(event))

    if not job.stop.is_set():
        _told(post, lambda: engine.run_study(job.study, listen, job.stop))
    post(messages.StudyOver())


def _told(post: Post, act: Callable[[], object]) -> None:
    """Do something, and tell the user of a mistake that he can mend."""
    from hiss.errors import EngineError

    try:
        act()
    except EngineError as error:
        post(messages.Refused(error))


class EngineThread:
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
