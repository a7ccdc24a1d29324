"""What the console knows, as one frozen value, and how it changes with what the user does.

It imports neither numpy nor pydantic, so that the first picture is not kept waiting for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.curves import Curves
    from engine.errors import PresetError
    from engine.preview import Preview
    from engine.results import Fingerprint, Replicate
    from engine.spec import Experiment, Study

Quantity = Literal["accuracy", "loss"]
Phase = Literal["idle", "running", "stopping"]
RunState = Literal["queued", "loading TensorFlow", "compiling", "training", "ended"]

REPEATS = (1, 10, 30, 100)
"""The numbers of repeats that one key goes through."""


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


@dataclass(frozen=True, slots=True)
class Lab:
    """All that the console shows."""

    read: bool = False
    """Whether the presets have been read."""
    experiments: tuple[Experiment, ...] = ()
    problems: tuple[PresetError, ...] = ()
    previews: Mapping[str, Preview] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    highlighted: str = ""
    """The name of the experiment below the cursor; empty when there is none."""
    quantity: Quantity = "accuracy"
    smooth: bool = False
    """Whether curves are drawn as moving averages."""
    repeats: int = 1
    seed: int = 1
    backend: Fingerprint | None = None
    """The machine that trains; None until TensorFlow is there."""
    phase: Phase = "idle"
    study: Study | None = None
    """The study that runs, or the last one that did."""
    runs: tuple[Run, ...] = ()

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
    def studied(self) -> tuple[Run, ...]:
        """The runs of the present or last study, in its order."""
        arms = self.study.arms if self.study else ()
        by_name = {run.name: run for run in self.runs}
        return tuple(by_name[arm.name] for arm in arms if arm.name in by_name)


def group(name: str) -> str:
    """The group of an experiment: `article` of `article/baseline`."""
    return name.rpartition("/")[0]


def library_read(
    lab: Lab, experiments: tuple[Experiment, ...], problems: tuple[PresetError, ...]
) -> Lab:
    """Take in the presets and highlight the first."""
    first = experiments[0].name if experiments else ""
    return replace(lab, read=True, experiments=experiments, problems=problems, highlighted=first)


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


def quantity_toggled(lab: Lab) -> Lab:
    """Show loss instead of accuracy, or accuracy instead of loss."""
    return replace(lab, quantity="loss" if lab.quantity == "accuracy" else "accuracy")


def smoothing_toggled(lab: Lab) -> Lab:
    """Draw moving averages instead of every epoch, or every epoch again."""
    return replace(lab, smooth=not lab.smooth)


def repeats_cycled(lab: Lab) -> Lab:
    """Go to the next larger usual number of repeats, and from the largest to one."""
    return replace(lab, repeats=next((n for n in REPEATS if n > lab.repeats), REPEATS[0]))


def repeats_set(lab: Lab, repeats: int) -> Lab:
    """Train every arm so many times."""
    return replace(lab, repeats=max(1, repeats))


def seed_set(lab: Lab, seed: int) -> Lab:
    """Draw all that is random from another seed."""
    return replace(lab, seed=max(0, seed))


def study_started(lab: Lab, study: Study) -> Lab:
    """Put a study's arms on the screen, in place of earlier runs of the same experiments."""
    names = {arm.name for arm in study.arms}
    state: RunState = "queued" if lab.backend else "loading TensorFlow"
    kept = tuple(run for run in lab.runs if run.name not in names)
    fresh = tuple(Run(arm, study.repeats, state) for arm in study.arms)
    return replace(lab, phase="running", study=study, marked=frozenset(), runs=kept + fresh)


def stop_asked(lab: Lab) -> Lab:
    """Note that the running study has been told to stop."""
    return replace(lab, phase="stopping") if lab.running else lab


def study_ended(lab: Lab) -> Lab:
    """Note that the training thread has said its last word; what never began goes."""
    runs = tuple(replace(run, state="ended") for run in lab.runs if run.curves is not None)
    return replace(lab, phase="idle", runs=runs)


def cleared(lab: Lab) -> Lab:
    """Take all runs off the screen, or while a study runs those that are not part of it."""
    kept = lab.studied if lab.running else ()
    return replace(lab, runs=kept, study=lab.study if kept else None)
