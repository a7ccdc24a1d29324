"""How a study ends, and the events on the way: frozen values by replicate, arm and study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.curves import Curves

Status = Literal["finished", "stopped", "failed"]
"""`finished` after the last epoch or by early stopping; `stopped` by the user; `failed` when a
loss was not finite."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The machine and the versions on which a study ran; within one, numbers repeat exactly."""

    hiss: str
    python: str
    tensorflow: str
    keras: str
    cpu: str
    """The processor's model and the number of cores: `Xeon Gold 6230 × 8`."""
    device: str
    """`cpu`, `gpu:0` …"""


@dataclass(frozen=True, slots=True)
class Replicate:
    """How one training of one network ended."""

    replicate: int
    """Its number within the arm, from 0; with the study's seed it fixes all that is random."""
    status: Status
    epochs: int
    """Epochs trained; of a failed training, those before the loss was no longer finite."""
    scores: Mapping[str, float]
    """Scores of the trained network with the noise off, empty if it failed or never began.

    `train_` and `test_` with the metrics that `hiss.results.metrics.MEASURED` lists for the task;
    `brier` once more is `test_brier`. Rows count alike, whatever their weights in training. NaN is
    what the rows do not determine. Accuracies are fractions in [0, 1], losses in the unit of the
    loss, errors in that of the target.
    """
    best_test_accuracy: float
    """The largest `val_accuracy` of any epoch, in [0, 1]; NaN where there is none."""
    best_epoch: int
    """The first epoch with it, counted from 1; 0 where there is none."""
    seconds: float
    """Wall-clock time of its training; replicates trained side by side share theirs evenly."""
    reason: str = ""
    """Why it failed: `loss is NaN at epoch 17`; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One experiment of a study with all its replicates and their curves."""

    experiment: Experiment
    replicates: tuple[Replicate, ...]
    """Those that have ended, by number."""
    curves: Curves
    engine_note: str = ""
    """The engine that trained the arm, and why; empty where there was no doubt."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a study, complete or up to where it was stopped."""

    study: Study
    arms: tuple[Arm, ...]
    """Those that were begun, in the order of the study."""
    fingerprint: Fingerprint
    seconds: float
    """Wall-clock time of the whole study."""


@dataclass(frozen=True, slots=True)
class BackendLoaded:
    """TensorFlow has been imported and a device chosen."""

    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ArmStarted:
    """An arm's network is about to be built and compiled; its curves will grow in `curves`."""

    arm: int
    """The arm's place in the study, from 0; the same in the events below."""
    curves: Curves


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """An arm is compiled and its first epochs are in its curves."""

    arm: int


@dataclass(frozen=True, slots=True)
class ReplicateEnded:
    """One replicate has finished, was stopped, or has failed."""

    arm: int
    replicate: Replicate


@dataclass(frozen=True, slots=True)
class ArmEnded:
    """All replicates of an arm have ended."""

    arm: int
    result: Arm


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is trained is no longer kept on disk, or is again."""

    problem: str
    """Why it is held in memory only; empty where it is on disk again."""


@dataclass(frozen=True, slots=True)
class StudyEnded:
    """The study has ended or was stopped; the last event."""

    result: Result


Event = (
    BackendLoaded | ArmStarted | TrainingStarted | ReplicateEnded | ArmEnded | Keeping | StudyEnded
)
Listener = Callable[[Event], None]
"""Called with every event, on the training thread."""
