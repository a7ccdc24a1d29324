"""The state of the console, as frozen values, without numpy or pydantic: they import slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from hiss.tui.state.kept import History
from hiss.tui.state.settings import Setting
from hiss.tui.state.view import View

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
    from hiss.training.gpu_load import GpuLoad
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.models import Opened

RunState = Literal["queued", "loading TensorFlow", "compiling", "training", "ended"]
Stage = Literal["grid", "finer", "confirmation"]
Phase = Literal["idle", "running", "stopping"]
Where = Literal["lab", "sweep"]
Origin = Literal["lab", "compare", "sweep"]
BROKEN = "!"
"""Begins the name in the list of a preset file that cannot be read."""
Key = tuple[object, ...]
"""Identifies the replicates that findings are about."""


@dataclass(frozen=True, slots=True)
class Run:
    """One arm of a study: an experiment that waits, trains or has ended."""

    experiment: Experiment
    repeats: int
    """Number of replicates that the study trains."""
    state: RunState = "queued"
    curves: Curves | None = None
    """The metrics of every epoch, written by the engine thread; None before compilation."""
    replicates: tuple[Replicate, ...] = ()
    """The replicates that have ended."""
    seed: int = 1
    """The seed of the study."""
    mode: Mode = "article"
    """What differs between the replicates of the study."""
    place: int = 0
    """Number of the arm in the session, from 0, which decides on its colour and symbol."""
    kept: str = ""
    """ID of the kept study that it was opened from; empty if it was trained here."""

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self.experiment.name

    @property
    def setting(self) -> Setting:
        """What the study was set to."""
        return Setting(self.seed, self.repeats, self.mode, self.kept)

    @property
    def failed(self) -> frozenset[int]:
        """The numbers of the replicates that failed."""
        return frozenset(one.replicate for one in self.replicates if one.status == "failed")


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How the latest study ended."""

    begun: int
    """Number of arms that were begun."""
    arms: int
    """Number of arms of the study."""
    failed: int
    """Number of replicates that failed."""
    seconds: float
    stopped: bool
    where: Where
    setting: Setting


@dataclass(frozen=True, slots=True)
class Comparing:
    """The comparison screen: the arms, and their comparisons so far."""

    targets: tuple[str, ...] = ()
    """Names of the chosen experiments."""
    baseline: str = ""
    """Name of the arm that all others are compared with; empty for each arm's own baseline."""
    metric: str = ""
    """Name of the score that is compared; empty for the usual one of the task."""
    study: Study | None = None
    """The latest study that compares these arms."""
    runs: Runs = ()
    """The runs of that study."""
    comparisons: tuple[Comparison, ...] = ()
    cursor: int = 0
    """The place of the selected comparison, from 0."""
    opened: tuple[Experiment, ...] = ()
    """The arms of a comparison that was opened from the history; empty for those of the presets."""
    warning: str | None = None
    """What differs between the studies whose arms these are; None where they are of one."""
    before: Comparing | None = None
    """The comparison that was cleared, given up or followed by this one; undo brings it back."""

    @property
    def current(self) -> Comparison | None:
        """The selected comparison."""
        return self.comparisons[self.cursor] if self.cursor < len(self.comparisons) else None


@dataclass(frozen=True, slots=True)
class Sweeping:
    """The sweep screen: the planned sweep, and the latest one with its findings."""

    target: str = ""
    """Name of the experiment to sweep next."""
    grid: Grid | None = None
    """The strengths and sites to sweep next; None for those that suit the experiment."""
    search: Search | None = None
    """The latest sweep that was started."""
    stage: Stage = "grid"
    study: Study | None = None
    """The study of the present stage."""
    runs: Runs = ()
    """The runs of all points, of the grid and of the finer one."""
    confirming: Runs = ()
    """The runs of the confirmation: the best point and no noise, on fresh replicates."""
    base: Sweep | None = None
    """The sweep after the stages before this one."""
    findings: Findings | None = None
    """The findings so far."""
    found_in: Key = ()
    """The replicates that the findings are about: `trained` at that time."""
    place: Place | None = None
    """The selected point; None follows the training, and then the best point."""
    metric: str = ""
    """Name of the score by which points are judged; empty for the usual one."""
    kept: str = ""
    """ID under which the sweep is kept; empty if it is not."""
    before: Sweeping | None = None
    """The sweep that was cleared or followed by this one; undo brings it back."""

    @property
    def stage_runs(self) -> Runs:
        """The runs of the present stage."""
        return self.confirming if self.stage == "confirmation" else of_study(self.runs, self.study)

    def with_stage_runs(self, runs: Runs) -> Sweeping:
        """Return the sweep with other runs in the present stage."""
        if self.stage == "confirmation":
            return replace(self, confirming=runs)
        before = {run.name for run in self.stage_runs}
        kept = tuple(run for run in self.runs if run.name not in before)
        return replace(self, runs=kept + runs)

    @property
    def trained(self) -> Key:
        """The stage, its study and the replicates of it that have ended."""
        return (self.stage, self.study, *(run.replicates for run in self.stage_runs))

    @property
    def settled(self) -> bool:
        """Whether the findings are about all replicates that have ended."""
        return self.findings is not None and self.found_in == self.trained

    @property
    def shown(self) -> Search | None:
        """The sweep on the screen, with the points added to its grid."""
        return self.findings.found.search if self.findings else self.search


@dataclass(frozen=True, slots=True)
class Waiting:
    """A study as it was when it was started, with what its screen needs to show it."""

    study: Study
    origin: Origin = "lab"
    """The screen that it was started from; one of `compare` is compared there too."""
    search: Search | None = None
    """The sweep that it belongs to."""
    stage: Stage = "grid"
    sweep: Sweeping | None = None
    """The sweep that a further stage goes on from."""


def of_study(runs: Runs, study: Study | None) -> Runs:
    """Return the runs that belong to a study, in its order."""
    by_name = {run.name: run for run in runs}
    arms = study.arms if study else ()
    return tuple(by_name[arm.name] for arm in arms if arm.name in by_name)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What an earlier session had selected and marked, until it is listed again."""

    highlighted: str = ""
    marked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lab:
    """The whole state of the console."""

    read: bool = False
    """Whether the presets have been read."""
    experiments: tuple[Experiment, ...] = ()
    """All experiments in the list, in its order."""
    problems: tuple[PresetError, ...] = ()
    """The errors of preset files that cannot be read."""
    user_presets: frozenset[str] = frozenset()
    """Names of the experiments that are presets of the user's."""
    drafts: frozenset[str] | None = None
    """Names of the experiments that have drafts; None before the folder of drafts is read."""
    previews: Mapping[str, Preview] = field(default_factory=dict)
    """Previews of the data by the name of the experiment."""
    marked: frozenset[str] = frozenset()  # their names
    highlighted: str = ""
    """Name of the selected experiment; empty if there is none."""
    awaited: Awaited = field(default_factory=Awaited)
    opened: tuple[Opened, ...] = ()
    """The files that were opened, here or in an earlier session, the latest last."""
    view: View = field(default_factory=View)
    repeats: int = 0
    """Number of replicates in the lab; 0 for what the presets propose."""
    declared: int = 30
    """Number of replicates in comparisons and sweeps: the n that is declared beforehand."""
    seed: int = 1
    mode: Mode | None = None
    """What differs between replicates; None for what the presets propose."""
    backend: Fingerprint | None = None
    """The device and the versions; None until TensorFlow is imported."""
    gpu: GpuLoad | None = None  # where there is one that can be asked
    phase: Phase = "idle"
    """Whether a study is running, or has been asked to stop."""
    where: Where = "lab"
    """The screen that shows the latest study; comparisons are shown in the lab too."""
    study: Study | None = None
    """The latest study of the lab or of the comparison screen."""
    announced: Study | None = None
    """The study of which the user has been told that it takes hours."""
    runs: Runs = ()
    """All runs in the lab, those of earlier studies too."""
    cleared: Runs = ()
    """The runs that were cleared or that the queue replaced; undo brings them back."""
    waiting: tuple[Waiting, ...] = ()
    """The studies that are trained after the running one, the next one first."""
    ending: Ending | None = None
    """How the latest study ended; None while one runs, and before the first."""
    arms: tuple[str, ...] = ()
    """Names of all arms of the session, in the order in which they appeared."""
    comparing: Comparing = field(default_factory=Comparing)
    sweeping: Sweeping = field(default_factory=Sweeping)
    history: History = field(default_factory=History)

    @property
    def running(self) -> bool:
        """Whether a study has been started and has not ended yet."""
        return self.phase != "idle"

    @property
    def chosen(self) -> tuple[Experiment, ...]:
        """The experiments that a start would train: the marked ones, else the selected one."""
        names = self.marked or {self.highlighted}
        return tuple(one for one in self.experiments if one.name in names)

    @property
    def experiment(self) -> Experiment | None:
        """The selected experiment."""
        return next((one for one in self.experiments if one.name == self.highlighted), None)

    @property
    def broken(self) -> Mapping[str, PresetError]:
        """The errors of preset files by the names under which these are listed."""
        return {f"{BROKEN}{place}": error for place, error in enumerate(self.problems)}

    @property
    def latest_study(self) -> Study | None:
        """The latest study, on whatever screen."""
        return self.sweeping.study if self.where == "sweep" else self.study

    @property
    def studied(self) -> Runs:
        """The runs of the latest study in its order."""
        if self.where == "sweep":
            return self.sweeping.stage_runs
        return of_study(self.runs, self.study)
