"""What a study reports while it runs; every event is immutable, but for the curves it points to.

Events arrive on the thread that trains, in this order::

    BackendLoaded · (ArmStarted · TrainingStarted · ReplicateEnded … · ArmEnded) … · StudyEnded
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.curves import Curves
from engine.results import Arm, Fingerprint, Replicate, Result


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
