"""Training on a cluster without a screen: one bar, signals, and what is said about machines."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from hiss.errors import EngineError
from hiss.store.progress import Progress as Trained
from hiss.tui.cli.interruption import Interrupted, SignalHandler, TrainedStudy, installed
from hiss.tui.cli.output import print_note
from hiss.tui.terminal.captured_output import stderr_in_log
from hiss.tui.terminal.printable import printable

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Result
    from hiss.store.session import Session
    from hiss.tui.cli.options import Delivery

PATIENCE = 15.0
"""Seconds that a cluster has to be left after a signal."""
_REFRESH_SECONDS = 0.2


def train_on(on: str, study: Study, delivery: Delivery, session: Session) -> TrainedStudy:
    """Train a study on a cluster, to its end or until a signal.

    Args:
        on: The cluster, as `--on` names it.
        study: What to train.
        delivery: Whether progress is shown.
        session: Where the study is kept.

    Raises:
        Interrupted: A signal came before there was a result to keep.
        EngineError: The study cannot be trained, or is not kept.
    """
    handler, seen = SignalHandler(session.stop), _Seen()
    session.follow(lambda: seen.progress)
    with (
        stderr_in_log() as stderr,
        redirect_stdout(sys.stderr),  # Ray tells there what happens to its machines
        installed(handler),
        _bars(stderr, delivery.quiet) as bars,
    ):
        bar = bars.add_task(f"{session.id} joins {on}", total=1.0)
        pool = ThreadPoolExecutor(1)
        future = pool.submit(_train, on, study, session, seen)
        pool.shutdown(wait=False)
        while not _waited([future, seen.joined], handler):
            pass
        with installed(handler):  # once more: Ray's own would end the process after 3 s
            while not _waited([future], handler):
                if text := seen.progress.blocks:
                    bars.update(bar, description=printable(text), completed=seen.progress.share)
        try:
            result, mixture = future.result()
        except EngineError:
            if handler.signum:  # nothing of it had been trained yet
                raise Interrupted(handler.signum) from None
            raise
    if mixture:
        print_note(f"{mixture}; within a kind, numbers repeat bit for bit")
    return TrainedStudy(result, handler.signum, False)


def _waited(futures: Sequence[Future[Any]], handler: SignalHandler) -> bool:
    """Wait a moment, and return whether one of some futures is done.

    Raises:
        Interrupted: The user, or whoever has sent a signal, waits no longer.
    """
    done = wait(futures, _REFRESH_SECONDS, FIRST_COMPLETED).done
    if handler.stop.is_set() and not handler.signum:
        handler(signal.SIGINT, None)  # another process asks for it as ctrl+c does
    late = handler.signum and time.monotonic() > handler.since + PATIENCE
    if not done and (handler.again or late):
        raise Interrupted(handler.signum)
    return bool(done)


class _Seen:
    """How far the study was when the driver last looked: one thread writes, others read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.progress = Trained(0, 0)
        self.joined: Future[None] = Future()
        """Done once the cluster has been joined."""

    def report(self, progress: Trained) -> None:
        """Take how far it is."""
        self.progress = progress


def _train(on: str, study: Study, session: Session, seen: _Seen) -> tuple[Result, str]:
    """Train a study on the calling thread, which the cluster's client belongs to."""
    from hiss.cluster.driver import run_on
    from hiss.cluster.places import place_named

    record, keeper = session.record, session.keeper
    if record is None or keeper is None or session.problem:
        raise EngineError(f"--on {on}: not kept: {session.problem}.", "Name a --store DIR.")
    with place_named(on).pool(record.folder) as pool:
        seen.joined.set_result(None)
        return run_on(pool, study, record, keeper, session.stop, seen.report)


def _bars(stderr: TextIO, quiet: bool) -> Progress:
    console = Console(file=stderr)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal or console.is_dumb_terminal,
    )
