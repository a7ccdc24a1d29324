"""Training studies that are kept, on the engine thread.

The store is imported here, where it is first needed: the first picture does not wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hiss.tui.state.kept import KeptAs
from hiss.tui.workers import messages
from hiss.tui.workers.protocols import Engine

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Event, Listener, Result
    from hiss.store.album import ArmWatch
    from hiss.store.records import Order
    from hiss.store.session import Session
    from hiss.studies.sweep import Sweep

Post = Callable[["Message"], object]
LAST_WORD = 1.0
"""Seconds that writing may take while a thread that does not end is left behind."""
NO_GRID = "the grid of this sweep is not kept"


@dataclass(slots=True)
class RunStudy:
    """The job of training a study until its end or until `stop` is set."""

    study: Study
    kept_as: KeptAs = field(default_factory=KeptAs)
    stop: threading.Event = field(default_factory=threading.Event)
    wanted: bool = True
    """Whether the user wants the stop; else the study is interrupted."""
    background: bool = False
    """Whether it goes on in the background once it has stopped here."""
    leaving: bool = False
    """Whether the console closes."""
    trained: bool = False
    """Whether nothing is trained any more, and only its end is still to be written."""
    session: Session | None = None
    """The folder in which it is kept, once it is being trained."""
    watch: ArmWatch | None = None
    """Called with an arm's number and its snapshots now, if it makes any."""


def train_kept(engine: Engine, job: RunStudy, store: Path | None, post: Post) -> None:
    """Train a study and keep it.

    Raises:
        EngineError: It cannot be trained, or another process trains it.
    """
    from hiss.results.outcomes import Keeping

    said = ""

    def listen(event: Event) -> None:
        nonlocal said
        said = event.problem if isinstance(event, Keeping) else said
        post(messages.EngineReported(event))

    session = _session(job, store)
    session.stop, job.session = job.stop, session
    if session.album is not None:
        session.album.watch = job.watch
    with session:
        if job.kept_as.further:
            _ask_for_stage(session, job.kept_as)
        said = session.problem
        post(messages.KeepingBegan(session.id, said))
        try:
            if job.kept_as.whole and session.order.kind == "sweep":
                result = _train_stages(engine, session, listen, post)
            else:
                listener = session.listening(job.study, listen)
                result = engine.run_study(
                    job.study, listener, job.stop, session.keeper, session.album_for(job.study)
                )
        finally:
            job.trained = True
        if not job.stop.is_set() or job.wanted:
            # nobody waits for statistics while the console closes
            line = "" if job.leaving else headline(session, result)
            session.end("stopped" if job.stop.is_set() else "finished", line)
    if session.problem != said:
        listen(Keeping(session.problem))
    if job.background and not job.leaving:
        go_on_in_background(session)


def go_on_in_background(session: Session) -> None:
    """Train a study, which has been stopped here, in a process of its own.

    Raises:
        EngineError: It is not kept, or the process cannot be started.
    """
    from hiss.errors import EngineError
    from hiss.tui.workers.detached import start_in_background

    if session.record is None or session.problem:
        raise EngineError(f"It cannot go on in the background: {session.problem}.")
    try:
        start_in_background(session.record)
    except OSError as error:
        raise EngineError(f"No process can be started: {error}.") from error


def hand_over(jobs: Sequence[RunStudy], store: Path | None) -> Iterator[str]:
    """Have studies go on, or wait, in the background, and yield their IDs.

    Args:
        jobs: The study that trained here, if any, and those that have not begun.
        store: The folder of kept studies; None leaves the choice.

    Raises:
        EngineError: One is not kept, or a process cannot be started.
    """
    for job in jobs:
        session = job.session or _session(job, store)
        if job.kept_as.further and job.session is None:
            _ask_for_stage(session, job.kept_as)
        go_on_in_background(session)
        yield session.id


def headline(session: Session, result: Result | None) -> str:
    """Return the result of a study in a line: of a sweep, with the stages before; empty without."""
    from hiss.errors import EngineError
    from hiss.reports.headline import comparison_headline, run_headline, sweep_headline
    from hiss.studies.orders import comparisons_of, overall_of
    from hiss.studies.reopen import sweep_of

    try:
        if session.order.kind == "sweep":
            return sweep_headline(sweep_of(session.record)) if session.record else ""
        if result is None or session.order.kind == "run":
            return run_headline(result) if result else ""
        comparisons = comparisons_of(session.order, result)
        return comparison_headline(comparisons, overall_of(session.order, comparisons))
    except EngineError:
        return ""


def close_session(job: RunStudy, thread: threading.Thread) -> None:
    """Write what is left of a study whose thread does not end, and how it ended if it is wanted."""
    session = job.session
    if session is None:
        return
    if job.trained:  # the thread is writing it
        thread.join(LAST_WORD)
        return
    if job.wanted:
        session.end("stopped")

    def write() -> None:
        with suppress(RuntimeError):  # the thread has closed it at this very moment
            session.close()

    writer = threading.Thread(target=write, daemon=True, name="last word")
    writer.start()
    writer.join(LAST_WORD)


def find_interruption(store: Path | None, post: Post) -> None:
    """Post the latest kept study if it was interrupted; say nothing if the store cannot be read."""
    from hiss.errors import EngineError
    from hiss.store.history import listing
    from hiss.store.place import store_folder

    with suppress(EngineError):
        entries, _ = listing(store_folder(store))
        if entries and entries[0].state == "interrupted":
            post(messages.InterruptionFound(entries[0]))


def order_of(study: Study, kept_as: KeptAs) -> Order:
    """Return what is asked for when a study is started."""
    from hiss.studies import orders

    if kept_as.kind == "sweep" and kept_as.search is not None:
        stages = orders.SweepOptions(False, False, kept_as.metric or None)
        order = orders.sweep_order(kept_as.search, stages)
    elif kept_as.kind == "compare":
        how = orders.ComparisonOptions(kept_as.baseline or None, kept_as.metric or None)
        order = orders.compare_order(study, how)
    else:
        order = orders.run_order(study)
    return orders.recorded_order(order) if kept_as.snapshots else order


def _session(job: RunStudy, store: Path | None) -> Session:
    """Return the session of a study; where it cannot be kept, one that says why.

    Raises:
        EngineError: A study is to go on that cannot be read.
    """
    from hiss.errors import EngineError, first_line
    from hiss.store.place import store_folder, studies_in
    from hiss.store.records import read
    from hiss.store.session import Session

    how = job.kept_as
    begin = partial(Session, order_of(job.study, how), None, job.stop)
    if how.further and not how.id:
        return begin(NO_GRID)
    try:
        if how.id:
            return Session.resume(read(studies_in(store_folder(store)) / how.id))
        return Session.begin(order_of(job.study, how), store)
    except EngineError as error:
        if how.whole:
            raise
        return begin(first_line(error).rstrip("."))


def _ask_for_stage(session: Session, how: KeptAs) -> None:
    """Write down that a sweep has a further stage, so that resuming it trains that too."""
    from hiss.errors import EngineError
    from hiss.store.records import with_options

    if session.record is None:
        return
    stage = "refine" if how.refine else "confirm"
    with suppress(OSError, EngineError):
        session.record = with_options(session.record, **{stage: True})


def _train_stages(engine: Engine, session: Session, listen: Listener, post: Post) -> Result | None:
    """Train the stages of a sweep that its order asks for, and return the result of the last."""
    from hiss.studies.orders import search_of, sweeping_of
    from hiss.studies.sweep import stages
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.reopening import stage_name

    search, how = search_of(session.order), sweeping_of(session.order)
    found: list[Sweep] = []
    last: Result | None = None

    def run(study: Study) -> Result:
        nonlocal last
        if found:
            stage = stage_name(len(found), study, search)
            post(messages.StageBegun(stage, study, Findings.of(found[-1])))
        listener = session.listening(study, listen)
        album = session.album_for(study)
        last = engine.run_study(study, listener, session.stop, session.keeper, album)
        return last

    for sweep in stages(search, run, finer=how.refine, fresh=how.confirm, metric=how.metric):
        found.append(sweep)
        if session.stop.is_set():
            break
    return last
