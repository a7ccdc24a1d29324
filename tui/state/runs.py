"""The runs of a study: how they begin, change and end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state.model import Lab, Run, Runs, RunState

if TYPE_CHECKING:
    from hiss.experiment.spec import Study


def with_arms(lab: Lab, names: Iterable[str]) -> Lab:
    """Give a place in the session to every arm that has none yet."""
    return replace(lab, arms=tuple(dict.fromkeys((*lab.arms, *names))))


def fresh_runs(lab: Lab, study: Study, arm: str = "") -> Runs:
    """Return the runs of a new study.

    Args:
        lab: The state, in which all arms have a place.
        study: The study.
        arm: The arm whose place all of its runs take, as the points of a sweep do; empty if each
            has its own.
    """
    state: RunState = "queued" if lab.backend is not None else "loading TensorFlow"
    return tuple(
        Run(
            one,
            study.repeats,
            state,
            seed=study.seed,
            mode=study.mode,
            place=lab.arms.index(arm or one.name),
        )
        for one in study.arms
    )


def run_changed(runs: Runs, name: str, change: Callable[[Run], Run]) -> Runs:
    """Return the runs with one of them changed."""
    return tuple(change(run) if run.name == name else run for run in runs)


def runs_loaded(runs: Runs) -> Runs:
    """Return the runs once TensorFlow is imported: those that waited for it are queued."""
    waited = "loading TensorFlow"
    return tuple(replace(run, state="queued") if run.state == waited else run for run in runs)


def runs_ended(runs: Runs) -> Runs:
    """Return the runs once their study is over, without those that never began."""
    return tuple(replace(run, state="ended") for run in runs if run.curves is not None)
