"""What is worked out beside the training: comparisons, and what a sweep has found.

The answers need scipy, which takes most of a second to import, so that none is worked out on the
thread that draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui import comparing, messages
from tui.runs import Runs

if TYPE_CHECKING:
    from engine.results import Fingerprint
    from engine.search import Search
    from engine.spec import Experiment, Mode, Study
    from engine.sweeping import Sweep
    from tui.state import Lab
    from tui.sweeping import Key, Stage


@dataclass(frozen=True, slots=True)
class AboutComparison:
    """What arms show by now against their baselines."""

    arms: tuple[Experiment, ...]
    runs: Runs
    """As far as the arms have been trained."""
    declared: int
    mode: Mode
    baseline: str | None
    metric: str | None

    def answer(self) -> messages.Compared:
        """Compare the arms."""
        from engine.comparison import compare_arms
        from engine.curves import Curves
        from engine.results import Arm

        trained = {run.name: run.replicates for run in self.runs}
        none = Curves((), 0, 0)
        arms = [Arm(arm, trained.get(arm.name, ()), none) for arm in self.arms]
        found = compare_arms(arms, self.declared, self.mode, self.baseline, self.metric)
        return messages.Compared(found)


@dataclass(frozen=True, slots=True)
class AboutSweep:
    """What a sweep shows by now, in its present stage."""

    search: Search
    stage: Stage
    study: Study
    runs: Runs
    base: Sweep | None
    """What the stages before have found."""
    fingerprint: Fingerprint
    key: Key

    def answer(self) -> messages.Swept:
        """Read the study of the stage."""
        from tui.findings import Findings

        return messages.Swept(self.key, Findings.of(self._found()))

    def _found(self) -> Sweep:
        from engine.results import Arm, Result
        from engine.sweeping import confirmed, searched, with_finer

        arms = [Arm(run.experiment, run.replicates, run.curves) for run in self.runs if run.curves]
        result = Result(self.study, tuple(arms), self.fingerprint, 0.0)
        if self.stage == "grid" or self.base is None:
            return searched(self.search, result)
        return (with_finer if self.stage == "finer" else confirmed)(self.base, result)


def about_comparison(lab: Lab) -> AboutComparison | None:
    """What the present comparison wants to know; None where nothing is chosen."""
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
        metric=now.metric or None,
    )


def about_sweep(lab: Lab) -> AboutSweep | None:
    """What the present sweep wants to know; None before anything of it has ended."""
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
        key=now.asked,
    )
