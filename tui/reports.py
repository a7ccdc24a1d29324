"""How the console's knowledge grows with what a running study reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from engine.curves import Curves
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
from tui.state import Lab, Run


def reported(lab: Lab, event: Event) -> Lab:
    """Take in one event of the running study."""
    match event:
        case BackendLoaded(fingerprint):
            return backend_loaded(lab, fingerprint)
        case ArmStarted(arm, curves):
            return _changed(lab, arm, lambda run: _compiling(run, curves))
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
    runs = tuple(
        replace(run, state="queued") if run.state == "loading TensorFlow" else run
        for run in lab.runs
    )
    return replace(lab, backend=fingerprint, runs=runs)


def _compiling(run: Run, curves: Curves) -> Run:
    return replace(run, state="compiling", curves=curves)


def _changed(lab: Lab, arm: int, change: Callable[[Run], Run]) -> Lab:
    if lab.study is None:
        return lab
    name = lab.study.arms[arm].name
    return replace(lab, runs=tuple(change(run) if run.name == name else run for run in lab.runs))
