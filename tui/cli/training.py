"""Training without a screen: progress on stderr, signals, and the exit code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event as Flag
from types import FrameType
from typing import NoReturn

from rich.console import Console

from hiss.experiment.spec import Study
from hiss.results.outcomes import ArmStarted, Event, Listener, Replicate, Result
from hiss.tui.cli.options import TrainingOptions
from hiss.tui.cli.output import print_advice, print_note, write_result, writes_to_terminal
from hiss.tui.cli.progress import ProgressBars
from hiss.tui.terminal.captured_output import stderr_in_log

FINISHED, TRAINING_FAILED = 0, 3
"""Exit codes; a mistake of the user is 2, a signal 128 and its number."""
_REFRESH_SECONDS = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal came before there was a result to keep, or a second signal came."""

    def __init__(self, signum: int) -> None:
        """Store the signal's number."""
        super().__init__()
        self.signum = signum


@dataclass
class SignalHandler:
    """Stops a study at the first signal, once there are results to keep."""

    stop: Flag = field(default_factory=Flag)
    training: bool = False
    """Whether training has begun, so that a stopped study has a result."""
    signum: int = 0
    """The signal received, or 0."""

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        """Set the stop flag; before training, or at a second signal, raise `Interrupted`."""
        self.signum = signum
        if self.stop.is_set() or not self.training:
            raise Interrupted(signum)
        self.stop.set()


def run_and_write(
    study: Study, options: TrainingOptions, format_text: Callable[[Result, bool], str]
) -> int:
    """Train a study, write its result and return the exit code.

    Args:
        study: What to train.
        options: Where the result goes, and whether progress is shown.
        format_text: Makes the text of a result; its second argument is whether the text goes to
            a terminal.

    Raises:
        EngineError: The study cannot be trained, or the result not be written to the file.
    """
    if not options.quiet:
        print_advice(study.arms)
    try:
        result, signum = train(study, options.quiet)
    except Interrupted as interrupted:
        leave(interrupted.signum)
    write_result(
        format_text(result, writes_to_terminal(options.output)), options.output, options.force
    )
    for arm in result.arms:
        if arm.engine_note:
            print_note(f"{arm.experiment.name}: {arm.engine_note}")
    return exit_code(((arm.experiment.name, arm.replicates) for arm in result.arms), signum)


def train(study: Study, quiet: bool) -> tuple[Result, int]:
    """Train a study with progress bars; return its result and the signal that stopped it, or 0.

    Raises:
        Interrupted: A signal came before there was a result to keep, or a second signal came.
        EngineError: The study cannot be trained.
    """
    handler = SignalHandler()
    with (
        stderr_in_log() as stderr,
        _installed(handler),
        ProgressBars(study, Console(file=stderr), quiet) as bars,
    ):
        result = _train_in_thread(study, bars, handler)
    return result, handler.signum


def run_study(study: Study, listen: Listener, stop: Flag) -> Result:
    """Train a study by the engine, which is imported on the calling thread."""
    from hiss.training import backend, machine
    from hiss.training.capacity import check_fits

    check_fits(study)
    with machine.import_without_gc():
        backend.load(study.device)
        from hiss.studies import runner

    return runner.run_study(study, listen, stop)


def exit_code(arms: Iterable[tuple[str, Iterable[Replicate]]], signum: int) -> int:
    """Return the exit code of a study; unless a signal stopped it, print the failed trainings.

    Args:
        arms: Each arm's name and its replicates.
        signum: The signal that stopped the study, or 0.
    """
    if signum:
        return 128 + signum
    code = FINISHED
    for name, replicates in arms:
        for each in replicates:
            if each.status == "failed":
                print_note(f"{name}, repeat {each.replicate}: {each.reason}")
                code = TRAINING_FAILED
    return code


def leave(signum: int) -> NoReturn:
    """End the process at once: a thread inside TensorFlow cannot be waited for."""
    print_note("interrupted")
    os._exit(128 + signum)


def _train_in_thread(study: Study, bars: ProgressBars, handler: SignalHandler) -> Result:
    """Train on another thread, while this one draws the progress and receives signals."""
    events: SimpleQueue[Event] = SimpleQueue()

    def listen(event: Event) -> None:
        handler.training |= isinstance(event, ArmStarted)
        events.put(event)

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run_study, study, listen, handler.stop)
    pool.shutdown(wait=False)
    try:
        while not future.done():
            wait([future], _REFRESH_SECONDS)
            while not events.empty():
                bars.handle(events.get())
            bars.refresh()
        return future.result()
    except BaseException:
        handler.stop.set()  # the thread may still train, and the interpreter waits for it
        raise


@contextmanager
def _installed(handler: SignalHandler) -> Iterator[None]:
    """Install a handler for the signals that are not ignored, and restore the former ones."""
    handled = [each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in handled}
    try:
        yield
    finally:
        for each, former in before.items():
            signal.signal(each, former)
