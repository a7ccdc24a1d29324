"""What the console knows, as one frozen value, and how it changes with what the user does.

It imports neither numpy nor pydantic, so that the first picture is not kept waiting for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tui import comparing, runs
from tui.comparing import Comparing
from tui.runs import Runs
from tui.sweeping import Sweeping
from tui.view import View

if TYPE_CHECKING:
    from engine.errors import PresetError
    from engine.preview import Preview
    from engine.results import Fingerprint
    from engine.spec import Experiment, Mode, Study

Phase = Literal["idle", "running", "stopping"]
Where = Literal["lab", "sweep"]

REPEATS = (1, 10, 30, 100)
"""The numbers of repeats that one key goes through."""
MODES: tuple[Mode | None, ...] = (None, "article", "task")


@dataclass(frozen=True, slots=True)
class Lab:
    """All that the console shows."""

    read: bool = False
    """Whether the presets have been read."""
    experiments: tuple[Experiment, ...] = ()
    problems: tuple[PresetError, ...] = ()
    own: frozenset[str] = frozenset()
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
        return runs.of_study(self.runs, self.study)


def group(name: str) -> str:
    """The group of an experiment: `article` of `article/baseline`."""
    return name.rpartition("/")[0]


def library_read(
    lab: Lab,
    experiments: tuple[Experiment, ...],
    problems: tuple[PresetError, ...],
    own: frozenset[str] = frozenset(),
) -> Lab:
    """Take in the presets, some of them the user's own, and highlight the first."""
    first = experiments[0].name if experiments else ""
    return replace(
        lab, read=True, experiments=experiments, problems=problems, own=own, highlighted=first
    )


def preview_made(lab: Lab, name: str, preview: Preview) -> Lab:
    """Keep what an experiment's data look like."""
    return replace(lab, previews={**lab.previews, name: preview})


def highlighted(lab: Lab, name: str) -> Lab:
    """Move the cursor to an experiment."""
    return replace(lab, highlighted=name)


def mark_toggled(lab: Lab) -> Lab:
    """Mark the highlighted experiment, or take its mark away."""
    return replace(lab, marked=lab.marked ^ {lab.highlighted}) if lab.highlighted else lab


def group_toggled(lab: Lab) -> Lab:
    """Mark the highlighted experiment's whole group, or unmark it when all of it is marked."""
    here = group(lab.highlighted)
    names = {one.name for one in lab.experiments if group(one.name) == here}
    return replace(lab, marked=lab.marked - names if names <= lab.marked else lab.marked | names)


def viewed(lab: Lab, view: View) -> Lab:
    """See curves and scores in another way."""
    return replace(lab, view=view)


def repeats_cycled(lab: Lab) -> Lab:
    """Go to the next larger usual number of repeats, and from the largest to one."""
    return replace(lab, repeats=next((n for n in REPEATS if n > max(1, lab.repeats)), REPEATS[0]))


def repeats_set(lab: Lab, repeats: int) -> Lab:
    """Train every arm so many times."""
    return replace(lab, repeats=max(1, repeats))


def declared_cycled(lab: Lab) -> Lab:
    """Go to the next larger usual number of repeats for comparisons and sweeps."""
    return replace(lab, declared=next((n for n in REPEATS[1:] if n > lab.declared), REPEATS[1]))


def declared_set(lab: Lab, repeats: int) -> Lab:
    """Compare and sweep with so many repeats."""
    return replace(lab, declared=max(1, repeats))


def mode_cycled(lab: Lab) -> Lab:
    """Let the presets choose what differs between replicates, or one of the modes."""
    return replace(lab, mode=MODES[(MODES.index(lab.mode) + 1) % len(MODES)])


def seed_set(lab: Lab, seed: int) -> Lab:
    """Draw all that is random from another seed."""
    return replace(lab, seed=max(0, seed))


def study_started(lab: Lab, study: Study, compared: bool = False) -> Lab:
    """Put a study's arms on the screen, in place of earlier runs of the same experiments.

    One that repeats several arms, or is meant to, is compared as well.
    """
    names = {arm.name for arm in study.arms}
    kept = tuple(run for run in lab.runs if run.name not in names)
    fresh = runs.fresh(study, lab.backend is not None)
    if compared or (study.repeats > 1 and len(names) > 1):
        lab = comparing.started(lab, study, fresh)
    return replace(
        lab, phase="running", where="lab", study=study, marked=frozenset(), runs=kept + fresh
    )


def stop_asked(lab: Lab) -> Lab:
    """Note that the running study has been told to stop."""
    return replace(lab, phase="stopping") if lab.running else lab


def study_ended(lab: Lab) -> Lab:
    """Note that the training thread has said its last word; what never began goes."""
    return replace(over_runs(lab, runs.ended), phase="idle")


def over_runs(lab: Lab, change: Callable[[Runs], Runs]) -> Lab:
    """Change the runs of the present study, wherever they are shown."""
    if lab.where == "sweep":
        return replace(lab, sweeping=lab.sweeping.with_stage_runs(change(lab.sweeping.stage_runs)))
    if lab.comparing.study is lab.study:
        compared = replace(lab.comparing, runs=change(lab.comparing.runs))
        lab = replace(lab, comparing=compared)
    return replace(lab, runs=change(lab.runs))


def cleared(lab: Lab) -> Lab:
    """Take all runs off the lab, or while it trains those that are not part of its study."""
    kept = lab.studied if lab.running and lab.where == "lab" else ()
    return replace(lab, runs=kept, study=lab.study if kept else None)
