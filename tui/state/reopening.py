"""Transitions that show kept studies: opened, read again, side by side, and trained on.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state import comparing, sweeping, transitions
from hiss.tui.state.history import changed, made
from hiss.tui.state.kept import Reopened
from hiss.tui.state.model import Comparing, Lab, Run, Runs, RunState, Stage, Sweeping
from hiss.tui.state.runs import with_arms

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Arm
    from hiss.studies.beside import SideBySide
    from hiss.studies.search import Grid, Search
    from hiss.tui.state.findings import Findings


def obstacle(lab: Lab, kind: str) -> str:
    """Return why a study of a kind cannot be shown now; empty if it can."""
    if lab.running and (lab.where == "sweep") == (kind == "sweep"):
        return "A study is being trained on that screen: x stops it."
    return ""


def opened(lab: Lab, found: Reopened) -> Lab:
    """Show a kept study as if it had just been trained, on the screen where it belongs."""
    study = found.order.study
    idle = not lab.running
    watched = found.id if found.unfinished else ""
    lab = replace(changed(lab, watched=watched, interrupted=""), marked=frozenset())
    if found.search is not None:
        lab = with_arms(lab, (found.search.experiment.name,))
        lab = replace(lab, sweeping=_sweeping(lab, found, found.search))
        return replace(lab, where="sweep", ending=None) if idle else lab
    lab = with_arms(lab, (arm.name for arm in study.arms))
    runs = _runs(lab, study, found.arms, found)
    names = {run.name for run in runs}
    others = tuple(run for run in lab.runs if run.name not in names)
    if found.order.kind == "compare" or (study.repeats > 1 and len(study.arms) > 1):
        lab = replace(lab, comparing=_comparing(lab, found, runs))
    lab = made(lab, study, found.id)
    return replace(lab, where="lab", study=study, runs=others + runs, ending=None)


def reread(lab: Lab, name: str, found: Reopened | None) -> Lab:
    """Show how far a study that another process trains has come since."""
    if name != lab.history.watched:
        return lab
    if found is None or obstacle(lab, found.order.kind) or not _on_screen(lab, found):
        return changed(lab, watched="")
    at, before, ending = lab.sweeping.place, lab.comparing, lab.ending
    marked, where, latest = lab.marked, lab.where, lab.study
    lab = opened(lab, found)
    now = replace(
        lab.comparing,
        metric=before.metric,
        baseline=before.baseline,
        cursor=before.cursor,
        comparisons=before.comparisons,
        before=before.before,
    )
    undo = replace(lab.sweeping, place=at, before=None)
    return replace(
        lab,
        comparing=now if lab.comparing is not before else before,
        sweeping=undo if found.search is not None else lab.sweeping,
        marked=marked,
        ending=ending,
        where=where if lab.running else lab.where,
        study=latest if lab.running else lab.study,
    )


def _on_screen(lab: Lab, found: Reopened) -> bool:
    """Return whether an opened study has not been cleared or replaced since."""
    if found.search is not None:
        return lab.sweeping.kept == found.id
    return any(run.kept == found.id for run in lab.runs)


def resumed(lab: Lab, found: Reopened) -> Lab:
    """Start a kept study that goes on, on the screen where it belongs."""
    study = found.order.study
    if found.search is not None:
        search = found.search
        plan = replace(
            lab.sweeping,
            target=search.experiment.name,
            grid=_grid(search),
            metric=_metric(found),
            kept=found.id,
        )
        lab = sweeping.started(replace(lab, sweeping=plan), search, search.study())
        return replace(lab, sweeping=replace(lab.sweeping, kept=found.id))
    lab = transitions.study_started(lab, study, compared=found.order.kind == "compare")
    if lab.comparing.study is study:
        lab = replace(lab, comparing=_as_asked(lab.comparing, found))
    return lab


def stage_begun(lab: Lab, stage: Stage, study: Study, findings: Findings) -> Lab:
    """Go on to a further stage of a sweep that is trained in one go."""
    if lab.where != "sweep":
        return lab
    phase = lab.phase
    now = replace(lab.sweeping, findings=findings)
    return replace(sweeping.continued(replace(lab, sweeping=now), stage, study), phase=phase)


def opened_beside(lab: Lab, found: SideBySide) -> Lab:
    """Compare arms of several kept studies."""
    lab = with_arms(lab, (arm.name for arm in found.study.arms))
    runs = tuple(
        replace(_run(lab, study, arm, "ended"), kept=name)
        for arm, (name, study) in zip(found.arms, found.made_by, strict=True)
    )
    now = comparing.started(lab, found.study, runs).comparing
    names = tuple(arm.name for arm in found.study.arms)
    return replace(
        changed(lab, watched="", interrupted=""),
        marked=frozenset(),
        comparing=replace(
            now,
            targets=names,
            baseline="",
            opened=found.study.arms,
            warning=", ".join(found.warnings),
            before=comparing.kept_before(lab),
        ),
    )


def _runs(lab: Lab, study: Study, arms: Iterable[Arm], found: Reopened) -> Runs:
    made = []
    for arm in arms:
        ended = not found.unfinished or len(arm.replicates) == study.repeats
        state: RunState = "ended" if ended else "training"
        made.append(replace(_run(lab, study, arm, state), kept=found.id))
    return tuple(made)


def _run(lab: Lab, study: Study, arm: Arm, state: RunState, place: str = "") -> Run:
    return Run(
        arm.experiment,
        study.repeats,
        state,
        arm.curves,
        arm.replicates,
        seed=study.seed,
        mode=study.mode,
        place=lab.arms.index(place or arm.experiment.name),
    )


def _comparing(lab: Lab, found: Reopened, runs: Runs) -> Comparing:
    before = comparing.kept_before(lab)
    now = comparing.started(lab, found.order.study, runs).comparing
    return replace(_as_asked(now, found), before=before, cursor=0)


def _as_asked(now: Comparing, found: Reopened) -> Comparing:
    """Compare with the baseline and on the metric that were asked for."""
    options, study = found.order.options, found.order.study
    return replace(
        now,
        targets=tuple(arm.name for arm in study.arms),
        opened=study.arms,
        baseline=str(options.get("baseline") or ""),
        metric=_metric(found),
    )


def _metric(found: Reopened) -> str:
    """Return the name of the score that was asked for; empty for the usual one."""
    return str(found.order.options.get("metric") or "")


def _sweeping(lab: Lab, found: Reopened, search: Search) -> Sweeping:
    name = search.experiment.name
    runs: list[Run] = []
    confirming: list[Run] = []
    for place, stage in enumerate(found.stages):
        group = confirming if stage_name(place, stage.study, search) == "confirmation" else runs
        for arm in stage.result.arms:
            ended = not found.unfinished or len(arm.replicates) == stage.study.repeats
            run = _run(lab, stage.study, arm, "ended" if ended else "training", name)
            group.append(replace(run, kept=found.id))
    last, place = found.stages[-1], len(found.stages) - 1
    now = Sweeping(
        target=name,
        grid=_grid(search),
        search=search,
        stage=stage_name(place, last.study, search),
        study=last.study,
        runs=tuple(runs),
        confirming=tuple(confirming),
        base=found.stages[place - 1].sweep if place else None,
        findings=found.findings,
        metric=_metric(found),
        kept=found.id,
        before=lab.sweeping if lab.sweeping.study else lab.sweeping.before,
    )
    return replace(now, found_in=now.trained)


def stage_name(place: int, study: Study, search: Search) -> Stage:
    """Return which stage of a sweep a study is: the confirmation has seeds of its own."""
    if place == 0:
        return "grid"
    return "finer" if study.seed == search.base.seed else "confirmation"


def _grid(search: Search) -> Grid:
    """Return the grid of a sweep as it is planned."""
    from hiss.studies.search import Grid

    first, *others = search.axes
    if not others:
        return Grid(first.site.name, first.strengths)
    return Grid(first.site.name, first.strengths, others[0].site.name, others[0].strengths)
