"""Transitions of the runs of a study, from waiting to their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state.model import Run, Runs, RunState

if TYPE_CHECKING:
    from hiss.experiment.spec import Study


def fresh(study: Study, loaded: bool) -> Runs:
    """Return the runs of a new study; `loaded` says whether TensorFlow is imported."""
    state: RunState = "queued" if loaded else "loading TensorFlow"
    return tuple(Run(arm, study.repeats, state) for arm in study.arms)


def changed(runs: Runs, name: str, change: Callable[[Run], Run]) -> Runs:
    """Return the runs with one of them changed."""
    return tuple(change(run) if run.name == name else run for run in runs)


def loaded(runs: Runs) -> Runs:
    """Return the runs once TensorFlow is imported: those that waited for it are queued."""
    waited = "loading TensorFlow"
    return tuple(replace(run, state="queued") if run.state == waited else run for run in runs)


def ended(runs: Runs) -> Runs:
    """Return the runs once their study is over, without those that never began."""
    return tuple(replace(run, state="ended") for run in runs if run.curves is not None)
