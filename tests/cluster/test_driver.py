"""The driver and its ledger, on a pool whose workers do as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from kept import block, study
from scripted import FINGERPRINT, experiment, failed

from hiss.cluster import driver
from hiss.cluster.driver import run_on
from hiss.cluster.plan import Task
from hiss.cluster.pools import Lost
from hiss.cluster.work import Refused, Shared, Trained
from hiss.errors import EngineError, TrainingError
from hiss.experiment.spec import Study
from hiss.results.outcomes import Result
from hiss.store.blocks import BLOCK, Block, BlockKey, write_block
from hiss.store.keeper import Keeper
from hiss.store.place import studies_in
from hiss.store.progress import HostBlocks, Progress
from hiss.store.records import Record, create
from hiss.studies.orders import run_order

PAIR = (experiment("a"), experiment("b"))
Answers = list[Trained | Refused | Lost]


def blocks_of(of: Study, keys: Sequence[BlockKey], host: str = "one") -> tuple[Block, ...]:
    names = [arm.name for arm in of.arms]
    made = (block(of, names.index(key.arm), key.replicates) for key in keys)
    return tuple(replace(each, host=host) for each in made)


@dataclass
class ScriptedPool:
    """Answers a task as `worker` does, the last that was submitted first."""

    study: Study
    worker: Callable[[Task], Answers]
    slots: int = 2
    room: int = 4
    trained: list[Task] = field(default_factory=list)
    flying: list[Task] = field(default_factory=list)
    shared: Sequence[Shared] = ()

    @property
    def running(self) -> Mapping[str, int]:
        return {"one": len(self.flying)}

    def share(self, shared: Sequence[Shared]) -> None:
        self.shared = shared

    def submit(self, task: Task) -> None:
        self.flying.append(task)

    def answers(self, seconds: float) -> Iterator[tuple[Task, Trained | Refused | Lost]]:
        task = self.flying.pop()
        self.trained.append(task)
        for answer in self.worker(task):
            yield task, answer


@pytest.fixture(autouse=True)
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are those of the blocks that are made by hand."""
    monkeypatch.setattr(driver, "_digests", lambda of: [(arm, "rows") for arm in of.arms])


@pytest.fixture
def whole() -> Study:
    return study(*PAIR, repeats=10)


def train(
    store: Path, of: Study, worker: Callable[[Task], Answers] | None = None, **how: object
) -> tuple[Result, ScriptedPool, Record, list[Progress]]:
    found = studies_in(store)
    record = how.pop("record", None) or create(found, run_order(of))
    assert isinstance(record, Record)
    stop = how.pop("stop", threading.Event())
    assert isinstance(stop, threading.Event)

    def well(task: Task) -> Answers:
        return [Trained("one", blocks_of(of, task.keys))]

    pool, seen = ScriptedPool(of, worker or well), []
    keeper = Keeper(record.blocks)
    try:
        result, _ = run_on(pool, of, record, keeper, stop, seen.append)
    finally:
        keeper.close()
    return result, pool, record, seen


def test_all_that_was_planned_is_trained_and_kept(tmp_path: Path, whole: Study) -> None:
    result, pool, record, _ = train(tmp_path, whole)
    for arm in result.arms:
        assert [one.replicate for one in arm.replicates] == list(range(10))
    assert len(list(record.blocks.glob(f"*{BLOCK}"))) == 2 * len(pool.trained)


def test_what_is_there_is_not_trained_again(tmp_path: Path, whole: Study) -> None:
    first, _, record, _ = train(tmp_path, whole)
    (lost, *_) = sorted(record.blocks.glob(f"*{BLOCK}"))
    lost.unlink()
    again, pool, _, _ = train(tmp_path, whole, record=record)
    assert len(pool.trained) == 1 and len(pool.trained[0].keys) == 1
    assert [arm.replicates for arm in again.arms] == [arm.replicates for arm in first.arms]
    *_, nothing = train(tmp_path, whole, record=record)
    assert nothing == []


def test_a_block_that_arrives_twice_is_one_block(tmp_path: Path, whole: Study) -> None:
    def twice(task: Task) -> Answers:
        answer = Trained("one", blocks_of(whole, task.keys))
        return [answer, answer]

    once, *_ = train(tmp_path / "a", whole)
    result, _, _, seen = train(tmp_path / "b", whole, twice)
    assert [arm.replicates for arm in result.arms] == [arm.replicates for arm in once.arms]
    assert seen[-1].done == seen[-1].total


def test_a_loss_that_is_not_finite_is_a_result(tmp_path: Path, whole: Study) -> None:
    def diverging(task: Task) -> Answers:
        made = blocks_of(whole, task.keys)
        ended = tuple(failed(number) for number in task.replicates)
        return [Trained("one", tuple(replace(each, replicates=ended) for each in made))]

    result, pool, _, _ = train(tmp_path, whole, diverging)
    assert {one.status for arm in result.arms for one in arm.replicates} == {"failed"}
    numbers = [task.number for task in pool.trained]
    assert len(numbers) == len(set(numbers)), "no task is tried again"


def test_a_users_mistake_ends_the_study_with_its_place(tmp_path: Path, whole: Study) -> None:
    def refuse(task: Task) -> Answers:
        return [Refused("node-7", "the network does not fit the data.", "Change it.")]

    with pytest.raises(EngineError) as found:
        train(tmp_path, whole, refuse)
    assert "repeats" in found.value.message
    assert "on node-7: the network does not fit the data." in found.value.message
    assert found.value.hint == "Change it."


def test_a_lost_block_leaves_the_others_and_is_named(tmp_path: Path, whole: Study) -> None:
    def losing(task: Task) -> Answers:
        if task.number == 0:
            return [Lost("the node died")]
        return [Trained("one", blocks_of(whole, task.keys))]

    record = create(studies_in(tmp_path), run_order(whole))
    with pytest.raises(TrainingError, match=r"1 of 4 blocks were lost .* the node died") as found:
        train(tmp_path, whole, losing, record=record)
    assert f"`hiss resume {record.id}`" in found.value.hint
    result, pool, _, _ = train(tmp_path, whole, record=record)
    assert sorted(n for task in pool.trained for n in task.replicates) == [0, 1]
    assert all(len(arm.replicates) == 10 for arm in result.arms)


def test_other_rows_on_a_machine_are_refused(tmp_path: Path, whole: Study) -> None:
    def other(task: Task) -> Answers:
        made = blocks_of(whole, task.keys)
        return [Trained("one", tuple(replace(each, inputs="others") for each in made))]

    with pytest.raises(EngineError, match="the data, or the model's file, has changed"):
        train(tmp_path, whole, other)


def test_a_stop_keeps_what_has_come_back(tmp_path: Path, whole: Study) -> None:
    stop = threading.Event()

    def stopping(task: Task) -> Answers:
        stop.set()
        return [Trained("one", blocks_of(whole, task.keys))]

    result, pool, record, _ = train(tmp_path, whole, stopping, stop=stop)
    assert len(pool.trained) == 1
    assert 0 < sum(len(arm.replicates) for arm in result.arms) < 20
    again, *_ = train(tmp_path, whole, record=record)
    assert all(len(arm.replicates) == 10 for arm in again.arms)


def test_a_block_that_is_damaged_on_this_disk_is_trained_again(
    tmp_path: Path, whole: Study
) -> None:
    _, _, record, _ = train(tmp_path, whole)
    (path, *_) = sorted(record.blocks.glob(f"*{BLOCK}"))
    path.write_bytes(path.read_bytes()[:-9])
    result, pool, _, _ = train(tmp_path, whole, record=record)
    assert all(len(arm.replicates) == 10 for arm in result.arms)
    assert len(pool.trained) == 1
    assert path.with_suffix(f"{BLOCK}-damaged").exists()


def test_the_driver_tells_what_each_host_does(
    tmp_path: Path, whole: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "STATUS_SECONDS", 0.0)

    def where(task: Task) -> Answers:
        host = f"node-{task.number % 2}"
        return [Trained(host, blocks_of(whole, task.keys, host))]

    *_, seen = train(tmp_path, whole, where)
    assert seen[0].waiting + sum(each.running for each in seen[0].hosts) == 3
    assert [(each.host, each.done) for each in seen[-1].hosts if each.done] == [
        ("node-0", 2),
        ("node-1", 2),
    ]
    assert seen[-1].share == 1


def test_blocks_are_told_in_a_line() -> None:
    hosts = (HostBlocks("a", 5, 2, 0), HostBlocks("b", 4, 1, 1))
    assert Progress(0, 1, "", hosts, 60, 1).blocks == (
        "blocks: 9 done, 3 running, 60 waiting, 2 failed · a 5 done, 2 running · "
        "b 4 done, 1 running, 1 failed"
    )
    assert Progress(0, 1, "an arm").blocks == ""
    many = tuple(HostBlocks(f"node-{number}", 1, 0, 0) for number in range(1000))
    assert Progress(0, 1, "", many).blocks.endswith("node-7 1 done, 0 running · 992 more machines")


def test_machines_of_two_kinds_are_told(tmp_path: Path, whole: Study) -> None:
    def mixed(task: Task) -> Answers:
        made = blocks_of(whole, task.keys, f"node-{task.number}")
        cpu = "another CPU × 8" if task.number else FINGERPRINT.cpu
        print_ = replace(FINGERPRINT, cpu=cpu)
        return [Trained("x", tuple(replace(each, fingerprint=print_) for each in made))]

    record = create(studies_in(tmp_path), run_order(whole))
    keeper = Keeper(record.blocks)
    pool = ScriptedPool(whole, mixed)
    _, mixture = run_on(pool, whole, record, keeper, threading.Event(), lambda progress: None)
    keeper.close()
    assert mixture.startswith("2 kinds of machine trained it: ")
    assert "another CPU × 8 (node-1, node-2, node-3)" in mixture
    assert f"{FINGERPRINT.cpu} (node-0)" in mixture


def test_the_host_is_kept_with_each_block(tmp_path: Path, whole: Study) -> None:
    from hiss.store.blocks import blocks_in

    *_, record, _ = train(tmp_path, whole)
    found = [each for each in blocks_in(record.blocks) if isinstance(each, Block)]
    assert {each.host for each in found} == {"one"}
    assert np.isfinite(found[0].values).all()


def test_blocks_of_another_stage_of_a_sweep_are_no_part_of_this_one(
    tmp_path: Path, whole: Study
) -> None:
    _, _, record, _ = train(tmp_path, whole)
    confirmation = study(experiment("c"), repeats=10, seed=2)
    result, pool, _, seen = train(tmp_path, confirmation, record=record)
    assert [arm.experiment.name for arm in result.arms] == ["c"]
    assert len(pool.trained) == 4
    assert seen[-1].share == 1


def test_blocks_that_cannot_be_read_back_end_the_study(
    tmp_path: Path, whole: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiss.store.keeper.write_block", lambda folder, block: None)
    record = create(studies_in(tmp_path), run_order(whole))
    write_block(record.blocks, block(whole, 0, range(1)))
    with pytest.raises(TrainingError, match="cannot be read again"):
        train(tmp_path, whole, record=record)
