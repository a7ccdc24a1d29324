"""Transitions of the sweep screen.

Neither numpy nor pydantic is imported before it is needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state.model import Key, Run, Stage, Sweeping
from hiss.tui.state.runs import fresh_runs, with_arms
from hiss.tui.state.undo import undone

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment, Study
    from hiss.studies.search import Grid, Place, Search
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.model import Lab


def entered(lab: Lab) -> Lab:
    """Plan to sweep the only marked experiment, or at first the selected one."""
    chosen = next(iter(lab.marked)) if len(lab.marked) == 1 else ""
    if not chosen and not lab.sweeping.target and lab.experiment is not None:
        chosen = lab.highlighted
    return targeted(lab, chosen) if chosen else lab


def targeted(lab: Lab, name: str) -> Lab:
    """Plan to sweep another experiment, over the grid that suits it."""
    if name == lab.sweeping.target:
        return lab
    return replace(lab, sweeping=replace(lab.sweeping, target=name, grid=None))


def gridded(lab: Lab, grid: Grid) -> Lab:
    """Plan to sweep over another grid."""
    return replace(lab, sweeping=replace(lab.sweeping, grid=grid))


def target(lab: Lab) -> Experiment | None:
    """Return the experiment that is planned to be swept."""
    return next((one for one in lab.experiments if one.name == lab.sweeping.target), None)


def started(lab: Lab, search: Search, study: Study) -> Lab:
    """Start a sweep, and drop the findings of the one before."""
    plan = lab.sweeping
    arm = search.experiment.name
    lab = with_arms(replace(lab, ending=None), (arm,))
    runs = fresh_runs(lab, study, arm)
    begun = Sweeping(plan.target, plan.grid, search, "grid", study, runs, metric=plan.metric)
    return replace(lab, phase="running", where="sweep", sweeping=begun)


def continued(lab: Lab, stage: Stage, study: Study) -> Lab:
    """Start a further stage: a finer grid, or a confirmation."""
    now = lab.sweeping
    assert now.findings is not None
    assert now.search is not None
    arm = now.search.experiment.name
    lab = with_arms(replace(lab, ending=None), (arm,))
    runs = fresh_runs(lab, study, arm)
    base = now.findings.found
    moved = replace(now, stage=stage, study=study, base=base, found_in=(), place=None)
    if stage == "confirmation":
        moved = replace(moved, confirming=runs)
    else:
        names = {run.name for run in runs}
        moved = replace(moved, runs=(*(one for one in now.runs if one.name not in names), *runs))
    return replace(lab, phase="running", where="sweep", sweeping=moved)


def answered(lab: Lab, key: Key, findings: Findings) -> Lab:
    """Keep the findings on the replicates of `key`, unless another study is shown by now."""
    if key[:2] != lab.sweeping.trained[:2]:
        return lab
    return replace(lab, sweeping=replace(lab.sweeping, findings=findings, found_in=key))


def cleared(lab: Lab) -> Lab:
    """Drop the runs and the findings, and keep the plan."""
    plan = lab.sweeping
    if plan.study is None or (lab.running and lab.where == "sweep"):
        return lab
    return replace(lab, sweeping=Sweeping(plan.target, plan.grid, metric=plan.metric, before=plan))


def restored(lab: Lab) -> Lab:
    """Bring back the sweep that was cleared or followed by this one, and keep the plan."""
    plan = lab.sweeping
    return replace(lab, sweeping=replace(undone(plan), target=plan.target, grid=plan.grid))


def metrics(lab: Lab) -> tuple[str, ...]:
    """Return the names of the scores by which points can be judged: those that were measured."""
    from hiss.results.metrics import MEASURED

    runs = lab.sweeping.runs
    measured = {name for run in runs for one in run.replicates for name in one.scores}
    names = dict.fromkeys(f"test_{name}" for each in MEASURED.values() for name in each)
    return tuple(name for name in names if name in measured)


def metric_cycled(lab: Lab) -> Lab:
    """Judge points by the next score."""
    known, now = metrics(lab), lab.sweeping
    judged = now.findings.found.metric if now.findings else ""
    place = known.index(judged) if judged in known else -1
    following = known[(place + 1) % len(known)]
    return replace(lab, sweeping=replace(now, metric=following, found_in=()))


def place(lab: Lab) -> Place | None:
    """Return the selected point; if none is: the one in training, the best, or the first."""
    now, search = lab.sweeping, lab.sweeping.shown
    if now.place is not None or search is None:
        return now.place
    if lab.where == "sweep" and (lab.running or lab.history.watched):
        training = next((run for run in now.stage_runs if run.state != "ended"), None)
        found = next((p for p in search.places if training and _is(search, p, training)), None)
        if found is not None:
            return found
    best = now.findings.best if now.findings else None
    return best if best is not None else search.places[0]


def moved(lab: Lab, across: int, down: int) -> Lab:
    """Select another point of the grid; over one strength, all arrows move along it."""
    search, now = lab.sweeping.shown, place(lab)
    if search is None or now is None:
        return lab
    steps = (across + down,) if len(search.axes) == 1 else (down, across)
    return replace(lab, sweeping=replace(lab.sweeping, place=_stepped(search, now, steps)))


def run_at(lab: Lab, at: Place | None) -> Run | None:
    """Return the run of a point, if it has begun."""
    search = lab.sweeping.shown
    if search is None or at is None:
        return None
    return next((run for run in lab.sweeping.runs if _is(search, at, run)), None)


def _is(search: Search, at: Place, run: Run) -> bool:
    return run.name == search.arm_name(at)


def _stepped(search: Search, now: Place, steps: tuple[int, ...]) -> Place:
    stepped = []
    for axis, value, step in zip(search.axes, now, steps, strict=True):
        strengths = axis.strengths
        at = strengths.index(value) if value in strengths else 0
        stepped.append(strengths[max(0, min(len(strengths) - 1, at + step))])
    return tuple(stepped)
