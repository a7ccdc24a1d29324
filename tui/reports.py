"""How the console's knowledge grows with what a running study reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from engine.events import (
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Event,
    ReplicateEnded,
    StudyEnded,
    TrainingStarted,
)
from engine.results import Fingerprint
from tui import runs
from tui.runs import Run
from tui.state import Lab, over_runs


def reported(lab: Lab, event: Event) -> Lab:
    """Take in one event of the running study."""
    match event:
        case BackendLoaded(fingerprint):
            return backend_loaded(lab, fingerprint)
        case ArmStarted(arm, curves):
            return _changed(lab, arm, lambda run: replace(run, state="compiling", curves=curves))
        case TrainingStarted(arm):
            return _changed(lab, arm, lambda run: replace(run, state="training"))
        case ReplicateEnded(arm, replicate):
            return _changed(
                lab, arm, lambda run: replace(run, replicates=(*run.replicates, replicate))
            )
        case ArmEnded(arm, result):
            return _changed(
                lab, arm, lambda run: replace(run, state="ended", replicates=result.replicates)
            )
        case StudyEnded():
            return lab
        case _:
            assert_never(event)


def backend_loaded(lab: Lab, fingerprint: Fingerprint) -> Lab:
    """Note that TensorFlow is there; whoever waited for it is now next in line."""
    return replace(over_runs(lab, runs.loaded), backend=fingerprint)


def _changed(lab: Lab, arm: int, change: Callable[[Run], Run]) -> Lab:
    study = lab.sweeping.study if lab.where == "sweep" else lab.study
    if study is None:
        return lab
    name = study.arms[arm].name
    return over_runs(lab, lambda some: runs.changed(some, name, change))
