"""The kept studies: background jobs that list, open, follow, note, stop and delete them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from hiss.tui.state.kept import Reopened, Row
from hiss.tui.workers import messages

if TYPE_CHECKING:
    from hiss.store.entries import Entry
    from hiss.store.records import Notes, Record, State
    from hiss.studies.beside import SideBySide
    from hiss.tui.workers.background import BackgroundJobs

Post = Callable[[Message], object]


class HistoryRead(Message):
    """The kept studies have been listed."""

    def __init__(self, rows: tuple[Row, ...], problems: tuple[str, ...]) -> None:
        """Carry the studies, the newest first, and what cannot be read."""
        super().__init__()
        self.rows, self.problems = rows, problems


class StudyOpened(Message):
    """A kept study has been read."""

    def __init__(self, found: Reopened) -> None:
        """Carry the study."""
        super().__init__()
        self.found = found


class StudiesOpened(Message):
    """Several kept studies have been read, to be compared side by side."""

    def __init__(self, found: SideBySide) -> None:
        """Carry their arms."""
        super().__init__()
        self.found = found


class StudyFound(Message):
    """A kept study that is to go on has been read."""

    def __init__(
        self, found: Reopened, differences: tuple[str, ...], code: tuple[str, ...]
    ) -> None:
        """Carry the study, what differs on this machine, and others' code that it runs."""
        super().__init__()
        self.found, self.differences, self.code = found, differences, code


class StudyChanged(Message):
    """A kept study has been noted upon, stopped or deleted."""

    def __init__(self, name: str, deleted: bool = False) -> None:
        """Carry its ID, and whether it is gone."""
        super().__init__()
        self.name, self.deleted = name, deleted


class Archive:
    """Has background jobs read and change the store; what they find is posted."""

    def __init__(self, background: BackgroundJobs, store: Path | None) -> None:
        """Take what runs jobs, and the folder of the kept studies; None leaves the choice."""
        self._background, self._store = background, store
        self._following = False

    def list_studies(self, post: Post) -> None:
        """List all kept studies."""
        self._background.run("history", self._listed, post)

    def open_study(self, name: str, post: Post) -> None:
        """Read a kept study."""
        job = partial(self._opened, name)
        self._background.run("opening", lambda: StudyOpened(job()), post)

    def open_beside(self, names: tuple[str, ...], post: Post) -> None:
        """Read several kept studies, to be compared side by side."""
        self._background.run("opening", partial(self._beside, names), post)

    def find_study(self, name: str, post: Post) -> None:
        """Read what a kept study was started for, and what differs on this machine."""
        self._background.run("opening", partial(self._found, name), post)

    def note(self, name: str, notes: Notes, post: Post) -> None:
        """Write what the user notes about a study."""
        self._background.run("noting", partial(self._noted, name, notes), post)

    def stop(self, name: str, post: Post) -> None:
        """Ask the process that trains a study to stop."""
        self._background.run("stopping", partial(self._stopped, name), post)

    def start(self, name: str, post: Post) -> None:
        """Have a study go on in a process of its own."""
        self._background.run("starting", partial(self._started, name), post)

    def delete(self, name: str, post: Post) -> None:
        """Delete a study."""
        self._background.run("deleting", partial(self._deleted, name), post)

    def follow(self, name: str, post: Post) -> None:
        """Read a study again that another process trains, unless that is still being done."""

        def followed(message: Message) -> None:
            self._following = False
            post(message)

        if name and not self._following:
            self._following = True
            self._background.run("following", partial(self._reread, name), followed)

    def _record(self, name: str) -> Record:
        from hiss.store.place import store_folder, studies_in
        from hiss.store.records import read

        return read(studies_in(store_folder(self._store)) / name)

    def _listed(self) -> HistoryRead:
        from hiss.errors import EngineError
        from hiss.store.history import listing
        from hiss.store.place import store_folder

        try:
            store = store_folder(self._store)
            entries, problems = listing(store)
        except EngineError as error:
            return HistoryRead((), (error.message,))
        rows = tuple(self._row(entry, store) for entry in entries)
        return HistoryRead(rows, tuple(problem.message for problem in problems))

    def _row(self, entry: Entry, store: Path) -> Row:
        """Return a study with how far it is, by its epochs where its process tells them."""
        from hiss.store.place import studies_in
        from hiss.store.progress import progress_of

        if entry.state == "finished":
            return Row(entry)
        if entry.state == "running":
            seen = progress_of(studies_in(store) / entry.id)
            if seen is not None and entry.kind != "sweep":
                return Row(entry, seen.share, seen.blocks)
            if seen is not None:
                return Row(entry, entry.done / entry.total if entry.total else None, seen.blocks)
        return Row(entry, entry.done / entry.total if entry.total else None)

    def _opened(self, name: str) -> Reopened:
        from hiss.errors import EngineError
        from hiss.store.records import state_of

        record = self._record(name)
        state = state_of(record.folder)
        try:
            return self._read_whole(record, state)
        except EngineError as error:
            if state in ("running", "queued"):
                raise EngineError(
                    error.message, "It has only just begun: try again soon."
                ) from error
            raise

    def _read_whole(self, record: Record, state: State) -> Reopened:
        from hiss.studies.orders import search_of
        from hiss.studies.reopen import result_of, stages_of
        from hiss.tui.state.findings import Findings

        name, order = record.id, record.order
        if order.kind != "sweep":
            return Reopened(name, order, state, result_of(record).arms)
        stages = stages_of(record)
        findings = Findings.of(stages[-1].sweep)
        return Reopened(
            name, order, state, search=search_of(order), stages=stages, findings=findings
        )

    def _beside(self, names: tuple[str, ...]) -> StudiesOpened:
        from hiss.studies.beside import side_by_side

        return StudiesOpened(side_by_side([self._record(name) for name in names]))

    def _found(self, name: str) -> StudyFound:
        from hiss.store.agreement import differences, foreign_code
        from hiss.store.records import state_of
        from hiss.studies.orders import search_of

        record = self._record(name)
        order = record.order
        search = search_of(order) if order.kind == "sweep" else None
        found = Reopened(name, order, state_of(record.folder), search=search)
        return StudyFound(found, differences(record), foreign_code(record))

    def _reread(self, name: str) -> messages.StudyReread:
        from hiss.errors import EngineError

        try:
            return messages.StudyReread(name, self._opened(name))
        except EngineError:
            return messages.StudyReread(name, None)

    def _noted(self, name: str, notes: Notes) -> StudyChanged:
        from hiss.store.records import write_notes

        with _writing(name):
            write_notes(self._record(name).folder, notes)
        return StudyChanged(name)

    def _stopped(self, name: str) -> StudyChanged:
        from hiss.store.owner import ask_to_stop

        with _writing(name):
            ask_to_stop(self._record(name).folder)
        return StudyChanged(name)

    def _started(self, name: str) -> StudyChanged:
        from hiss.tui.workers.detached import start_in_background

        with _writing(name):
            start_in_background(self._record(name))
        return StudyChanged(name)

    def _deleted(self, name: str) -> StudyChanged:
        from hiss.store.history import delete

        delete(self._record(name))
        return StudyChanged(name, deleted=True)


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Turn an error of the file system into a mistake that is shown."""
    from hiss.errors import EngineError
    from hiss.files import why

    try:
        yield
    except OSError as error:
        raise EngineError(f"{name} cannot be changed: {why(error)}.") from error
