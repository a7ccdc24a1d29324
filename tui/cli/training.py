"""Training without a screen: progress on stderr, signals, and the exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event as Flag
from typing import NoReturn

from rich.console import Console

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.results.outcomes import Event, Listener, Replicate, Result
from hiss.store.album import Album
from hiss.store.keeper import Keeper
from hiss.store.records import ON, Ended
from hiss.store.session import Session
from hiss.tui.cli.announce import announce
from hiss.tui.cli.interruption import Interrupted, SignalHandler, TrainedStudy, installed
from hiss.tui.cli.options import Delivery
from hiss.tui.cli.output import (
    print_advice,
    print_error,
    print_note,
    write_result,
    writes_to_terminal,
)
from hiss.tui.cli.partial_result import PartialResult
from hiss.tui.cli.progress import ProgressBars
from hiss.tui.cli.time_check import TimeCheck, can_ask
from hiss.tui.terminal.captured_output import stderr_in_log
from hiss.tui.terminal.watchdog import end_process

FINISHED, TRAINING_FAILED = 0, 3
"""Exit codes; a mistake of the user is 2, a signal 128 and its number."""
STOPPING = "stopping: keeping what has finished (once more to stop without waiting)"
_REFRESH_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Report:
    """What is printed and kept of a result."""

    headline: str
    """The result in a line, for the history."""
    format_text: Callable[[bool], str]
    """Makes the text; its argument is whether the text goes to a terminal."""


def run_and_write(
    session: Session, delivery: Delivery, make_report: Callable[[Result], Report]
) -> int:
    """Train a session's study, write its result and return the exit code.

    Args:
        session: What to train, and where it is kept.
        delivery: Where the result goes, and whether progress is shown.
        make_report: Makes the report of a result.

    Raises:
        EngineError: The study cannot be trained, or the result not be written to the file.
    """
    study = session.order.study
    if not delivery.quiet:
        print_advice(study.arms)
    try:
        trained = train(study, delivery, session)
    except Interrupted as interrupted:
        leave(interrupted.signum, session, delivery)
    arms = [(arm.experiment.name, arm.replicates) for arm in trained.result.arms]
    ended = ended_by(trained.signum, session.stop.is_set())
    try:
        report = make_report(trained.result)
        session.end(ended, report.headline)
        _write(trained.result, report, delivery)
    except EngineError as error:
        session.end(ended)  # where there is no report of it
        if not trained.abandoned:
            raise
        print_error(error)
    code = exit_code(arms, trained.signum)
    if trained.abandoned:
        end_session(session, code, delivery)
    return code


def ended_by(signum: int, stopped: bool) -> Ended:
    """Return how a study has ended, by the signal that stopped it.

    The user stops a study; what a batch system or a dropped line ends is interrupted.
    """
    if signum in (signal.SIGTERM, signal.SIGHUP):
        return "interrupted"
    return "stopped" if signum or stopped else "finished"


def _write(result: Result, report: Report, delivery: Delivery) -> None:
    text = report.format_text(writes_to_terminal(delivery.output))
    write_result(text, delivery.output, delivery.force)
    for arm in result.arms:
        if arm.engine_note:
            print_note(f"{arm.experiment.name}: {arm.engine_note}")


def train(study: Study, delivery: Delivery, session: Session) -> TrainedStudy:
    """Train a study with progress bars, to its end, until a signal, or until the user says no.

    Raises:
        Interrupted: A signal came before there was a result to keep.
        EngineError: The study cannot be trained.
    """
    if (on := session.order.options.get(ON)) and session.album is None:
        from hiss.tui.cli.cluster import train_on

        return train_on(on, study, delivery, session)
    handler, asks = SignalHandler(session.stop), can_ask()
    with (
        stderr_in_log() as stderr,
        installed(handler),
        ProgressBars(study, Console(file=stderr), delivery.quiet) as bars,
    ):
        check = TimeCheck(study, bars, yes=delivery.yes, asks=asks)
        return _train_in_thread(study, bars, handler, check, session)


def run_study(
    study: Study, listen: Listener, stop: Flag, keeper: Keeper | None, album: Album | None
) -> Result:
    """Train a study by the engine, which is imported on the calling thread."""
    from hiss.training import backend, machine
    from hiss.training.capacity import check_fits

    check_fits(study)
    with machine.import_without_gc():
        backend.load(study.device)
        from hiss.studies import runner

    return runner.run_study(study, listen, stop, keeper, album)


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


def leave(signum: int, session: Session, delivery: Delivery) -> NoReturn:
    """End the process at once after a signal, although a thread may still train."""
    print_note("interrupted")
    session.end(ended_by(signum, True))
    end_session(session, 128 + signum, delivery)


def end_session(session: Session, code: int, delivery: Delivery) -> NoReturn:
    """Write what is left of a session and end the process, although a thread may still train."""
    session.close()
    print_how_to_go_on(session)
    announce(session, delivery)
    end_process(code)


def print_how_to_go_on(session: Session) -> None:
    """Say how an unfinished study goes on, and what could not be kept."""
    if session.record is None:
        return  # which was said at the beginning
    if session.problem:
        print_note(f"not kept: {session.problem}")
    elif session.outcome and session.outcome.state in ("stopped", "interrupted"):
        print_note(f"`hiss resume {session.id}` goes on")


def _train_in_thread(
    study: Study,
    bars: ProgressBars,
    handler: SignalHandler,
    check: TimeCheck,
    session: Session,
) -> TrainedStudy:
    """Train on another thread, while this one draws the progress and receives signals."""
    events: SimpleQueue[Event] = SimpleQueue()
    partial = PartialResult(study)
    pool = ThreadPoolExecutor(1)
    listen = session.listening(study, events.put)
    album = session.album_for(study)
    future = pool.submit(run_study, study, listen, handler.stop, session.keeper, album)
    pool.shutdown(wait=False)
    try:
        while True:
            done, _ = wait([future], _REFRESH_SECONDS)
            while not events.empty():
                bars.handle(event := events.get())
                partial.handle(event)
                check.handle(event)
            if check.refused() or (session.stop.is_set() and not handler.signum):
                handler(signal.SIGINT, None)  # another process asks for it as ctrl+c does
            bars.refresh()
            if done or _abandons(handler, partial, bars):
                break
        result = future.result() if done else partial.result()
    except BaseException:
        handler.stop.set()  # the thread may still train, and the interpreter waits for it
        raise
    if result is None or (handler.signum and not result.arms):
        raise Interrupted(handler.signum)
    return TrainedStudy(result, handler.signum, not done)


def _abandons(handler: SignalHandler, partial: PartialResult, bars: ProgressBars) -> bool:
    """Acknowledge the first signal; return whether to leave the training thread behind."""
    if not handler.signum:
        return False
    if partial.begun and not handler.acknowledged:
        handler.acknowledged = True
        bars.announce(STOPPING)
    return handler.expired or not partial.begun
