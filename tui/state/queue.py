"""The queue: studies that are started while another trains wait for their turn.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state import sweeping, transitions
from hiss.tui.state.model import Comparing, Runs, Sweeping, Waiting
from hiss.tui.state.settings import Setting, counted
from hiss.tui.state.undo import chain, chained

if TYPE_CHECKING:
    from hiss.tui.state.model import Lab

UNDO = 40
"""Replaced runs that are kept at most: each holds the curves of all its repeats."""
STAGES = {"grid": "sweep", "finer": "finer grid", "confirmation": "confirmation"}
"""The stages of a sweep in words."""


def started(lab: Lab, entry: Waiting) -> Lab:
    """Begin a study, or have it wait where another trains.

    A further stage of a sweep waits before all other studies. Marks are used up either way.
    """
    if not lab.running:
        return _begun(lab, entry)
    place = sum(one.stage != "grid" for one in lab.waiting) if entry.stage != "grid" else None
    marked = lab.marked if entry.search else frozenset()
    return replace(_inserted(lab, entry, place), marked=marked)


def advanced(lab: Lab) -> Lab:
    """Begin the next study once none is running; what it replaces can be brought back.

    The user's choice of presets, of arms to compare and of what to sweep stays where it can.
    """
    if lab.running or not lab.waiting:
        return lab
    entry, *rest = lab.waiting
    begun = _begun(replace(_with_sweep(lab, entry), waiting=tuple(rest)), entry)
    return replace(
        begun,
        marked=lab.marked,
        cleared=(*_replaced(lab.runs, begun.runs), *lab.cleared)[:UNDO],
        comparing=_compared(lab, begun),
        sweeping=_swept(lab, begun),
    )


def running(lab: Lab) -> Waiting | None:
    """Return the running study."""
    study, sweep = lab.latest_study, lab.sweeping
    if study is None or not lab.running:
        return None
    if lab.where == "sweep":
        return Waiting(study, "sweep", sweep.search, sweep.stage)
    return Waiting(study, "compare" if lab.comparing.study is study else "lab")


def can_move(lab: Lab, place: int, step: int) -> bool:
    """Return whether the study at a place can be moved by `step` places."""
    return {place, place + step} <= set(range(len(lab.waiting)))


def moved(lab: Lab, place: int, step: int) -> Lab:
    """Move the study at a place by `step` places, where there are such places."""
    if not can_move(lab, place, step):
        return lab
    return _inserted(dropped(lab, place), lab.waiting[place], place + step)


def dropped(lab: Lab, place: int) -> Lab:
    """Drop the study at a place."""
    return replace(lab, waiting=lab.waiting[:place] + lab.waiting[place + 1 :])


def emptied(lab: Lab) -> Lab:
    """Drop all studies that wait."""
    return replace(lab, waiting=())


def place_of(lab: Lab, entry: Waiting | None) -> int | None:
    """Return the place of this very study, from 0; None if it does not wait."""
    places = (place for place, one in enumerate(lab.waiting) if one is entry)
    return next(places, None)


def stage_waits(lab: Lab) -> bool:
    """Return whether a further stage of the sweep on the screen waits."""
    search = lab.sweeping.search
    return any(one.stage != "grid" and one.search is search for one in lab.waiting)


def outdone(lab: Lab, shown: Runs, entry: Waiting) -> dict[str, int]:
    """Return the arms of which more repeats are there than a study would train in their place.

    Args:
        lab: The state; what trains and what waits is there once the study begins.
        shown: The runs on the screen.
        entry: The study.

    Returns:
        The most repeats of each such arm, by name.
    """
    most = {run.name: len(run.replicates) for run in shown}
    for one in filter(None, (running(lab), *lab.waiting)):
        if (one.search is None) == (entry.search is None):
            most |= {arm.name: max(one.study.repeats, most.get(arm.name, 0))
                     for arm in one.study.arms}  # fmt: skip
    names = (arm.name for arm in entry.study.arms)
    return {name: most[name] for name in names if most.get(name, 0) > entry.study.repeats}


def title(entry: Waiting) -> str:
    """Return what a study trains: `baseline, input-noise`, `sweep of baseline, 6 points`."""
    arms = entry.study.arms
    if entry.search is not None:
        name = _short(entry.search.experiment.name)
        return f"{STAGES[entry.stage]} of {name}, {counted(len(arms), 'point')}"
    names = ", ".join(_short(arm.name) for arm in arms)
    return f"comparison of {names}" if entry.origin == "compare" else names


def made_by(entry: Waiting) -> str:
    """Return what a study is set to: `seed 1 · 30 repeats · article mode`."""
    study = entry.study
    return " · ".join(Setting(study.seed, study.repeats, study.mode).words)


def position(lab: Lab, entry: Waiting) -> str:
    """Return where a study waits: `waits: 2nd in the queue`; empty if it does not."""
    place = place_of(lab, entry)
    return "" if place is None else f"waits: {_ordinal(place + 1)} in the queue"


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _inserted(lab: Lab, entry: Waiting, place: int | None) -> Lab:
    """Insert a study at a place; at the end if it is None."""
    at = len(lab.waiting) if place is None else place
    return replace(lab, waiting=(*lab.waiting[:at], entry, *lab.waiting[at:]))


def _begun(lab: Lab, entry: Waiting) -> Lab:
    if entry.search is None:
        return transitions.study_started(lab, entry.study, entry.origin == "compare")
    if entry.stage == "grid":
        return sweeping.started(lab, entry.search, entry.study)
    return sweeping.continued(lab, entry.stage, entry.study)


def _with_sweep(lab: Lab, entry: Waiting) -> Lab:
    """Return the state with the sweep that a further stage goes on from, and the user's plan."""
    if entry.sweep is None:
        return lab
    plan = lab.sweeping
    return replace(lab, sweeping=replace(entry.sweep, target=plan.target, grid=plan.grid))


def _replaced(before: Runs, now: Runs) -> Runs:
    """Return the runs with results that a study has replaced."""
    kept = {id(run) for run in now}
    return tuple(run for run in before if run.replicates and id(run) not in kept)


def _compared(before: Lab, now: Lab) -> Comparing:
    if now.comparing.study is before.comparing.study:
        return now.comparing
    past = (one for one in chain(before.comparing) if one.runs)
    return chained((now.comparing, *past)) or now.comparing


def _swept(before: Lab, now: Lab) -> Sweeping:
    if now.sweeping.study is before.sweeping.study:
        return now.sweeping
    search = now.sweeping.search
    past = (one for one in chain(before.sweeping) if one.runs and one.search is not search)
    return chained((now.sweeping, *past)) or now.sweeping
