"""The networks of a study at one moment of their training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hiss.views.along import mean_jacobian
from hiss.views.calibration import Calibration, calibration_of
from hiss.views.measured import Measured, has_classes, scores_of
from hiss.views.memorisation import MOST_ROWS
from hiss.views.paired import PairedChange, change_between
from hiss.views.regions import Regions, Surface, regions_of, surface_of
from hiss.views.robustness import Robustness, robustness_of

if TYPE_CHECKING:
    from hiss.views.networks import Networks
    from hiss.views.plane import Plane

DRAWS = 3
"""Noisy copies of every test row at a moment before the end, where ten would take too long."""


@dataclass(frozen=True, slots=True)
class FramedArm:
    """One arm at one of its snapshots."""

    epoch: int
    regions: Regions | Surface | None
    """None where there are neither classes nor a single quantity."""
    replicates: tuple[int, ...] = ()
    score: Measured | None = None
    """Accuracy or RMSE on at most 1,000 test rows with the noise off; None while it trains, as all
    that follows."""
    jacobian: Measured | None = None
    robustness: Robustness | None = None
    calibration: Calibration | None = None
    """None of quantities too."""


@dataclass(frozen=True, slots=True)
class Frame:
    """All arms at one moment of their training."""

    share: float
    """How far the training is, from 0 to 1."""
    arms: Mapping[str, FramedArm]
    """By their names."""


@dataclass(frozen=True, slots=True)
class LiveArm:
    """An arm that is being trained."""

    number: int
    """Of the arm in its study, from 0."""
    now: FramedArm


@dataclass(frozen=True, slots=True)
class Lacking:
    """Arms whose networks have no snapshots."""

    names: tuple[str, ...]
    seconds: float | None = None
    """What their first training took, of all; None if that is not known."""
    cautions: tuple[str, ...] = ()
    """What the user is to know before they are trained again, in sentences."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How many arms have been looked at."""

    done: int
    arms: int


def seen_now(networks: Networks, plane: Plane, snapshot: int = -1) -> FramedArm:
    """Return the regions of an arm at a snapshot, and nothing that takes longer."""
    return FramedArm(networks.epochs[snapshot], _regions(networks, plane, snapshot))


def frame_of(networks: Networks, plane: Plane, snapshot: int) -> FramedArm:
    """Return the views of an arm that follow the training, at one of its snapshots."""
    x, y = networks.test_rows(MOST_ROWS)
    outputs = networks.outputs(x, snapshot)
    return FramedArm(
        epoch=networks.epochs[snapshot],
        regions=_regions(networks, plane, snapshot),
        replicates=networks.replicates,
        score=Measured.of(scores_of(outputs, y, networks.task)),
        jacobian=Measured.of(mean_jacobian(networks, snapshot)),
        robustness=robustness_of(networks, snapshot, DRAWS),
        calibration=calibration_of(outputs, y) if has_classes(networks.task) else None,
    )


def change_in(frame: Frame, final: PairedChange) -> PairedChange | None:
    """Return a change of an arm against its baseline as it was at a moment.

    Args:
        frame: the moment.
        final: the change at the end of training.

    Returns:
        None if either is not in the frame.
    """
    arms = [frame.arms[name] for name in (final.arm, final.baseline) if name in frame.arms]
    if len(arms) < 2:
        return None
    norms = [_by_replicate(arm, arm.jacobian) for arm in arms]
    scores = [_by_replicate(arm, arm.score) for arm in arms]
    return change_between((final.arm, final.baseline), final.metric, norms, scores)


def _by_replicate(arm: FramedArm, measured: Measured | None) -> dict[int, float]:
    return dict(zip(arm.replicates, measured.values, strict=True)) if measured else {}


def _regions(networks: Networks, plane: Plane, snapshot: int) -> Regions | Surface | None:
    if has_classes(networks.task):
        return regions_of(networks, plane, snapshot, risk=False)
    return surface_of(networks, plane, snapshot) if networks.task == "regression" else None
