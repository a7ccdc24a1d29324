"""The driver: plans what is missing, has it trained, and keeps what comes back."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from hiss.cluster.plan import Task, data_sets, plan
from hiss.cluster.pools import Lost, Pool
from hiss.cluster.work import Refused, Shared, Trained, user_files
from hiss.errors import EngineError, TrainingError
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study, check_repeats
from hiss.results.outcomes import Result
from hiss.store.blocks import BLOCK, Block, BlockKey, inputs_digest, keys_of, read_block
from hiss.store.keeper import Keeper, check_inputs
from hiss.store.progress import HostBlocks, Progress
from hiss.store.records import Record, versions
from hiss.store.sealed import DamagedError
from hiss.studies.reopen import KeptBlocks

CORES = 1
"""Of each task: a replicate trains on one core, and several tasks fill a machine."""
LOOK_SECONDS = 0.5
"""Between two looks at the stop flag."""
STATUS_SECONDS = 1.0
"""Between two looks at what runs where."""
ROUNDS = 3
"""How often blocks that are damaged on this disk are trained again."""

Report = Callable[[Progress], None]


def run_on(
    pool: Pool,
    study: Study,
    record: Record,
    keeper: Keeper,
    stop: threading.Event,
    report: Report,
) -> tuple[Result, str]:
    """Train what is missing of a study on a pool, and return all that there is of it.

    Args:
        pool: the machines.
        study: what to train; of a sweep, one of its stages.
        record: the folder in which it is kept.
        keeper: writes its blocks.
        stop: set from any thread to end; what is still trained is given up.
        report: called with how far it is, on the calling thread.

    Returns:
        The result, and what differs between the machines that trained it; empty if nothing does.

    Raises:
        EngineError: it cannot be trained as it is, or blocks were lost.
    """
    began = time.perf_counter()
    check_repeats(study)
    driver = _Driver(pool, study, record, keeper, stop, report)
    for _ in range(ROUNDS):
        driver.train_missing()
        kept = KeptBlocks(record)
        result = kept.result(study)
        if kept.goes_on or stop.is_set():
            break
        driver.set_damaged_aside()
    else:
        raise TrainingError(
            f"{record.blocks}: blocks that were written cannot be read again.",
            f"Look at the disk; `hiss resume {record.id}` goes on then.",
        )
    return replace(result, seconds=time.perf_counter() - began), kept.mixture


@dataclass(slots=True)
class _Host:
    """What one host has done."""

    done: int = 0
    failed: int = 0


class _Driver:
    def __init__(
        self,
        pool: Pool,
        study: Study,
        record: Record,
        keeper: Keeper,
        stop: threading.Event,
        report: Report,
    ) -> None:
        self.pool, self.study, self.record, self.keeper = pool, study, record, keeper
        self.stop, self.report = stop, report
        self.inputs = {arm.name: digest for arm, digest in _digests(study)}
        self.epochs = {arm.name: arm.training.epochs for arm in study.arms}
        self.hosts: dict[str, _Host] = {}
        self.done: set[BlockKey] = set()
        self.waiting: deque[Task] = deque()
        self.flying: set[int] = set()
        self.lost: list[str] = []
        self.looked = 0.0

    def train_missing(self) -> None:
        """Have every missing block trained, and keep it.

        Raises:
            EngineError: a task is refused, blocks are lost, or the disk does not take them.
        """
        self.done = set(present(self.record, self.study, self.pool.slots))
        self._check_present()
        if not plan(self.study, self.done, 1):
            return
        self.pool.share([_shared(self.study, arms) for arms in data_sets(self.study)])
        self.waiting = deque(plan(self.study, self.done, self.pool.slots))
        planned = len(self.waiting)
        while (self.waiting or self.flying) and not self.stop.is_set():
            self._fill()
            for task, answer in self.pool.answers(LOOK_SECONDS):
                self._take(task, answer)
            self._tell()
        self._tell(now=True)
        if self.lost and not self.stop.is_set():
            raise TrainingError(
                f"{len(self.lost)} of {planned} blocks were lost with their machines: "
                f"{self.lost[-1]}",
                f"`hiss resume {self.record.id}` trains them.",
            )

    def set_damaged_aside(self) -> None:
        """Rename the blocks that cannot be read: they are trained again."""
        for path in self.record.blocks.glob(f"*{BLOCK}"):
            try:
                read_block(path)
            except (DamagedError, OSError) as error:
                self.keeper.set_aside(path, error)

    def _fill(self) -> None:
        """Submit tasks while there is room."""
        for _ in range(min(self.pool.room - len(self.flying), len(self.waiting))):
            task = self.waiting.popleft()
            self.pool.submit(task)
            self.flying.add(task.number)

    def _take(self, task: Task, answer: Trained | Refused | Lost) -> None:
        """Keep the blocks of a task that has ended."""
        self.flying.discard(task.number)
        if isinstance(answer, Lost):
            self.lost.append(f"{task}: {answer.reason}")
            return
        host = self.hosts.setdefault(answer.host, _Host())
        if isinstance(answer, Refused):
            host.failed += 1
            self._tell(now=True)
            sys.stderr.write(answer.details)
            raise EngineError(f"{task}, on {answer.host}: {answer.message}", answer.hint)
        host.done += 1
        for block in answer.blocks:
            self._keep(block)
        self.keeper.flush()
        if self.keeper.problem:
            raise EngineError(
                f"{self.keeper.problem}.", f"`hiss resume {self.record.id}` goes on then."
            )

    def _keep(self, block: Block) -> None:
        """Keep a block, once: one that arrives again is the same."""
        if block.key in self.done:
            return
        check_inputs(block, self.inputs[block.key.arm])
        self.keeper.keep(block)
        self.done.add(block.key)

    def _check_present(self) -> None:
        """Refuse to go on with other rows than those of the blocks that are there."""
        seen: set[str] = set()
        for key in self.done:
            if key.arm not in seen:
                seen.add(key.arm)
                if (block := self.keeper.block(key)) is not None:
                    check_inputs(block, self.inputs[key.arm])

    def _tell(self, now: bool = False) -> None:
        """Report how far the study is, at most once a second."""
        if not now and time.monotonic() < self.looked + STATUS_SECONDS:
            return
        self.looked = time.monotonic()
        running = Counter(self.pool.running if self.flying else {})
        hosts = tuple(
            HostBlocks(name, counted.done, running[name], counted.failed)
            for name in sorted(self.hosts.keys() | running.keys())
            for counted in [self.hosts.get(name, _Host())]
        )
        waiting = len(self.waiting) + len(self.flying) - running.total()
        total = sum(self.epochs.values()) * self.study.repeats
        done = sum(self.epochs[key.arm] * key.count for key in self.done)
        self.report(Progress(done, total, "", hosts, waiting, len(self.lost)))


def present(record: Record, study: Study, slots: int) -> list[BlockKey]:
    """Return the keys of the blocks of a study's arms that are there.

    Names alone tell those that would be planned for as many slots; only others are opened.
    """
    planned = {key.stem: key for task in plan(study, (), slots) for key in task.keys}
    arms = {(key.arm, key.seed, key.digest) for key in planned.values()}
    found, others = [], []
    for path in record.blocks.glob(f"*{BLOCK}"):
        key = planned.get(path.stem)
        if key is None:
            others.append(path)
        else:
            found.append(key)
    read = keys_of(others)  # other stages of a sweep have other arms, or another seed
    return found + [key for key in read if (key.arm, key.seed, key.digest) in arms]


def _shared(study: Study, arms: tuple[Experiment, ...]) -> Shared:
    return Shared(
        study=Study(**{**dict(study), "arms": arms}),
        files=user_files(arms),
        versions=versions(),
        cores=CORES,
    )


def _digests(study: Study) -> list[tuple[Experiment, str]]:
    """Return the digest of each arm's rows; arms on the same rows load them once."""
    known: dict[str, str] = {}
    found = []
    for arm in study.arms:
        training = arm.training
        parts = arm.data, training.early_stopping, training.class_weight, arm.model
        text = json.dumps([_plain(part) for part in parts], sort_keys=True, default=str)
        if text not in known:
            known[text] = inputs_digest(replicate_data(study, arm), arm)
        found.append((arm, known[text]))
    return found


def _plain(part: object) -> object:
    dump = getattr(part, "model_dump", None)
    return part if dump is None else dump(mode="json")
