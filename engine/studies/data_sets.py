"""Many data sets in one study: the same arms on each, and what is compared over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.store.records import Order
from hiss.studies.baselines import couples

CONTRASTS = "contrasts"
"""The option of an order that holds what is compared over data sets."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One comparison that is made on several data sets."""

    title: str
    """What is compared with its baseline: a preset's name, or the noise in words."""
    arms: Mapping[str, str]
    """Data set → name of the arm, in order."""


def over_data_sets(
    studies: Mapping[str, Study], baseline: str | None
) -> tuple[Study, tuple[Contrast, ...]]:
    """Return one study of the arms of several, and the comparisons that they share.

    Arms of the same name get that of their data set behind it; each keeps its baseline.

    Args:
        studies: data set → the study of the same arms on it, alike in all but rows and names.
        baseline: an arm that all are compared with, as in `couples`.

    Raises:
        EngineError: if they do not repeat alike.
    """
    first = next(iter(studies.values()))
    for name, study in studies.items():
        if (study.mode, study.repeats) != (first.mode, first.repeats):
            raise EngineError(
                f"{name}: {study.repeats} repeats in {study.mode} mode, but {next(iter(studies))} "
                f"has {first.repeats} in {first.mode} mode: they make no one study.",
                "Choose --mode and --repeats for all.",
            )
    taken = [arm.name for study in studies.values() for arm in study.arms]
    shared = {name for name in taken if taken.count(name) > 1}
    pairs = {name: couples(study.arms, baseline) for name, study in studies.items()}
    arms = tuple(
        each
        for name, study in studies.items()
        for each in _renamed(study.arms, pairs[name], name, shared)
    )
    merged = Study(**{**dict(first), "arms": arms})
    return merged, tuple(_contrasts(pairs, shared))


def with_contrasts(order: Order, contrasts: Sequence[Contrast]) -> Order:
    """Return a comparison's order that also compares over data sets."""
    made = [{"title": one.title, "arms": dict(one.arms)} for one in contrasts]
    return Order(order.kind, order.study, {**order.options, CONTRASTS: made})


def contrasts_of(order: Order) -> tuple[Contrast, ...]:
    """Return what an order compares over data sets; nothing for a comparison on one."""
    given: Sequence[Mapping[str, Any]] = order.options.get(CONTRASTS, ())
    return tuple(Contrast(str(one["title"]), dict(one["arms"])) for one in given)


def _renamed(
    arms: Sequence[Experiment],
    pairs: Sequence[tuple[Experiment, Experiment]],
    data_set: str,
    shared: set[str],
) -> Iterator[Experiment]:
    """Yield the arms on one data set, each with its baseline as its partner."""
    baselines = {arm.name: base.name for arm, base in pairs}
    for arm in arms:
        base = baselines.get(arm.name)
        partner = None if base is None else _name(base, data_set, shared)
        plan = arm.study.model_copy(update={"partner": partner})
        name = _name(arm.name, data_set, shared)
        yield arm.model_copy(update={"name": name, "study": plan})


def _name(name: str, data_set: str, shared: set[str]) -> str:
    return f"{name} on {data_set}" if name in shared else name


def _contrasts(
    pairs: Mapping[str, Sequence[tuple[Experiment, Experiment]]], shared: set[str]
) -> Iterator[Contrast]:
    """Yield the comparisons by their place: the same arms stand in the same order everywhere."""
    for alike in zip(*pairs.values(), strict=True):
        named = zip(pairs, (arm for arm, _ in alike), strict=True)
        arms = {data_set: _name(arm.name, data_set, shared) for data_set, arm in named}
        first = alike[0][0]
        title = first.name if first.name in shared else first.title.partition(", ")[2]
        yield Contrast(title or first.title, arms)
