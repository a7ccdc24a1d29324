"""Training without a screen, and how it is broken off."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from types import FrameType

from rich.console import Console

from hiss.experiment.spec import Study
from hiss.results.outcomes import ArmStarted, Event, Listener, Result
from hiss.tui.cli.progress import Bars
from hiss.tui.terminal.captured_output import stderr_in_log

_LOOK_EVERY = 0.1
"""Seconds between two looks at the curves."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal came before there was anything to keep, or a second one came."""

    def __init__(self, signum: int) -> None:
        """Remember which signal."""
        super().__init__()
        self.signum = signum


@dataclass
class Interruption:
    """A signal that asks a study to stop and keep what it has."""

    stop: Flag = field(default_factory=Flag)
    training: bool = False
    """Whether there is anything to keep: before that, the first signal ends at once."""
    signum: int = 0

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        """Raise the stop flag; with nothing to keep, or asked a second time, leave at once."""
        self.signum = signum
        if self.stop.is_set() or not self.training:
            raise Interrupted(signum)
        self.stop.set()


@dataclass(frozen=True, slots=True)
class _Ended:
    """The thread's last word: what `run_study` returned, or raised."""

    result: Result | None = None
    error: BaseException | None = None


def train(study: Study, quiet: bool) -> tuple[Result, int]:
    """Train a study with bars on stderr; its result and the signal that cut it short, or 0.

    Raises:
        Interrupted: A signal came before there was anything to keep, or a second one came.
    """
    interruption = Interruption()
    with (
        stderr_in_log() as stderr,
        _heeding(interruption),
        Bars(study, Console(file=stderr), quiet) as bars,
    ):
        result = _conduct(study, bars, interruption)
    return result, interruption.signum


def run_study(study: Study, listen: Listener, stop: Flag) -> Result:
    """Carry out a study with the engine, which is imported on the thread that calls this."""
    from hiss.training import backend, machine

    with machine.import_without_gc():
        backend.load(study.device)
        from hiss.studies.runner import run_study as train_on_this_thread

    return train_on_this_thread(study, listen, stop)


def _conduct(study: Study, bars: Bars, interruption: Interruption) -> Result:
    """Train on a thread of its own; this one shows how far it has come."""
    news: SimpleQueue[Event | _Ended] = SimpleQueue()
    Thread(target=_work, args=(study, news, interruption), daemon=True).start()
    while True:
        try:
            event = news.get(timeout=_LOOK_EVERY)
        except Empty:
            bars.look()
            continue
        if isinstance(event, _Ended):
            return _outcome(event)
        bars.hear(event)


def _work(study: Study, news: SimpleQueue[Event | _Ended], interruption: Interruption) -> None:
    def listen(event: Event) -> None:
        interruption.training |= isinstance(event, ArmStarted)
        news.put(event)

    try:
        news.put(_Ended(result=run_study(study, listen, interruption.stop)))
    except BaseException as error:
        news.put(_Ended(error=error))


def _outcome(ended: _Ended) -> Result:
    if ended.error is not None:
        raise ended.error
    assert ended.result is not None
    return ended.result


@contextmanager
def _heeding(interruption: Interruption) -> Iterator[None]:
    """Hand the signals that are not ignored to `interruption`."""
    heeded = [one for one in _SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, interruption) for one in heeded}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
