"""A kept study as if it had just been trained, complete or as far as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, Fingerprint, Result
from hiss.results.rows import Rows
from hiss.store.album import Album
from hiss.store.blocks import (
    CHECKPOINT,
    Block,
    BlockKey,
    blocks_in,
    read_checkpoint,
)
from hiss.store.division import SIZES, blocks_of
from hiss.store.records import Record, outcome_of
from hiss.store.sealed import DamagedError
from hiss.studies.orders import search_of, sweeping_of
from hiss.studies.search import Search
from hiss.studies.sweep import Sweep, stages
from hiss.training.checkpoint import Checkpoint

FIELDS = tuple(field.name for field in fields(Fingerprint))
"""What numbers depend on beside the study."""
LARGEST_CHECKPOINT = 64 * 2**20
"""Bytes of a checkpoint up to which its curves are shown while its block trains."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a kept sweep, complete or as far as it is."""

    study: Study
    result: Result
    sweep: Sweep
    """The sweep up to this stage."""


def result_of(record: Record) -> Result:
    """Return the result of a kept run or comparison.

    Raises:
        EngineError: if none of its blocks is there yet.
    """
    return KeptBlocks(record).result(record.order.study)


def stages_of(record: Record) -> tuple[Stage, ...]:
    """Return the stages of a kept sweep, up to the last one that has begun.

    Raises:
        EngineError: if none of its blocks is there yet.
    """
    return KeptBlocks(record).stages()


def sweep_of(record: Record) -> Sweep:
    """Return a kept sweep, up to the last stage that has begun.

    Raises:
        EngineError: if none of its blocks is there yet.
    """
    return stages_of(record)[-1].sweep


def recorded_of(record: Record) -> tuple[Result, Search | None] | None:
    """Return the result of a kept study whose networks have all been recorded, and a sweep's grid.

    Of a sweep, it is that of all points of the grid on their first seeds.

    Returns:
        None if anything is still to be trained, or to be recorded.
    """
    kept = KeptBlocks(record)
    try:
        search = sweep_of(record).search if record.order.kind == "sweep" else None
        study = search.study() if search else record.order.study
        result = kept.result(study)
    except EngineError:  # nothing has been trained yet
        return None
    album = Album(record.blocks)
    if not kept.goes_on or not all(album.holds(study, arm) for arm in study.arms):
        return None
    return result, search


class KeptBlocks:
    """The blocks of a study, read once, and the checkpoints of those in training."""

    def __init__(self, record: Record) -> None:
        """Read the blocks of a study."""
        self.record = record
        found = list(blocks_in(record.blocks))
        self.blocks = [each for each in found if isinstance(each, Block)]
        self.damaged = tuple(str(each) for each in found if isinstance(each, DamagedError))
        """What is wrong with the blocks that cannot be read."""
        self.goes_on = True
        """Whether all that was asked for has been trained."""

    @property
    def inputs(self) -> frozenset[str]:
        """The digests of the rows that the study was trained on."""
        return frozenset(each.inputs for each in self.blocks)

    @property
    def fingerprint(self) -> Fingerprint:
        """The machine and the versions of the first block; before one, what the record has."""
        if self.blocks:
            return self.blocks[0].fingerprint
        hiss, python, tensorflow, keras = (
            self.record.versions.get(name, "") for name in ("hiss", "python", "tensorflow", "keras")
        )
        return Fingerprint(hiss, python, tensorflow, keras, cpu="", device="")

    @property
    def mixture(self) -> str:
        """What differs between the machines that trained it; empty where they are of one kind."""
        kinds: dict[Fingerprint, set[str]] = {}
        for each in self.blocks:
            kinds.setdefault(each.fingerprint, set()).add(each.host)
        if len(kinds) < 2:
            return ""
        names = [name for name in FIELDS if len({getattr(each, name) for each in kinds}) > 1]
        parts = (
            f"{', '.join(str(getattr(kind, name)) for name in names)} "
            f"({', '.join(sorted(filter(None, hosts))) or 'machine unknown'})"
            for kind, hosts in kinds.items()
        )
        return f"{len(kinds)} kinds of machine trained it: {'; '.join(parts)}"

    @cached_property
    def seconds(self) -> float:
        """Wall-clock time of the study, in all its parts."""
        outcome = outcome_of(self.record.folder)
        return outcome.seconds if outcome else 0.0

    def result(self, study: Study) -> Result:
        """Return the result of a study, without the arms of which there is nothing yet.

        Raises:
            EngineError: if there is no block at all.
        """
        made = [self._arm(study, arm) for arm in study.arms]
        begun = [arm for arm in made if arm is not None]
        self.goes_on = len(begun) == len(made) and all(
            len(arm.replicates) == study.repeats for arm in begun
        )
        if not begun and not self.blocks:
            raise EngineError(
                f"{self.record.id}: nothing of this study has been trained yet.",
                f"`hiss resume {self.record.id}` trains it.",
            )
        return Result(study, tuple(begun), self.fingerprint, self.seconds)

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of a sweep, up to the last one that has begun.

        Raises:
            EngineError: if none of its blocks is there yet.
        """
        order, how = self.record.order, sweeping_of(self.record.order)
        trained: list[Result] = []

        def run(study: Study) -> Result:
            seconds = 0.0 if trained else self.seconds
            trained.append(replace(self.result(study), seconds=seconds))
            return trained[-1]

        found: list[Stage] = []
        found_so_far = stages(
            search_of(order), run, finer=how.refine, fresh=how.confirm, metric=how.metric
        )
        for sweep in found_so_far:
            if trained[-1].arms or not found:
                found.append(Stage(trained[-1].study, trained[-1], sweep))
            if not self.goes_on:
                break
        return tuple(found)

    def _arm(self, study: Study, arm: Experiment) -> Arm | None:
        """Return an arm of which there is a block or a checkpoint; None if there is neither."""
        wanted = (arm.name, study.seed, BlockKey.of(study, arm, range(1)).digest)
        mine = [e for e in self.blocks if (e.key.arm, e.key.seed, e.key.digest) == wanted]
        mine = list(_apart(mine, study.repeats))
        there = {number for each in mine for number in each.key.replicates}
        halves = list(self._checkpoints(study, arm, there))
        if not mine and not halves:
            return None
        first = mine[0] if mine else None
        metrics = first.metrics if first else halves[0][1].metrics
        epochs = first.epochs if first else arm.training.epochs
        curves = Curves(metrics, study.repeats, epochs, first.rows if first else Rows())
        for each in mine:
            each.fill(curves)
        for replicates, half in halves:
            curves.fill(replicates, half.counts, half.values)
        replicates_ended = tuple(one for each in mine for one in each.replicates)
        return Arm(arm, replicates_ended, curves, first.note if first else "")

    def _checkpoints(
        self, study: Study, arm: Experiment, there: set[int]
    ) -> Iterator[tuple[range, Checkpoint]]:
        """Yield the checkpoints of the blocks of an arm that are not there yet."""
        blocks = (each for size in SIZES for each in blocks_of(study.repeats, "fused", size))
        for replicates in dict.fromkeys(blocks):
            if not there.isdisjoint(replicates):
                continue
            stem = BlockKey.of(study, arm, replicates).stem
            path = self.record.blocks / f"{stem}{CHECKPOINT}"
            try:
                if path.stat().st_size > LARGEST_CHECKPOINT:
                    continue
                found = read_checkpoint(path)
            except (OSError, DamagedError):
                continue
            if found.metrics:
                yield replicates, found


def _apart(blocks: Iterable[Block], repeats: int) -> Iterator[Block]:
    """Yield blocks by their first replicate, without those that overlap one before.

    Another version may divide an arm otherwise, so that a study that it goes on with has both.
    """
    end = 0
    for each in sorted(blocks, key=lambda one: (one.key.first, -one.key.count)):
        replicates = each.key.replicates
        if replicates.start >= end and replicates.stop <= repeats:
            end = replicates.stop
            yield each
