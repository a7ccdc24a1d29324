"""A kept study as if it had just been trained, complete or as far as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, Fingerprint, Result
from hiss.store.blocks import Block, BlockKey, blocks_in
from hiss.store.records import Record, outcome_of
from hiss.store.sealed import DamagedError
from hiss.studies.orders import search_of, sweeping_of
from hiss.studies.sweep import Sweep, stages


def result_of(record: Record) -> Result:
    """Return the result of a kept run or comparison.

    Raises:
        EngineError: if none of its blocks is there yet.
    """
    return _Blocks(record).result(record.order.study)


def sweep_of(record: Record) -> Sweep:
    """Return a kept sweep, up to the last stage that has begun.

    Raises:
        EngineError: if none of its blocks is there yet.
    """
    blocks, how = _Blocks(record), sweeping_of(record.order)
    search, found = search_of(record.order), None
    for found in stages(search, blocks.result, finer=how.refine, fresh=how.confirm):
        if found.interim or not blocks.goes_on:
            break
    assert found is not None
    return found


def damaged_blocks(record: Record) -> tuple[str, ...]:
    """Return what is wrong with the blocks that cannot be read."""
    return tuple(str(each) for each in blocks_in(record.blocks) if isinstance(each, DamagedError))


class _Blocks:
    """The blocks of a study by what they are blocks of."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.blocks = [each for each in blocks_in(record.blocks) if isinstance(each, Block)]
        self.goes_on = True
        """Whether there were blocks of all that was asked for."""

    def result(self, study: Study) -> Result:
        """Return the result of a study, without the arms of which there is no block."""
        arms = []
        fingerprint: Fingerprint | None = None
        for arm in study.arms:
            wanted = (arm.name, study.seed, BlockKey.of(study, arm, range(1)).digest)
            mine = [
                each
                for each in self.blocks
                if (each.key.arm, each.key.seed, each.key.digest) == wanted
            ]
            if mine:
                fingerprint = fingerprint or mine[0].fingerprint
                arms.append(_arm(study, arm.name, mine))
        if fingerprint is None:
            if self.blocks:
                self.goes_on = False
                fingerprint = self.blocks[0].fingerprint
            else:
                raise EngineError(
                    f"{self.record.id}: nothing of this study has been trained yet.",
                    f"`hiss resume {self.record.id}` trains it.",
                )
        outcome = outcome_of(self.record.folder)
        return Result(study, tuple(arms), fingerprint, outcome.seconds if outcome else 0.0)


def _arm(study: Study, name: str, blocks: Iterable[Block]) -> Arm:
    blocks = tuple(_apart(blocks, study.repeats))
    first = blocks[0]
    curves = Curves(first.metrics, study.repeats, first.epochs, first.rows)
    for each in blocks:
        each.fill(curves)
    experiment = next(arm for arm in study.arms if arm.name == name)
    replicates = tuple(one for each in blocks for one in each.replicates)
    assert np.all(curves.counts <= first.epochs)
    return Arm(experiment, replicates, curves, first.note)


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
