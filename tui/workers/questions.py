"""Background jobs that compare arms and summarise sweeps, as values that can be compared.

A question that equals the last one is not asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hiss.studies.sweep import Sweep
from hiss.tui.state import comparing
from hiss.tui.state.findings import Findings
from hiss.tui.state.model import Runs
from hiss.tui.workers import messages

if TYPE_CHECKING:
    from hiss.data.spec import Mode
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Fingerprint
    from hiss.studies.search import Search
    from hiss.tui.state.model import Key, Lab, Stage


@dataclass(frozen=True, slots=True)
class AboutComparison:
    """The comparison of arms with their baselines, on the replicates so far."""

    arms: tuple[Experiment, ...]
    runs: Runs
    """The runs of the arms that have begun."""
    declared: int
    mode: Mode
    baseline: str | None
    metric: str | None

    def answer(self) -> messages.Compared:
        """Compare the arms."""
        from hiss.studies.comparison import Scored, compare_arms

        trained = {
            run.name: (run.replicates, run.curves.rows if run.curves else None) for run in self.runs
        }
        comparisons = compare_arms(
            [Scored(arm, *trained.get(arm.name, ())) for arm in self.arms],
            declared=self.declared,
            mode=self.mode,
            baseline=self.baseline,
            metric=self.metric,
        )
        return messages.Compared(comparisons)


@dataclass(frozen=True, slots=True)
class AboutSweep:
    """The findings of a sweep on the replicates so far, in its present stage."""

    search: Search
    stage: Stage
    study: Study
    runs: Runs
    base: Sweep | None
    """The sweep after the stages before."""
    fingerprint: Fingerprint
    key: Key
    metric: str | None = None
    """Name of the score by which the grid is judged; None for the usual one."""

    def answer(self) -> messages.Swept:
        """Summarise the sweep."""
        return messages.Swept(self.key, Findings.of(self._found()))

    def _found(self) -> Sweep:
        from hiss.results.outcomes import Arm, Result
        from hiss.studies.sweep import confirmed, searched, with_finer

        arms = [Arm(run.experiment, run.replicates, run.curves) for run in self.runs if run.curves]
        result = Result(self.study, tuple(arms), self.fingerprint, 0.0)
        if self.stage == "grid" or self.base is None:
            return searched(self.search, result, self.metric)
        return (with_finer if self.stage == "finer" else confirmed)(self.base, result)


def about_comparison(lab: Lab) -> AboutComparison | None:
    """Return the question of the present comparison; None where nothing is chosen."""
    now = lab.comparing
    arms = comparing.arms(lab)
    if len(arms) < 2:
        return None
    trained = now.study is not None and now.study.arms == arms
    study = now.study if trained else None
    return AboutComparison(
        arms=arms,
        runs=now.runs if trained else (),
        declared=study.repeats if study else lab.declared,
        mode=study.mode if study else "article",
        baseline=now.baseline or None,
        metric=comparing.metric(lab) or None,
    )


def about_sweep(lab: Lab) -> AboutSweep | None:
    """Return the question of the present sweep; None before a replicate of it has ended."""
    now = lab.sweeping
    begun = any(run.replicates for run in now.stage_runs)
    if now.search is None or now.study is None or lab.backend is None or not begun or now.settled:
        return None
    return AboutSweep(
        search=now.search,
        stage=now.stage,
        study=now.study,
        runs=now.stage_runs,
        base=now.base,
        fingerprint=lab.backend,
        key=now.trained,
        metric=now.metric or None,
    )
