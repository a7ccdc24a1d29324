"""The queue between processes, with threads in their place: each holds locks of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.store.place import studies_in
from hiss.store.queue import Slot, move, waiting
from hiss.store.records import Order, create, state_of
from hiss.store.session import Session


def until(so: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.02)


class Waiter:
    """A study that waits in the background, and then holds the slot until it is let go."""

    def __init__(self, store: Path, log: list[str]) -> None:
        order = Order("run", Study(arms=find("article/baseline")))
        self.record = create(studies_in(store), order)
        self.session = Session.resume(self.record)
        self.session.waits = True
        self.go = threading.Event()
        self.log = log
        self.thread = threading.Thread(target=self._train)
        self.thread.start()
        until(lambda: self.id in [each.id for each in waiting(store)])

    @property
    def id(self) -> str:
        return self.record.id

    def _train(self) -> None:
        with self.session:
            if not self.session.stop.is_set():
                self.log.append(self.id)
                self.go.wait(20)


def test_studies_in_the_background_train_one_after_another_in_their_order(tmp_path: Path) -> None:
    log: list[str] = []
    with Slot(tmp_path) as slot:
        assert slot.take()
        first, second, third = (Waiter(tmp_path, log) for _ in range(3))
        assert [each.id for each in waiting(tmp_path)] == [first.id, second.id, third.id]
        assert state_of(first.record.folder) == "queued"
        move(tmp_path, third.id, 0)
        assert [each.id for each in waiting(tmp_path)] == [third.id, first.id, second.id]
        move(tmp_path, third.id, 1)
        assert [each.id for each in waiting(tmp_path)] == [first.id, third.id, second.id]
        move(tmp_path, first.id, 9)
        assert [each.id for each in waiting(tmp_path)] == [third.id, second.id, first.id]
        second.session.stop.set()
        second.thread.join()
        assert [each.id for each in waiting(tmp_path)] == [third.id, first.id]
        assert log == []
    until(lambda: log == [third.id])
    assert state_of(third.record.folder) == "running"
    third.go.set()
    until(lambda: log == [third.id, first.id])
    first.go.set()
    for each in (first, third):
        each.thread.join()


def test_a_study_that_the_user_looks_at_takes_the_slot_or_does_without(tmp_path: Path) -> None:
    order = Order("run", Study(arms=find("article/baseline")))
    with Session.begin(order, tmp_path) as one, Session.begin(order, tmp_path) as other:
        assert not one.shares
        assert other.shares
    with Session.begin(order, tmp_path) as next_one:
        assert not next_one.shares
