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
from typing import TYPE_CHECKING, Protocol

from tui import messages

if TYPE_CHECKING:
    from textual.message import Message

    from engine.errors import PresetError
    from engine.events import Event, Listener
    from engine.preview import Preview
    from engine.results import Fingerprint, Result
    from engine.spec import Experiment, Study

Post = Callable[["Message"], object]


class Presets(Protocol):
    """The experiments that can be chosen from, and the preset files that cannot be read."""

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """Every experiment, group by group."""
        ...

    @property
    def problems(self) -> tuple[PresetError, ...]:
        """What is wrong with the files that hold none."""
        ...

    @property
    def own(self) -> frozenset[str]:
        """Names of the experiments that are the user's."""
        ...


class Engine(Protocol):
    """What the console needs of an engine; every call comes from the one thread that works."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        ...

    def preview(self, experiment: Experiment) -> Preview:
        """Make an experiment's data to look at."""
        ...

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        ...

    def prepare(self, study: Study) -> None:
        """Do beforehand what the start of a study would wait for."""
        ...

    def run_study(self, study: Study, listen: Listener, stop: threading.Event) -> Result:
        """Train a study's arms, reporting as it goes."""
        ...


class RealEngine:
    """hiss's own engine, imported piece by piece where it is first needed."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        from engine.presets import load_presets

        return load_presets()

    def preview(self, experiment: Experiment) -> Preview:
        """Make an experiment's data to look at."""
        from engine.preview import preview

        return preview(experiment)

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        from engine.backend import load

        return load(device)

    def prepare(self, study: Study) -> None:
        """Compile a study's first network."""
        from engine.runner import prepare

        prepare(study)

    def run_study(self, study: Study, listen: Listener, stop: threading.Event) -> Result:
        """Train a study's arms, reporting as it goes."""
        from engine.runner import run_study

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
    importlib.import_module("tui.charts")  # here it holds up no key; the first picture needs it
    for experiment in presets.experiments:
        _told(post, partial(_preview, engine, experiment, post))


def _load(engine: Engine, device: str | None, post: Post) -> None:
    _told(post, lambda: post(messages.BackendReady(engine.load(device))))
    gc.enable()


def _prepare(engine: Engine, study: Study) -> None:
    """Make ready what was not asked for: a mistake is told when it is."""
    from engine.errors import EngineError

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
    from engine.errors import EngineError

    try:
        act()
    except EngineError as error:
        post(messages.Refused(error))
