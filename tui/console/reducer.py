"""The reducer: how the threads' messages change the console's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from hiss.results.outcomes import (
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Event,
    Fingerprint,
    Keeping,
    ReplicateEnded,
    StudyEnded,
    TrainingStarted,
)
from hiss.tui.state import (
    comparing,
    history,
    memory,
    queue,
    reopening,
    runs,
    sweeping,
    transitions,
)
from hiss.tui.state.model import Lab, Run
from hiss.tui.state.transitions import over_runs
from hiss.tui.widgets.lines import SCREENS
from hiss.tui.workers import messages


def reduce(lab: Lab, message: messages.StateMessage) -> Lab:
    """Return the state after a message."""
    match message:
        case messages.LibraryRead():
            presets = message.presets
            lab = transitions.library_read(
                lab, presets.experiments, presets.problems, presets.user_presets
            )
            return memory.found_again(lab)
        case messages.PreviewMade():
            return transitions.preview_made(lab, message.name, message.preview)
        case messages.BackendReady():
            return backend_loaded(lab, message.fingerprint)
        case messages.GpuRead():
            return replace(lab, gpu=message.load)
        case messages.EngineReported():
            return reported(lab, message.event)
        case messages.Compared():
            return comparing.answered(lab, message.comparisons)
        case messages.Swept():
            return sweeping.answered(lab, message.key, message.findings)
        case messages.KeepingBegan():
            return history.keeping_began(lab, message.name, message.problem)
        case messages.StageBegun():
            return reopening.stage_begun(lab, message.stage, message.study, message.findings)
        case messages.InterruptionFound():
            return history.interruption_found(lab, message.entry, SCREENS["history"])
        case messages.StudyReread():
            return reopening.reread(lab, message.name, message.found)
        case messages.StudyOver():
            return queue.advanced(transitions.study_ended(lab))
    raise TypeError(f"{type(message).__name__} does not change the state")


def reported(lab: Lab, event: Event) -> Lab:
    """Return the state after an event of the running study."""
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
        case Keeping(problem):
            return history.keeping_changed(lab, problem)
        case StudyEnded():
            return transitions.study_reported(lab, event.result)
        case _:
            assert_never(event)


def backend_loaded(lab: Lab, fingerprint: Fingerprint) -> Lab:
    """Return the state once TensorFlow is imported: runs that waited for it are queued."""
    return replace(over_runs(lab, runs.runs_loaded), backend=fingerprint)


def _changed(lab: Lab, arm: int, change: Callable[[Run], Run]) -> Lab:
    if lab.latest_study is None:
        return lab
    name = lab.latest_study.arms[arm].name
    return over_runs(lab, lambda some: runs.run_changed(some, name, change))
