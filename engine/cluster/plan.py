"""What of a study is still to be trained, cut into tasks: planned minus present."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiss.experiment.spec import Experiment, Study
from hiss.store.blocks import BlockKey, digest_of
from hiss.store.division import block_size

TRAININGS = 120
"""The most trainings in a task of several replicates: what is lost with a machine is small."""
TASKS_PER_SLOT = 2
"""Tasks for each place that trains, at least, where there are replicates enough: none waits long
for the last."""


@dataclass(frozen=True, slots=True)
class Task:
    """All arms on one data set × a range of replicates: trained on one machine, in one process."""

    number: int
    """Its place in the plan, from 0."""
    data_set: int
    """Its place among the study's data sets, from 0."""
    keys: tuple[BlockKey, ...]
    """The blocks that it makes, one an arm."""

    @property
    def replicates(self) -> range:
        """The numbers of its replicates."""
        return self.keys[0].replicates

    def __str__(self) -> str:
        """Return it in words: `article/baseline and 3 more, repeats 0 to 31`."""
        first, *others = (key.arm for key in self.keys)
        more = f" and {len(others)} more" if others else ""
        return f"{first}{more}, repeats {self.replicates.start} to {self.replicates.stop - 1}"


def data_sets(study: Study) -> tuple[tuple[Experiment, ...], ...]:
    """Return the arms of a study by their data set, in order.

    Arms on the same source are paired, so that they belong together whatever else differs.
    """
    found: list[list[Experiment]] = []
    for arm in study.arms:
        alike = (each for each in found if each[0].data.is_same_source(arm.data))
        group = next(alike, None)
        if group is None:
            found.append([arm])
        else:
            group.append(arm)
    return tuple(map(tuple, found))


def plan(study: Study, present: Iterable[BlockKey], slots: int) -> tuple[Task, ...]:
    """Return the tasks that train what is not present yet.

    Args:
        study: arms × replicates.
        present: the blocks that there are, however they were divided.
        slots: how many tasks can be trained at a time.
    """
    groups = data_sets(study)
    there = _present(study, present)
    tasks: list[Task] = []
    for number, arms in enumerate(groups):
        size = _size(study, len(arms), slots, len(groups))
        for alike, missing in _by_missing(arms, study, there):
            for replicates in _divided(missing, size):
                keys = tuple(
                    BlockKey(arm.name, study.seed, replicates.start, len(replicates), digest)
                    for arm, digest in alike
                )
                tasks.append(Task(len(tasks), number, keys))
    return tuple(tasks)


def _size(study: Study, arms: int, slots: int, groups: int) -> int:
    """Return the most replicates of a task: small enough that no slot is idle, or loses much."""
    wanted = math.ceil(study.repeats * groups / (TASKS_PER_SLOT * max(1, slots)))
    return max(1, min(block_size(study.device or "cpu"), TRAININGS // arms, wanted))


Missing = NDArray[np.bool_]
"""Which replicates of an arm are still to be trained, shape (replicates,)."""
_Arm = tuple[Experiment, str]
"""An arm and the digest of its blocks' keys."""


def _present(study: Study, present: Iterable[BlockKey]) -> Mapping[tuple[str, str], Missing]:
    """Return what is missing of each arm, by its name and digest, where anything is there."""
    missing: dict[tuple[str, str], Missing] = {}
    for key in present:
        if key.seed == study.seed:
            whole = np.ones(study.repeats, bool)
            missing.setdefault((key.arm, key.digest), whole)[key.first : key.first + key.count] = 0
    return missing


def _by_missing(
    arms: Sequence[Experiment], study: Study, there: Mapping[tuple[str, str], Missing]
) -> Iterator[tuple[Sequence[_Arm], Missing]]:
    """Yield arms that lack the same replicates, with these: usually all arms at once."""
    alike: dict[bytes, tuple[list[_Arm], Missing]] = {}
    for arm in arms:
        digest = digest_of(study, arm)
        missing = there.get((arm.name, digest), np.ones(study.repeats, bool))
        alike.setdefault(missing.tobytes(), ([], missing))[0].append((arm, digest))
    yield from alike.values()


def _divided(missing: Missing, size: int) -> Iterator[range]:
    """Yield ranges of nearly the same size that hold all missing replicates."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
    for first, stop in edges.reshape(-1, 2).tolist():
        count = math.ceil((stop - first) / size)
        cuts = [first + round((stop - first) * each / count) for each in range(count + 1)]
        yield from (range(*pair) for pair in itertools.pairwise(cuts))
