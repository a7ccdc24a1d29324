"""What the console knows, as frozen values.

Neither numpy nor pydantic is imported here, so that the first picture does not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.data.spec import Mode
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.curves import Curves
    from hiss.results.outcomes import Fingerprint, Replicate
    from hiss.studies.search import Grid, Place, Search
    from hiss.studies.sweep import Sweep
    from hiss.studies.verdicts import Comparison
    from hiss.tui.state.findings import Findings

RunState = Literal["queued", "loading TensorFlow", "compiling", "training", "ended"]


@dataclass(frozen=True, slots=True)
class Run:
    """One arm on the screen: an experiment that waits, trains or has ended."""

    experiment: Experiment
    repeats: int
    state: RunState = "queued"
    curves: Curves | None = None
    replicates: tuple[Replicate, ...] = ()

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self.experiment.name

    @property
    def failed(self) -> frozenset[int]:
        """The numbers of the replicates that failed."""
        return frozenset(one.replicate for one in self.replicates if one.status == "failed")


Runs = tuple[Run, ...]


Quantity = Literal["accuracy", "loss"]
BandKind = Literal["sd", "ci95"]


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn of what has been trained."""

    quantity: Quantity = "accuracy"
    smooth: bool = False
    """Whether curves are drawn as moving averages."""
    band: BandKind = "sd"
    """What is drawn about the mean of repeats."""
    training: bool | None = None
    """Whether training curves are drawn; None draws them where there is one arm."""
    every: bool = False
    """Whether every replicate is drawn below the mean, instead of a band."""
    replicate: int | None = None
    """The only replicate that is drawn, from 0; None draws the mean."""
    strips: bool = False
    """Whether every replicate's score is drawn in place of the table."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """Arms that are compared with their baselines, and what that has shown so far."""

    targets: tuple[str, ...] = ()
    """Names of the experiments that were chosen."""
    baseline: str = ""
    """Name of the arm that all are compared with; empty lets each have its own."""
    metric: str = ""
    """The score compared; empty takes the usual one for the task."""
    study: Study | None = None
    """The study that compares, or did last."""
    runs: Runs = ()
    comparisons: tuple[Comparison, ...] = ()
    cursor: int = 0
    """The place of the comparison that is looked at."""

    @property
    def current(self) -> Comparison | None:
        """The comparison below the cursor."""
        return self.comparisons[self.cursor] if self.cursor < len(self.comparisons) else None


Stage = Literal["grid", "finer", "confirmation"]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sweeping:
    """One sweep that is planned, and the last that was begun with all that came of it."""

    target: str = ""
    """Name of the experiment to sweep next."""
    grid: Grid | None = None
    """The strengths to try next; None takes those that suit the experiment."""
    search: Search | None = None
    """What was last begun."""
    stage: Stage = "grid"
    study: Study | None = None
    """The study of the present stage."""
    runs: Runs = ()
    """All points of the grid and of the finer one."""
    confirming: Runs = ()
    """The best and no noise, on fresh replicates."""
    base: Sweep | None = None
    """What the stages before this one have found."""
    findings: Findings | None = None
    """What is known by now."""
    answered: Key = ()
    """What that answers: see `asked`."""
    place: Place | None = None
    """The point that is looked at; None follows the training, and then the best."""

    @property
    def stage_runs(self) -> Runs:
        """The runs of the present stage."""
        return self.confirming if self.stage == "confirmation" else of_study(self.runs, self.study)

    def with_stage_runs(self, runs: Runs) -> Sweeping:
        """Put other runs in their place."""
        if self.stage == "confirmation":
            return replace(self, confirming=runs)
        before = {run.name for run in self.stage_runs}
        kept = tuple(run for run in self.runs if run.name not in before)
        return replace(self, runs=kept + runs)

    @property
    def asked(self) -> Key:
        """What has been trained in the present stage: what there is to find something in."""
        trained: list[tuple[Replicate, ...]] = [run.replicates for run in self.stage_runs]
        return (self.stage, *trained)

    @property
    def settled(self) -> bool:
        """Whether the findings are those of all that has been trained."""
        return self.findings is not None and self.answered == self.asked

    @property
    def shown(self) -> Search | None:
        """The grid on the screen, with the points that were added to it."""
        return self.findings.found.search if self.findings else self.search


def of_study(runs: Runs, study: Study | None) -> Runs:
    """The runs that belong to a study, in its order."""
    by_name = {run.name: run for run in runs}
    arms = study.arms if study else ()
    return tuple(by_name[arm.name] for arm in arms if arm.name in by_name)


Phase = Literal["idle", "running", "stopping"]
Where = Literal["lab", "sweep"]


@dataclass(frozen=True, slots=True)
class Lab:
    """All that the console shows."""

    read: bool = False
    """Whether the presets have been read."""
    experiments: tuple[Experiment, ...] = ()
    problems: tuple[PresetError, ...] = ()
    user_presets: frozenset[str] = frozenset()
    """Names of the experiments that are presets of the user's."""
    drafts: frozenset[str] | None = None
    """Names of the experiments that have drafts; None until somebody has looked."""
    previews: Mapping[str, Preview] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    highlighted: str = ""
    """The name of the experiment below the cursor; empty when there is none."""
    view: View = field(default_factory=View)
    repeats: int = 0
    """How often the lab trains every arm; 0 leaves it to the presets."""
    declared: int = 30
    """How often comparisons and sweeps do: the n that is declared beforehand."""
    seed: int = 1
    mode: Mode | None = None
    """What differs between replicates; None takes what the presets propose."""
    backend: Fingerprint | None = None
    """The machine that trains; None until TensorFlow is there."""
    phase: Phase = "idle"
    where: Where = "lab"
    """Where the study that runs, or the last one that did, is shown."""
    study: Study | None = None
    """The lab's study that runs, or the last one that did; comparisons are among them."""
    runs: Runs = ()
    """All arms in the lab, those of earlier studies too."""
    comparing: Comparing = field(default_factory=Comparing)
    sweeping: Sweeping = field(default_factory=Sweeping)

    @property
    def running(self) -> bool:
        """Whether a study has been started whose last word has not come."""
        return self.phase != "idle"

    @property
    def chosen(self) -> tuple[Experiment, ...]:
        """The experiments that a start would run: those marked, else the one highlighted."""
        names = self.marked or {self.highlighted}
        return tuple(one for one in self.experiments if one.name in names)

    @property
    def experiment(self) -> Experiment | None:
        """The experiment below the cursor."""
        return next((one for one in self.experiments if one.name == self.highlighted), None)

    @property
    def studied(self) -> Runs:
        """The runs of the present or last study, wherever it is shown, in its order."""
        if self.where == "sweep":
            return self.sweeping.stage_runs
        return of_study(self.runs, self.study)
