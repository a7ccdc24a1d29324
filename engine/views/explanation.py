"""What noise did to the networks of a study: every view of every arm, and the paired changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from hiss.errors import EngineError, did_you_mean
from hiss.results.scores import lower_is_better
from hiss.views.along import Along
from hiss.views.calibration import Calibration
from hiss.views.margins import Margins
from hiss.views.measured import Measured
from hiss.views.memorisation import Memorisation, Norms
from hiss.views.paired import PairedChange
from hiss.views.regions import Regions, Surface
from hiss.views.robustness import Robustness
from hiss.views.signal import Signal

if TYPE_CHECKING:
    from hiss.studies.search import Place

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
MOST_SEEN = 4
"""Arms that are seen side by side."""


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
    along: Mapping[str, Along] = field(default_factory=dict)
    """View → its number by epoch, for the views that have a cheap one."""
    score: Measured | None = None
    """The score at the end of training, by replicate."""
    metric: str = ""
    """Its name."""
    place: Place = ()
    """The strengths of a point of a sweep; empty elsewhere."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """View → why it is not there."""

    def as_json(self) -> dict[str, Any]:
        """Return the arm as plain values."""
        views: dict[str, Any] = {
            "regions": self.regions and self.regions.as_json(),
            "jacobian": self.jacobian and self.jacobian.as_json(),
            "robustness": self.robustness and self.robustness.as_json(),
            "calibration": self.calibration and self.calibration.as_json(),
            "margins": self.margins and self.margins.as_json(),
            "snr": None if self.noise is None else [each.as_json() for each in self.noise],
            "memorisation": self.memorisation and self.memorisation.as_json(),
            "weights": self.weights and self.weights.as_json(),
        }
        for name, number in self.along.items():
            if (view := views[name]) is not None:
                view["by_epoch"] = number.as_json()
        score = self.score and {"metric": self.metric, **self.score.as_json()}
        return {
            "preset": self.name,
            "task": self.task,
            "replicates": list(self.replicates),
            **({"strength": list(self.place)} if self.place else {}),
            "score": score,
            "views": {name: one for name, one in views.items() if one is not None},
            "without": dict(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """All views of a study."""

    arms: tuple[ExplainedArm, ...]
    paired: tuple[PairedChange, ...]
    sites: tuple[str, ...] = ()
    """Where a sweep varies the strength; empty elsewhere."""
    symbols: tuple[str, ...] = ()
    """The symbol of the strength at each: `σ`."""

    def strength_of(self, arm: ExplainedArm) -> str:
        """Write the strength of a sweep's arm: `σ = 0.1`."""
        pairs = zip(self.symbols, arm.place, strict=True)
        return ", ".join(f"{symbol} = {value:g}" for symbol, value in pairs)

    def as_json(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        return {
            "schema": SCHEMA,
            **({"sites": list(self.sites)} if self.sites else {}),
            "arms": [arm.as_json() for arm in self.arms],
            "paired": [one.as_json() for one in self.paired],
        }


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


def usual(explanation: Explanation) -> tuple[str, ...]:
    """Return the names of at most four arms that are seen at first.

    Of a sweep, the strengths are evenly spaced, both ends and the best among them.
    """
    arms = explanation.arms
    if len(arms) <= MOST_SEEN or not explanation.sites:
        return tuple(arm.name for arm in arms[:MOST_SEEN])
    places = [round(number * (len(arms) - 1) / (MOST_SEEN - 1)) for number in range(MOST_SEEN)]
    top = best_arm(arms)
    best = next((at for at, arm in enumerate(arms) if arm.name == top), places[0])
    if best not in places:
        near = min(places[1:-1], key=lambda place: abs(place - best))
        places = sorted({*places, best} - {near})
    return tuple(arms[place].name for place in places)


def best_arm(arms: Sequence[ExplainedArm]) -> str | None:
    """Return the name of the arm with the best mean score; None without scores."""
    means = {
        arm.name: arm.score.summary.mean * (-1 if lower_is_better(arm.metric) else 1)
        for arm in arms
        if arm.score is not None and arm.score.summary.mean is not None
    }
    return max(means, key=lambda name: means[name]) if means else None
