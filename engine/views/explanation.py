"""What noise did to the networks of a study: every view of every arm, and the paired changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from hiss.errors import EngineError, did_you_mean
from hiss.views.calibration import Calibration
from hiss.views.margins import Margins
from hiss.views.measured import Measured
from hiss.views.memorisation import Memorisation, Norms
from hiss.views.paired import PairedChange
from hiss.views.regions import Regions, Surface
from hiss.views.robustness import Robustness
from hiss.views.signal import Signal

SCHEMA = 1
"""Version of the JSON document."""
View = Literal[
    "regions",
    "jacobian",
    "robustness",
    "calibration",
    "margins",
    "noise",
    "memorisation",
    "weights",
]
VIEWS: tuple[View, ...] = get_args(View)


@dataclass(frozen=True, slots=True)
class ExplainedArm:
    """The views of one arm; None for those that were not asked for or make no sense for it."""

    name: str
    task: str
    replicates: tuple[int, ...]
    """Those that did not fail."""
    regions: Regions | Surface | None = None
    jacobian: Measured | None = None
    """Mean over the test rows of ‖∂f/∂x‖, by replicate."""
    robustness: Robustness | None = None
    calibration: Calibration | None = None
    margins: Margins | None = None
    noise: tuple[Signal, ...] | None = None
    memorisation: Memorisation | None = None
    weights: Norms | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    """View → why it is not there."""

    def as_json(self) -> dict[str, Any]:
        """Return the arm as plain values."""
        views = {
            "regions": self.regions and self.regions.as_json(),
            "jacobian": self.jacobian and self.jacobian.as_json(),
            "robustness": self.robustness and self.robustness.as_json(),
            "calibration": self.calibration and self.calibration.as_json(),
            "margins": self.margins and self.margins.as_json(),
            "snr": None if self.noise is None else [each.as_json() for each in self.noise],
            "memorisation": self.memorisation and self.memorisation.as_json(),
            "weights": self.weights and self.weights.as_json(),
        }
        return {
            "preset": self.name,
            "task": self.task,
            "replicates": list(self.replicates),
            "views": {name: one for name, one in views.items() if one is not None},
            "without": dict(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """All views of a study."""

    arms: tuple[ExplainedArm, ...]
    paired: tuple[PairedChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        return {
            "schema": SCHEMA,
            "arms": [arm.as_json() for arm in self.arms],
            "paired": [one.as_json() for one in self.paired],
        }


@dataclass(frozen=True, slots=True)
class FramedArm:
    """The regions of one arm at one of its snapshots."""

    epoch: int
    regions: Regions | Surface


@dataclass(frozen=True, slots=True)
class Frame:
    """The regions of all arms at one moment of their training."""

    share: float
    """How far the training is, from 0 to 1."""
    arms: tuple[FramedArm, ...]


@dataclass(frozen=True, slots=True)
class LiveArm:
    """The regions of an arm that is being trained."""

    number: int
    """Of the arm in its study, from 0."""
    now: FramedArm


def chosen_views(names: Sequence[str]) -> tuple[View, ...]:
    """Return the views of some names; all where none is named.

    Raises:
        EngineError: if there is none of a name.
    """
    for name in names:
        if name not in VIEWS:
            raise EngineError(
                f"view: there is no view `{name}`.{did_you_mean(name, VIEWS)}",
                f"Views are {', '.join(VIEWS)}.",
            )
    return tuple(view for view in VIEWS if view in names or not names)
