"""The result of a study that was left before its end, made of the events until then."""

from __future__ import annotations

import time

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Event,
    Fingerprint,
    Replicate,
    ReplicateEnded,
    Result,
)


class PartialResult:
    """Keeps the replicates and arms of a study that have ended."""

    def __init__(self, study: Study) -> None:
        """Start with nothing of a study that begins now."""
        self._study, self._began = study, time.perf_counter()
        self._fingerprint: Fingerprint | None = None
        self._curves: dict[int, Curves] = {}
        self._replicates: dict[int, list[Replicate]] = {}
        self._arms: dict[int, Arm] = {}

    @property
    def begun(self) -> bool:
        """Whether an arm has begun, so that a stopped study has a result."""
        return bool(self._curves)

    def handle(self, event: Event) -> None:
        """Keep what an event reports."""
        match event:
            case BackendLoaded(fingerprint):
                self._fingerprint = fingerprint
            case ArmStarted(arm, curves):
                self._curves[arm] = curves
            case ReplicateEnded(arm, replicate):
                self._replicates.setdefault(arm, []).append(replicate)
            case ArmEnded(arm, result):
                self._arms[arm] = result

    def result(self) -> Result | None:
        """Return the arms with at least one ended replicate; None if there are none."""
        arms = [arm for number in sorted(self._curves) if (arm := self._arm(number)).replicates]
        if self._fingerprint is None or not arms:
            return None
        seconds = time.perf_counter() - self._began
        return Result(self._study, tuple(arms), self._fingerprint, seconds)

    def _arm(self, number: int) -> Arm:
        replicates = sorted(self._replicates.get(number, ()), key=lambda each: each.replicate)
        partial = Arm(self._study.arms[number], tuple(replicates), self._curves[number])
        return self._arms.get(number, partial)
