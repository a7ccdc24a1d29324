"""A kept study while this process trains it: its owner, its keeper and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from hiss.errors import EngineError, first_line
from hiss.experiment.spec import Study
from hiss.files import why
from hiss.results.outcomes import Event, Listener
from hiss.store import records
from hiss.store.album import Album
from hiss.store.keeper import Keeper
from hiss.store.owner import Ownership
from hiss.store.place import store_folder, studies_in
from hiss.store.progress import Progress, ProgressCounter, write_progress
from hiss.store.queue import Slot, wait_for_slot
from hiss.store.records import STUDY, Ended, Order, Outcome, Record


class Session:
    """Owns a study's folder while it trains; without a home folder, nothing is kept.

    What ends without a word leaves no outcome: the study is then interrupted, and can go on.
    """

    def __init__(
        self, order: Order, record: Record | None, stop: threading.Event, problem: str = ""
    ) -> None:
        """Take what is to be trained, where it is kept, and the flag that stops it.

        Args:
            order: what was asked for.
            record: its folder; None if there is none.
            stop: set from any process that asks for it.
            problem: why there is no folder.
        """
        self.order, self.record, self.stop = order, record, stop
        self.problem = problem
        self.keeper: Keeper | None = None
        kept = record is not None and not problem
        self.album = Album(record.blocks if record and kept else None) if order.recorded else None
        """Where snapshots of the networks go, if they are wanted; in memory if it is not kept."""
        self.waits = False
        """Whether it waits for the studies before it on this machine, as in the background."""
        self.shares = False
        """Whether another study trains on this machine."""
        self.elsewhere = False
        """Whether other machines train it, so that it takes no turn on this one."""
        self._progress: Callable[[], Progress] | None = None
        self.outcome: Outcome | None = None
        self._began = time.monotonic()
        self._before = 0.0
        self._closed = False
        self._save: Callable[[], None] | None = None
        self._stack = ExitStack()

    @classmethod
    def begin(cls, order: Order, store: Path | None = None) -> Session:
        """Return the session of a new study; where it cannot be kept, one that says why.

        Args:
            order: what was asked for.
            store: the folder that the user names.

        Raises:
            EngineError: if the folder that the user names is a file.
        """
        folder, stop = store_folder(store), threading.Event()
        if not folder.is_absolute():
            return cls(order, None, stop, "there is no home folder; --store DIR names another")
        try:
            return cls(order, records.create(studies_in(folder), order), stop)
        except OSError as error:  # it is kept from the moment on at which that can be done
            planned = records.plan(studies_in(folder), order)
            session = cls(order, planned, stop, f"{folder} cannot be written: {why(error)}")
            session._save = partial(records.save, planned)
            return session

    @classmethod
    def resume(cls, record: Record) -> Session:
        """Return the session of a study that goes on."""
        return cls(record.order, record, threading.Event())

    @property
    def id(self) -> str:
        """The study's name; empty if it is not kept."""
        return self.record.id if self.record else ""

    def __enter__(self) -> Self:
        """Take the study.

        Raises:
            EngineError: if another process trains it.
        """
        if self.record is None:
            return self
        folder = self.record.folder
        slot = self._stack.enter_context(Slot(folder.parents[1]))
        try:
            queues = self.waits and not self.elsewhere
            owner = Ownership(folder, self.stop, "queued" if queues else "running")
            owner.beat = self._write_progress
            self._stack.enter_context(owner)
            if queues:
                wait_for_slot(folder.parents[1], folder, slot, self.stop)
                owner.enter_phase("running")
            elif not self.elsewhere:
                self.shares = not slot.take()
            if (before := records.outcome_of(self.record.folder)) is not None:
                self._before = before.seconds
            records.begin_again(self.record.folder)
        except OSError as error:
            self.problem = f"{self.record.folder} cannot be written: {why(error)}"
        self.keeper = Keeper(self.record.blocks, self._save)
        self._stack.callback(self.keeper.close)
        return self

    def album_for(self, study: Study) -> Album | None:
        """Return where the snapshots of one of its studies go.

        There are none of a sweep's confirmation: no view shows its fresh repeats.
        """
        return self.album if study.seed == self.order.study.seed else None

    def listening(self, study: Study, listen: Listener) -> Listener:
        """Return a listener that also follows how far a study is."""
        counter = ProgressCounter(study)
        self.follow(lambda: counter.now)

        def handle(event: Event) -> None:
            counter.handle(event)
            listen(event)

        return handle

    def follow(self, progress: Callable[[], Progress]) -> None:
        """Take what returns how far the study is; it is called once a second, on any thread."""
        self._progress = progress

    def _write_progress(self) -> None:
        if self._progress is not None and self.record is not None:
            write_progress(self.record.folder, self._progress())

    def end(self, state: Ended, headline: str = "", error: str = "") -> None:
        """Say how the study has ended; nothing that comes later changes it."""
        if self.outcome is None:
            seconds = self._before + time.monotonic() - self._began
            self.outcome = Outcome(state, seconds, headline, error)

    def close(self) -> None:
        """Write what is left and how the study ended, and give it back; once is enough."""
        if self._closed:
            return
        self._closed = True
        if self.keeper is not None:
            self.keeper.flush()
            if self.keeper.problem or (self.record and (self.record.folder / STUDY).exists()):
                self.problem = self.keeper.problem
        self._write_progress()
        if self.record is not None and self.outcome is not None:
            with suppress(OSError):
                records.end(self.record.folder, self._kept(self.outcome))
        self._stack.close()

    def _kept(self, outcome: Outcome) -> Outcome:
        """Return the outcome as it is on disk: what was not kept has to be trained again."""
        if self.problem and outcome.state == "finished":
            return replace(outcome, state="interrupted", error=f"not kept: {self.problem}")
        return outcome

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close; an error that nobody has named an end for is one."""
        if isinstance(error, EngineError):
            self.end("failed", error=first_line(error))
        elif error is not None and not isinstance(error, KeyboardInterrupt):
            self.end("failed", error=f"{kind.__name__ if kind else ''}: {first_line(error)}")
        self.close()
