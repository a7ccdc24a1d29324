"""What the explain screen shows: the views of a study's networks, and the moment that is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.views.explanation import Explanation, Frame, LiveArm

PAGES = (
    *("regions", "difference", "paired", "robustness"),
    *("calibration", "margins", "noise", "memorisation", "weights"),
)
"""In the order of their keys, 1 to 9."""
SCRUBBED = ("regions", "difference")
"""Pages that show one moment of the training."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The state of the explain screen."""

    study: Study
    places: tuple[int, ...]
    """Numbers of the arms in the session, which decide on their colours."""
    explanation: Explanation | None = None
    """None before the networks are trained."""
    frames: tuple[Frame, ...] = ()
    """Earlier moments so far, by the share of the training."""
    live: tuple[LiveArm, ...] = ()
    """The arms that have been trained so far, as they were seen last."""
    moment: float = 1.0
    """The moment that is seen, as a share of the training."""
    page: str = PAGES[0]
    progress: str = ""
    """What is going on; empty once everything is there."""

    @property
    def frame(self) -> Frame | None:
        """The frame at the moment; None at the end of the training."""
        return next((one for one in self.frames if one.share == self.moment), None)


def explained(scene: Scene, explanation: Explanation) -> Scene:
    """Return the scene with the views of the trained networks."""
    return replace(scene, explanation=explanation)


def seen_live(scene: Scene, arm: LiveArm) -> Scene:
    """Return the scene with an arm that trains as it is now."""
    others = (one for one in scene.live if one.number != arm.number)
    live = sorted((*others, arm), key=lambda one: one.number)
    return replace(scene, live=tuple(live))


def framed(scene: Scene, frame: Frame) -> Scene:
    """Return the scene with one more moment."""
    frames = sorted((*scene.frames, frame), key=lambda one: one.share)
    return replace(scene, frames=tuple(frames))


def paged(scene: Scene, place: int) -> Scene:
    """Return the scene at another page, from 0; beyond the last comes the first."""
    return replace(scene, page=PAGES[place % len(PAGES)])


def moved(scene: Scene, step: int) -> Scene:
    """Return the scene at a moment some frames later or earlier."""
    moments = [*(one.share for one in scene.frames), 1.0]
    place = moments.index(scene.moment) if scene.moment in moments else len(moments) - 1
    return replace(scene, moment=moments[max(0, min(len(moments) - 1, place + step))])
