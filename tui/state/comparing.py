"""Transitions of the comparison screen.

Neither numpy nor pydantic is imported before it is needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state.model import Comparing, Runs
from hiss.tui.state.undo import undone

if TYPE_CHECKING:
    from hiss.data.arrays import Task
    from hiss.experiment.spec import Experiment, Study
    from hiss.studies.verdicts import Comparison
    from hiss.tui.state.model import Lab


def entered(lab: Lab) -> Lab:
    """Compare the marked experiments, or at first the selected one."""
    chosen = tuple(one.name for one in lab.experiments if one.name in lab.marked)
    if not chosen and not lab.comparing.targets and lab.experiment is not None:
        chosen = (lab.highlighted,)
    return targeted(lab, chosen) if chosen else lab


def targeted(lab: Lab, names: tuple[str, ...]) -> Lab:
    """Compare these experiments, and drop the comparisons of others."""
    if names == lab.comparing.targets or _training(lab):
        return lab
    return replace(lab, comparing=Comparing(names, before=_kept(lab.comparing)))


def arms(lab: Lab) -> tuple[Experiment, ...]:
    """Return all arms of the comparison: baselines first, then the chosen experiments.

    A single experiment with noise that has no baseline is compared with itself without noise; one
    without noise, with its whole group.
    """
    if lab.comparing.opened:
        return lab.comparing.opened
    chosen = _named(lab, lab.comparing.targets)
    if not chosen:
        return ()
    from hiss.studies.baselines import own_baseline, with_partners

    whole = with_partners(chosen, lab.experiments)
    if len(whole) != 1:
        return whole
    if off := own_baseline(whole):
        return (*off, *whole)
    group = [one for one in lab.experiments if one.group == whole[0].group]
    return with_partners(group, lab.experiments)


def started(lab: Lab, study: Study, runs: Runs) -> Lab:
    """Show a study that compares; the metric stays, and the baseline if it is an arm."""
    before = lab.comparing
    names = tuple(arm.name for arm in study.arms)
    baseline = before.baseline if before.baseline in names else ""
    same = arms(lab) == study.arms
    targets = before.targets if same else names
    return replace(
        lab,
        comparing=replace(
            before,
            targets=targets,
            baseline=baseline,
            study=study,
            runs=runs,
            comparisons=(),
            opened=before.opened if same else (),
            warning=None,
            before=None,
        ),
    )


def cleared(lab: Lab) -> Lab:
    """Drop the runs, and keep the choice of arms and baseline."""
    now = lab.comparing
    if now.study is None or _training(lab):
        return lab
    left = Comparing(now.targets, now.baseline, before=_kept(now))
    return replace(
        lab, comparing=left if now.warning is not None else replace(left, opened=now.opened)
    )


def restored(lab: Lab) -> Lab:
    """Bring back the comparison that was cleared, given up for other arms, or followed by this."""
    return replace(lab, comparing=undone(lab.comparing))


def metrics(lab: Lab) -> tuple[str, ...]:
    """Return the names of the scores that the arms can be compared on, the usual one first.

    Of arms that were trained by an earlier hiss, only what it measured.
    """
    from hiss.results.metrics import MEASURED

    previews = [lab.previews.get(arm.name) for arm in arms(lab)]
    task: Task = next((one.task for one in previews if one is not None), "binary")
    measured = {name for run in lab.comparing.runs for one in run.replicates for name in one.scores}
    usual = (name if name == "brier" else f"test_{name}" for name in MEASURED[task])
    return tuple(name for name in usual if name in measured or not measured)


def metric(lab: Lab) -> str:
    """Return the score that is chosen; empty where the arms do not have it."""
    chosen = lab.comparing.metric
    return chosen if chosen in metrics(lab) else ""


def metric_cycled(lab: Lab) -> Lab:
    """Compare on the next score."""
    known, now = metrics(lab), lab.comparing.metric
    place = known.index(now) if now in known else 0
    return replace(lab, comparing=replace(lab.comparing, metric=known[(place + 1) % len(known)]))


def baseline_cycled(lab: Lab) -> Lab:
    """Compare with the next arm; after the last, with each arm's own baseline."""
    names = ("", *(arm.name for arm in arms(lab)))
    now = lab.comparing
    place = names.index(now.baseline) if now.baseline in names else 0
    baseline = names[(place + 1) % len(names)]
    return replace(lab, comparing=replace(now, baseline=baseline, cursor=0))


def cursor_moved(lab: Lab, step: int) -> Lab:
    """Select a neighbouring comparison."""
    last = len(lab.comparing.comparisons) - 1
    place = max(0, min(last, lab.comparing.cursor + step))
    return replace(lab, comparing=replace(lab.comparing, cursor=place))


def answered(lab: Lab, comparisons: tuple[Comparison, ...]) -> Lab:
    """Keep comparisons, unless other arms are chosen by now."""
    if not {one.arm for one in comparisons} <= {arm.name for arm in arms(lab)}:
        return lab
    cursor = min(lab.comparing.cursor, max(0, len(comparisons) - 1))
    return replace(lab, comparing=replace(lab.comparing, comparisons=comparisons, cursor=cursor))


def kept_before(lab: Lab) -> Comparing | None:
    """Return the comparison that undo brings back once another takes its place."""
    return _kept(lab.comparing)


def _kept(now: Comparing) -> Comparing | None:
    """Return the last comparison with results."""
    return now.before if now.study is None else now


def _training(lab: Lab) -> bool:
    return lab.running and lab.study is not None and lab.study is lab.comparing.study


def _named(lab: Lab, names: tuple[str, ...]) -> tuple[Experiment, ...]:
    return tuple(one for one in lab.experiments if one.name in names)
