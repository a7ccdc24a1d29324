"""What the explain screen shows: the views of a study's networks, and the moment that is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.studies.search import Search
    from hiss.views.explanation import Explanation
    from hiss.views.frames import Frame, Lacking, LiveArm

PAGES = (
    *("regions", "difference", "paired", "robustness"),
    *("calibration", "margins", "noise", "memorisation", "weights"),
)
"""In the order of their keys, 1 to 9."""
FRAMED = PAGES[:5]
"""Pages whose pictures are those of one moment of the training."""
EARLIER = "looking at earlier moments …"
"""What is going on once the end of the training has been looked at."""
AT_THE_END = ("margins",)
"""Pages that show the end of the training alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained."""

    study: Study
    """All arms; of a sweep, a point of its grid each."""
    kept: str = ""
    """ID under which the study is kept; empty if it is not."""
    baseline: str = ""
    """Name of the arm that the others are compared with; empty for each arm's own."""
    search: Search | None = None
    """The grid of a sweep."""
    chosen: tuple[str, ...] = ()
    """Names of the arms that are seen side by side; empty for the usual ones."""
    make: bool = False
    """Whether arms without snapshots are trained for them."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The state of the explain screen."""

    asked: Asked
    places: Mapping[str, int] = field(default_factory=dict)
    """Numbers of the arms in the session, which decide on their colours."""
    explanation: Explanation | None = None
    """None before the networks have been looked at."""
    usual: tuple[str, ...] = ()
    """Names of the arms that are seen side by side unless others are chosen."""
    frames: tuple[Frame, ...] = ()
    """Earlier moments so far, by the share of the training."""
    live: tuple[LiveArm, ...] = ()
    """The arms that have been trained so far, as they were seen last."""
    lacking: Lacking | None = None
    """The arms without snapshots; None if there are none, or they are being made."""
    moment: float = 1.0
    """The moment that is seen, as a share of the training."""
    page: str = PAGES[0]
    progress: str = ""
    """What is going on; empty once everything is there."""

    @property
    def frame(self) -> Frame | None:
        """The frame at the moment; None at the end of the training."""
        return next((one for one in self.frames if one.share == self.moment), None)

    @property
    def shown(self) -> tuple[str, ...]:
        """Names of the arms that are seen side by side; empty before any has been looked at."""
        if self.explanation is None:
            return ()
        there = {arm.name for arm in self.explanation.arms}
        return tuple(name for name in self.asked.chosen or self.usual if name in there)

    def place(self, name: str) -> int:
        """Return the number of an arm that decides on its colour."""
        names = self.shown or tuple(arm.name for arm in self.asked.study.arms)
        among = names.index(name) if name in names else len(names)
        return among if self.asked.search is not None else self.places.get(name, among)


def explained(scene: Scene, explanation: Explanation) -> Scene:
    """Return the scene with the views of the trained networks."""
    from hiss.views.explanation import usual

    return replace(scene, explanation=explanation, usual=usual(explanation))


def seen_live(scene: Scene, arm: LiveArm) -> Scene:
    """Return the scene with an arm that trains as it is now."""
    others = (one for one in scene.live if one.number != arm.number)
    live = sorted((*others, arm), key=lambda one: one.number)
    return replace(scene, live=tuple(live))


def framed(scene: Scene, frame: Frame) -> Scene:
    """Return the scene with one more moment."""
    others = (one for one in scene.frames if one.share != frame.share)
    return replace(scene, frames=tuple(sorted((*others, frame), key=lambda one: one.share)))


def making(scene: Scene) -> Scene:
    """Return the scene while the snapshots that are missing are made."""
    return replace(scene, asked=replace(scene.asked, make=True), lacking=None, live=())


def choosing(scene: Scene, names: Sequence[str]) -> Scene:
    """Return the scene with other arms side by side; their earlier moments are still to come."""
    asked = replace(scene.asked, chosen=tuple(names))
    return replace(scene, asked=asked, frames=(), moment=1.0)


def paged(scene: Scene, place: int) -> Scene:
    """Return the scene at another page, from 0; beyond the last comes the first."""
    return replace(scene, page=PAGES[place % len(PAGES)])


def moved(scene: Scene, step: int) -> Scene:
    """Return the scene at a moment some frames later or earlier."""
    moments = [*(one.share for one in scene.frames), 1.0]
    place = moments.index(scene.moment) if scene.moment in moments else len(moments) - 1
    return replace(scene, moment=moments[max(0, min(len(moments) - 1, place + step))])


def short_names(scene: Scene) -> dict[str, str]:
    """Return the names of all arms as they are shown: of a sweep, only the strengths."""
    search = scene.asked.search
    if search is None:
        return {arm.name: arm.name.rpartition("/")[2] for arm in scene.asked.study.arms}
    return {search.arm_name(place): search.describe(place) for place in search.places}


def named(scene: Scene, text: str, most: int) -> tuple[str, ...]:
    """Return the arms that a text names with commas between them.

    Args:
        scene: with the arms that have been looked at.
        text: short names, or strengths of a sweep: `0, 0.1`; of two sites `0 0.3, 0.1 0.3`.
        most: how many may be named.

    Raises:
        EngineError: if it names no arm, one that there is not, or more.
    """
    from hiss.errors import EngineError

    known = {_plain(short): name for name, short in short_names(scene).items()}
    there = {arm.name for arm in scene.explanation.arms} if scene.explanation else set()
    words = [_plain(word) for word in text.split(",") if word.strip()]
    unknown = [word for word in words if known.get(word) not in there]
    if unknown:
        raise EngineError(f"{unknown[0]} is not one of {', '.join(known)}.")
    if not 0 < len(words) <= most:
        raise EngineError(f"Expected one to {most} arms, received {len(words)}.")
    return tuple(dict.fromkeys(known[word] for word in words))


def words(scene: Scene, names: Sequence[str] = ()) -> str:
    """Return arms as `named` takes them; without names, all that have been looked at."""
    short = short_names(scene)
    there = names or tuple(
        arm.name for arm in (scene.explanation.arms if scene.explanation else ())
    )
    return ", ".join(_plain(short[name]) for name in there)


def _plain(name: str) -> str:
    """Return a name without symbols: `0.1 0.3` of `σ = 0.1, σ₂ = 0.3`."""
    parts = (part.rpartition("=")[2].strip() for part in name.split(", "))
    return " ".join(parts)
