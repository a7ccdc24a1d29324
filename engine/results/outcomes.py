"""How studies end: frozen outcomes, one per replicate, arm and study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.curves import Curves

Status = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The machine and the versions on which a study ran; numbers repeat exactly within one."""

    hiss: str
    python: str
    tensorflow: str
    keras: str
    cpu: str
    device: str


@dataclass(frozen=True, slots=True)
class Replicate:
    """How one training of one network ended."""

    replicate: int
    """Its number within the arm, from 0; with the study's seed it fixes all that is random."""
    status: Status
    epochs: int
    """Epochs trained, counted from 1; of a failed run, the last whole epoch before it failed."""
    scores: Mapping[str, float]
    """Noise-free scores of the trained network: `train_accuracy`, `test_accuracy`, `train_loss`,
    `test_loss`, `brier` for classification; `test_rmse`, `test_mae`, `test_r2` … for regression.
    Empty when it failed."""
    best_test_accuracy: float
    """The largest `val_accuracy` of any epoch; NaN where there is none."""
    best_epoch: int
    """The first epoch, counted from 1, at which it was reached; 0 where there is none."""
    seconds: float
    """Wall-clock time of its training; side-by-side replicates share it evenly."""
    reason: str = ""
    """Why it failed: `loss is NaN at epoch 17`."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One experiment of a study with all its replicates and their curves."""

    experiment: Experiment
    replicates: tuple[Replicate, ...]
    curves: Curves
    way: str = ""
    """Which way the user's own model was trained, and why; empty for any other."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a study has found, whole or as far as it came."""

    study: Study
    arms: tuple[Arm, ...]
    fingerprint: Fingerprint
    seconds: float


@dataclass(frozen=True, slots=True)
class BackendLoaded:
    """TensorFlow has been imported and a device chosen."""

    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ArmStarted:
    """An arm's network is being built and compiled; its curves will grow in `curves`."""

    arm: int
    """The arm's place in the study, from 0."""
    curves: Curves


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """The arm is compiled and its first epochs are there."""

    arm: int


@dataclass(frozen=True, slots=True)
class ReplicateEnded:
    """One replicate finished, was stopped, or failed."""

    arm: int
    replicate: Replicate


@dataclass(frozen=True, slots=True)
class ArmEnded:
    """All replicates of an arm have ended."""

    arm: int
    result: Arm


@dataclass(frozen=True, slots=True)
class StudyEnded:
    """The study is over, to its end or stopped."""

    result: Result


Event = BackendLoaded | ArmStarted | TrainingStarted | ReplicateEnded | ArmEnded | StudyEnded
Listener = Callable[[Event], None]
