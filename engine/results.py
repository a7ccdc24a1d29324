"""How studies end: frozen outcomes, one per replicate, arm and study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.curves import Curves
from engine.spec import Experiment, Study

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
