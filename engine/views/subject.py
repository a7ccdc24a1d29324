"""A study whose networks are looked at: what is there, what is missing, what has been found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event as Flag

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.results.outcomes import Arm, Listener
from hiss.store.agreement import cautions
from hiss.store.album import Album, ArmWatch
from hiss.store.records import Record
from hiss.studies.reopen import KeptBlocks
from hiss.studies.runner import run_study
from hiss.studies.search import Search
from hiss.training.snapshots import Snapshots
from hiss.views.explain import explain_arm, explanation_of, networks_in, networks_of
from hiss.views.explanation import MOST_SEEN, ExplainedArm, Explanation, usual
from hiss.views.frames import Frame, FramedArm, Lacking, LiveArm, Looking, frame_of, seen_now
from hiss.views.networks import Networks
from hiss.views.plane import Plane, plane_of

MOST_OPEN = MOST_SEEN + 1
"""Arms whose snapshots stay in memory: those that are seen side by side, and a baseline."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be explained."""

    study: Study
    """All arms; of a sweep, a point of its grid each."""
    baseline: str | None = None
    """As in `studies.baselines.couples`."""
    search: Search | None = None
    """The grid of a sweep."""


Found = Explanation | Frame | LiveArm | Lacking | Looking
Show = Callable[[Found], None]


class Subject:
    """Looks at the networks of a study piece by piece, and remembers what has been found.

    Snapshots lie beside the blocks of a study that is kept, so that they are there another day;
    of any other they stay in memory.
    """

    def __init__(self, question: Question, record: Record | None = None) -> None:
        """Take what is asked, and where the study is kept; None if it is not."""
        self.question, self._record = question, record
        self.folder = record and record.folder
        """Where the study is kept."""
        self._album = Album(record.blocks if record else None)
        self._trained: dict[str, Arm] = {}
        """What has been trained for snapshots."""
        self._explained: dict[str, ExplainedArm] = {}
        self._networks: dict[str, tuple[Networks, Plane]] = {}
        self._frames: dict[tuple[str, int], FramedArm] = {}

    def look(
        self, chosen: Sequence[str], make: bool, listen: Listener, stop: Flag, show: Show
    ) -> None:
        """Show all views of the networks, and then the earlier moments, from coarse to fine.

        Args:
            chosen: names of the arms whose moments are looked at; empty for the usual ones.
            make: whether arms without snapshots are trained for them, else they are shown as
                lacking. The numbers are those of any other training of the study.
            listen: called with the events of that training.
            stop: set from any thread; it ends between two pieces.
            show: called with what has been found.

        Raises:
            EngineError: if the study cannot be trained.
        """
        arms = self._arms()
        if make and (lacking := self._lacking(arms)):
            self._train(lacking, listen, stop, show)
            arms = self._arms()
        lacking = self._lacking(arms)
        if stop.is_set():
            return
        if lacking:
            show(self._lack(arms, lacking))
        without = {arm.name for arm in lacking}
        there = [arm for name, arm in arms.items() if name not in without and _succeeded(arm)]
        explanation = self._explain(there, stop, show) if there else None
        if explanation is not None:
            show(explanation)
            seen = with_baselines(explanation, chosen or usual(explanation))
            for frame in self._framed(there, seen, stop):
                show(frame)

    def _arms(self) -> dict[str, Arm]:
        """Return the arms whose replicates have all ended, in the study's order."""
        study = self.question.study
        kept: tuple[Arm, ...] = ()
        if self._record is not None:
            with suppress(EngineError):  # nothing of it has been trained yet
                kept = KeptBlocks(self._record).result(study).arms
        found = self._trained | {
            arm.experiment.name: arm for arm in kept if len(arm.replicates) == study.repeats
        }
        return {arm.name: found[arm.name] for arm in study.arms if arm.name in found}

    def _lacking(self, arms: Mapping[str, Arm]) -> list[Experiment]:
        """Return the arms without snapshots, but for those whose replicates have all failed."""
        study = self.question.study
        return [
            each
            for each in study.arms
            if each.name not in arms
            or (_succeeded(arms[each.name]) and not self._album.holds(study, each))
        ]

    def _lack(self, arms: Mapping[str, Arm], lacking: Sequence[Experiment]) -> Lacking:
        known = cautions(self._record) if self._record else ()
        return Lacking(tuple(arm.name for arm in lacking), _seconds(arms, lacking), known)

    def _train(self, arms: Sequence[Experiment], listen: Listener, stop: Flag, show: Show) -> None:
        """Train arms for their snapshots, and show the regions of each as they are."""
        study = self.question.study.model_copy(update={"arms": tuple(arms)})
        self._album.watch = live(self.question.study, arms, show)
        found = run_study(study, listen, stop, album=self._album)
        whole = (arm for arm in found.arms if len(arm.replicates) == study.repeats)
        self._trained |= {arm.experiment.name: arm for arm in whole}

    def _explain(self, arms: Sequence[Arm], stop: Flag, show: Show) -> Explanation | None:
        """Return all views of some arms; None after a stop."""
        for number, arm in enumerate(arms):
            name = arm.experiment.name
            if stop.is_set():
                return None
            if name not in self._explained:
                show(Looking(number, len(arms)))
                self._explained[name] = explain_arm(self._opened(arm)[0], arm)
        explained = [self._explained[arm.experiment.name] for arm in arms]
        asked = self.question
        return explanation_of(arms, explained, asked.baseline, asked.search)

    def _framed(self, arms: Sequence[Arm], chosen: Sequence[str], stop: Flag) -> Iterator[Frame]:
        """Yield the earlier moments of chosen arms, those that halve the largest gaps first."""
        shown = [arm for arm in arms if arm.experiment.name in chosen]
        last = max((self._last(arm) for arm in shown), default=0)
        for moment in coarse_to_fine(last):
            share, found = moment / last, {}
            for arm in shown:
                if stop.is_set():
                    return
                found[arm.experiment.name] = self._frame(arm, round(share * self._last(arm)))
            yield Frame(share, found)

    def _last(self, arm: Arm) -> int:
        return len(self._opened(arm)[0].epochs) - 1

    def _frame(self, arm: Arm, snapshot: int) -> FramedArm:
        key = arm.experiment.name, snapshot
        if key not in self._frames:
            self._frames[key] = frame_of(*self._opened(arm), snapshot)
        return self._frames[key]

    def _opened(self, arm: Arm) -> tuple[Networks, Plane]:
        """Return the networks of an arm, of which those used last stay open."""
        name = arm.experiment.name
        found = self._networks.pop(name, None)
        if found is None:
            networks = networks_of(self.question.study, arm, self._album)
            found = networks, plane_of(networks.data.first)
        while len(self._networks) >= MOST_OPEN:
            del self._networks[next(iter(self._networks))]
        self._networks[name] = found
        return found


def live(study: Study, arms: Sequence[Experiment], show: Show) -> ArmWatch:
    """Return what shows the regions of some arms of a study while they train, by their numbers."""
    return _Live(study, arms, show).show_arm


class _Live:
    """Shows the regions of the arm that trains."""

    def __init__(self, study: Study, arms: Sequence[Experiment], show: Show) -> None:
        self._study, self._arms, self._show = study, arms, show
        self._found: dict[int, tuple[Networks, Plane]] = {}

    def show_arm(self, number: int, snapshots: Snapshots) -> None:
        """Show the latest snapshot of an arm."""
        if number not in self._found:
            networks = networks_in(self._study, self._arms[number], snapshots)
            self._found[number] = networks, plane_of(networks.data.first)
        networks, plane = self._found[number]
        networks.snapshots = snapshots
        place = self._study.arms.index(self._arms[number])
        self._show(LiveArm(place, seen_now(networks, plane)))


def with_baselines(explanation: Explanation, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the names of some arms, and of those that they are compared with."""
    bases = (change.baseline for change in explanation.paired if change.arm in chosen)
    return tuple(dict.fromkeys((*chosen, *bases)))


def coarse_to_fine(count: int) -> list[int]:
    """Return the numbers from 0 to `count` - 1, those that halve the largest gaps first."""
    order, step = [0] if count else [], max(1, count)
    while step > 1:
        step = math.ceil(step / 2)
        order += [number for number in range(0, count, step) if number not in order]
    return order


def _succeeded(arm: Arm) -> bool:
    return any(each.status == "finished" for each in arm.replicates)


def _seconds(arms: Mapping[str, Arm], lacking: Sequence[Experiment]) -> float | None:
    """Return how long the first training of some arms took, if all have been trained."""
    if any(each.name not in arms for each in lacking):
        return None
    return sum(one.seconds for each in lacking for one in arms[each.name].replicates)
