"""Studies cut short at any moment and trained on: nothing finished is lost, no bit differs.

A kill is a copy of the folder as it is at that moment; the copy goes on.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.library.presets import find, override
from hiss.results.outcomes import Event, Keeping, ReplicateEnded, Result, TrainingStarted
from hiss.store import blocks, keeper
from hiss.store.records import Order, Record, state_of
from hiss.store.session import Session
from hiss.studies.reopen import result_of
from hiss.studies.runner import run_study

ARMS = ("article/hidden-after", "noise/gradients", "controls/early-stopping")
SETTINGS = ("training.epochs=300", "data.train_size=20")


def study(*names: str, repeats: int = 3, **options: object) -> Study:
    arms = [override(each, list(SETTINGS)) for name in names for each in find(name)]
    return Study(arms=tuple(arms), repeats=repeats, device="cpu", **options)


@pytest.fixture(scope="module")
def undisturbed() -> Result:
    return run_study(study(*ARMS), lambda event: None, threading.Event())


@pytest.fixture(autouse=True)
def _always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(keeper, "SHARE", 1e9)


def train(kept: Session, listen: Callable[[Event], None] = lambda event: None) -> Result:
    with kept:
        listening = kept.listening(kept.order.study, listen)
        result = run_study(kept.order.study, listening, kept.stop, kept.keeper)
        kept.end("stopped" if kept.stop.is_set() else "finished")
    return result


def same(first: Result, second: Result) -> None:
    assert [arm.experiment.name for arm in first.arms] == [
        arm.experiment.name for arm in second.arms
    ]
    for one, other in zip(first.arms, second.arms, strict=True):
        np.testing.assert_array_equal(one.curves.values, other.curves.values)
        np.testing.assert_array_equal(one.curves.counts, other.curves.counts)
        for left, right in zip(one.replicates, other.replicates, strict=True):
            assert (left.status, left.epochs, left.scores) == (
                right.status,
                right.epochs,
                right.scores,
            )


def copies(store: Path, folder: Path) -> Iterator[Callable[[Event], None]]:
    """Yield one listener that copies the store at every event."""
    numbers = iter(range(10**6))

    def copy(event: Event) -> None:
        if isinstance(event, TrainingStarted | ReplicateEnded):
            shutil.copytree(store, folder / f"{next(numbers)}", dirs_exist_ok=True)

    yield copy


def test_a_kill_at_any_event_loses_nothing_and_changes_no_bit(
    tmp_path: Path, undisturbed: Result
) -> None:
    store = tmp_path / "store"
    first = Session.begin(Order("compare", study(*ARMS)), store)
    (copy,) = copies(store, tmp_path / "copies")
    same(train(first, copy), undisturbed)
    cut = sorted((tmp_path / "copies").iterdir())
    assert len(cut) >= 6
    for folder in cut[:: len(cut) // 3]:
        record = Record(folder / "studies" / first.id, first.order, "", "", {})
        (record.folder / "owner.json").unlink()
        assert state_of(record.folder) == "interrupted"
        same(train(Session.resume(record)), undisturbed)
        assert state_of(record.folder) == "finished"


def test_a_half_trained_block_goes_on_from_its_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (arm,) = study(ARMS[0]).arms
    longer = study(ARMS[0]).model_copy(update={"arms": (override(arm, ["training.epochs=9000"]),)})
    undisturbed = run_study(longer, lambda event: None, threading.Event())
    kept = Session.begin(Order("run", longer), tmp_path)
    writes: list[Path] = []

    def write(path: Path, checkpoint: object) -> None:
        blocks.write_checkpoint(path, checkpoint)  # type: ignore[arg-type]
        writes.append(path)
        if len(writes) == 2:
            kept.stop.set()

    monkeypatch.setattr(keeper, "write_checkpoint", write)
    stopped = train(kept)
    assert {each.status for each in stopped.arms[0].replicates} == {"stopped"}
    record = kept.record
    assert record is not None
    assert state_of(record.folder) == "stopped"
    before = blocks.read_checkpoint(writes[-1])
    assert 0 < before.counts.min() < 9000
    same(train(Session.resume(record)), undisturbed)
    assert not list(record.blocks.glob("*.checkpoint"))


def test_a_block_that_is_there_is_not_trained_again(tmp_path: Path, undisturbed: Result) -> None:
    kept = Session.begin(Order("compare", study(*ARMS)), tmp_path)
    train(kept)
    record = kept.record
    assert record is not None
    events: list[Event] = []
    same(train(Session.resume(record), events.append), undisturbed)
    assert not any(isinstance(each, TrainingStarted) for each in events)
    same(result_of(record), undisturbed)


def test_a_damaged_block_is_trained_again_and_the_others_are_not(
    tmp_path: Path, undisturbed: Result
) -> None:
    kept = Session.begin(Order("compare", study(*ARMS)), tmp_path)
    train(kept)
    record = kept.record
    assert record is not None
    damaged = sorted(record.blocks.glob("*.block"))[0]
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    events: list[Event] = []
    again = Session.resume(record)
    same(train(again, events.append), undisturbed)
    assert sum(isinstance(each, TrainingStarted) for each in events) == 1
    assert again.keeper is not None
    assert "has changed since it was written; it is trained again" in again.keeper.damaged[0]


def test_rows_that_have_changed_since_are_not_mixed_with_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Session.begin(Order("run", study(ARMS[0])), tmp_path)
    train(kept)
    record = kept.record
    assert record is not None
    monkeypatch.setattr("hiss.studies.runner.inputs_digest", lambda data, arm: "other")
    with pytest.raises(EngineError, match="has changed since this study began"):
        train(Session.resume(record))
    assert state_of(record.folder) == "failed"


def test_a_full_disk_stops_nothing_and_all_is_written_once_there_is_room(
    tmp_path: Path, undisturbed: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Session.begin(Order("compare", study(*ARMS)), tmp_path)
    room, events = threading.Event(), list[Event]()

    def write(folder: Path, block: blocks.Block) -> None:
        if not room.is_set():
            raise OSError(28, "No space left on device")
        blocks.write_block(folder, block)

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, ReplicateEnded) and event.arm == 1:
            assert kept.keeper is not None
            kept.keeper.flush()  # the disk is tried beside the training
        if isinstance(event, ReplicateEnded) and event.arm == 2:
            room.set()

    monkeypatch.setattr(keeper, "write_block", write)
    same(train(kept, listen), undisturbed)
    problems = [event.problem for event in events if isinstance(event, Keeping)]
    assert "No space left on device" in problems[0]
    record = kept.record
    assert record is not None
    assert not kept.problem
    assert len(list(record.blocks.glob("*.block"))) == 3
    same(result_of(record), undisturbed)


@pytest.mark.slow
def test_the_reference_engine_keeps_each_repeat(tmp_path: Path) -> None:
    small = study(ARMS[0], repeats=2, engine="reference")
    arms = tuple(override(arm, ["training.epochs=2"]) for arm in small.arms)
    kept = Session.begin(Order("run", small.model_copy(update={"arms": arms})), tmp_path)

    def listen(event: Event) -> None:
        if isinstance(event, ReplicateEnded):
            kept.stop.set()

    train(kept, listen)
    record = kept.record
    assert record is not None
    assert len(list(record.blocks.glob("*.block"))) == 1
    assert len(train(Session.resume(record)).arms[0].replicates) == 2


def test_a_vanished_folder_stops_nothing_and_is_not_made_again(
    tmp_path: Path, undisturbed: Result
) -> None:
    kept = Session.begin(Order("compare", study(*ARMS)), tmp_path)
    record = kept.record
    assert record is not None

    def listen(event: Event) -> None:
        if isinstance(event, TrainingStarted):
            shutil.rmtree(record.folder, ignore_errors=True)

    same(train(kept, listen), undisturbed)
    assert "No such file or directory" in kept.problem
    assert not record.folder.exists()


def test_a_store_that_cannot_be_made_keeps_nothing_and_trains(tmp_path: Path) -> None:
    (tmp_path / "studies").write_text("a file where a folder should be")
    kept = Session.begin(Order("run", study(ARMS[0], repeats=1)), tmp_path)
    assert "cannot be written" in kept.problem
    assert len(train(kept).arms) == 1
    assert "cannot be written" in kept.problem
