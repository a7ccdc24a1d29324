"""One arm of a study on the screen, from waiting to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state.model import Run, Runs, RunState

if TYPE_CHECKING:
    from hiss.experiment.spec import Study


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
