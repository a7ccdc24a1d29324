"""One arm of a study on the screen, from waiting to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.curves import Curves
    from engine.results import Replicate
    from engine.spec import Experiment, Study

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


def fresh(study: Study, loaded: bool) -> Runs:
    """The arms of a study that is about to begin, with TensorFlow or before it is there."""
    state: RunState = "queued" if loaded else "loading TensorFlow"
    return tuple(Run(arm, study.repeats, state) for arm in study.arms)


def changed(runs: Runs, name: str, change: Callable[[Run], Run]) -> Runs:
    """The runs with one of them changed."""
    return tuple(change(run) if run.name == name else run for run in runs)


def loaded(runs: Runs) -> Runs:
    """The runs once TensorFlow is there: whoever waited for it is next in line."""
    waited = "loading TensorFlow"
    return tuple(replace(run, state="queued") if run.state == waited else run for run in runs)


def ended(runs: Runs) -> Runs:
    """The runs once their study is over; what never began goes."""
    return tuple(replace(run, state="ended") for run in runs if run.curves is not None)


def of_study(runs: Runs, study: Study | None) -> Runs:
    """The runs that belong to a study, in its order."""
    by_name = {run.name: run for run in runs}
    arms = study.arms if study else ()
    return tuple(by_name[arm.name] for arm in arms if arm.name in by_name)
