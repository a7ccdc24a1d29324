"""Arms of several kept studies side by side, with what makes their repeats no pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.results.outcomes import Arm, Fingerprint
from hiss.store.records import Record
from hiss.studies.reopen import FIELDS, KeptBlocks


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Arms of several studies as if they were of one."""

    study: Study
    """All arms, each named after its study too, with the seed and the mode of the first study."""
    arms: tuple[Arm, ...]
    made_by: tuple[tuple[str, Study], ...]
    """The ID and the study of every arm."""
    warnings: tuple[str, ...]
    """What differs: `seeds 1 and 2`; nothing if repeats of the same number are pairs."""


def side_by_side(records: Sequence[Record]) -> SideBySide:
    """Return the arms of several kept studies, as far as they are trained.

    Raises:
        EngineError: if one is a sweep, or nothing of it has been trained.
    """
    arms: list[Arm] = []
    made_by: list[tuple[str, Study]] = []
    for record in records:
        if record.order.kind == "sweep":
            raise EngineError(
                f"{record.id} is a sweep: runs and comparisons can be compared side by side.",
                "Unmark it; enter opens it alone.",
            )
    kept = [KeptBlocks(record) for record in records]
    for each in kept:
        for arm in _renamed(each):
            arms.append(arm)
            made_by.append((each.record.id, each.record.order.study))
    first = records[0].order.study
    study = Study(
        arms=tuple(arm.experiment for arm in arms),
        seed=first.seed,
        repeats=min(record.order.study.repeats for record in records),
        mode=first.mode,
    )
    return SideBySide(study, tuple(arms), tuple(made_by), tuple(_warnings(kept)))


def suffix(record: Record) -> str:
    """Return what the names of a study's arms end with: the last part of its ID."""
    return f" {record.id.rpartition('-')[2]}"


def _renamed(kept: KeptBlocks) -> Iterable[Arm]:
    """Yield the arms of a study under names that no other study has."""
    end, study = suffix(kept.record), kept.record.order.study
    names = {arm.name for arm in study.arms}
    for arm in kept.result(study).arms:
        yield Arm(_named(arm.experiment, end, names), arm.replicates, arm.curves, arm.engine_note)


def _named(arm: Experiment, end: str, names: set[str]) -> Experiment:
    partner = arm.study.partner
    plan = arm.study
    if partner in names:
        plan = plan.model_copy(update={"partner": f"{partner}{end}"})
    changed = {"name": f"{arm.name}{end}", "title": f"{arm.title}{end}", "study": plan}
    return arm.model_copy(update=changed)


def _warnings(kept: Sequence[KeptBlocks]) -> Iterable[str]:
    studies = [each.record.order.study for each in kept]
    if len({each.inputs for each in kept}) > 1:
        yield "other data"
    for what, values in (
        ("seeds", [str(study.seed) for study in studies]),
        ("modes", [str(study.mode) for study in studies]),
    ):
        if len(set(values)) > 1:
            yield f"{what} {' and '.join(dict.fromkeys(values))}"
    prints = [each.fingerprint for each in kept]
    for name in FIELDS:
        if len(found := _values(prints, name)) > 1:
            yield f"{name} {' and '.join(found)}"


def _values(prints: Iterable[Fingerprint], name: str) -> tuple[str, ...]:
    """Return the different values of a field that are known."""
    values = (str(getattr(each, name)) for each in prints)
    return tuple(dict.fromkeys(value for value in values if value))
