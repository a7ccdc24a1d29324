"""A grid of strengths at one or two sites of an experiment, as a study.

All points are arms of one study: they share data, initial weights and noise, scaled by each
strength (common random numbers). The strengths of noise layers, gradient noise and label noise
also share one compiled program; a penalty and label smoothing are compiled into theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from engine.errors import EngineError
from engine.sites import Site, with_strengths
from engine.spec import Experiment, Plan, Study

Place = tuple[float, ...]
"""A point's strength at each site that is searched: one or two."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The strengths that are tried at one site, from the weakest."""

    site: Site
    strengths: tuple[float, ...]


@dataclass(frozen=True)
class Search:
    """What is swept: the one arm of a study, at one site or two."""

    base: Study
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        """Refuse two axes at the same site."""
        names = [axis.site.name for axis in self.axes]
        if len(set(names)) != len(names):
            raise EngineError(
                f"site2: {names[0]} is the first site already.", "Name two different sites."
            )

    @property
    def experiment(self) -> Experiment:
        """The experiment whose strengths are varied."""
        return self.base.arms[0]

    @property
    def places(self) -> tuple[Place, ...]:
        """All points of the grid, the first site's strength changing last."""
        return tuple(product(*(axis.strengths for axis in self.axes)))

    @property
    def silence(self) -> Place:
        """The point without noise at the sites, on the grid or not."""
        return (0.0,) * len(self.axes)

    def arm(self, place: Place) -> Experiment:
        """The experiment at one point of the grid.

        Raises:
            PresetError: if its layers do not take such a strength.
        """
        strengths = [(axis.site, value) for axis, value in zip(self.axes, place, strict=True)]
        called = {
            "name": f"{self.experiment.name} {self.say(place, '=', ' ')}",
            "title": self.say(place),
            "published": None,
            "study": Plan(),
        }
        return with_strengths(self.experiment, strengths).model_copy(update=called)

    def say(self, place: Place, equals: str = " = ", comma: str = ", ") -> str:
        """A point in words: `σ = 0.1`, or `σ = 0.1, σ₂ = 0.3` for two sites."""
        named = zip(self.symbols, place, strict=True)
        return comma.join(f"{symbol}{equals}{value:.12g}" for symbol, value in named)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the strength at each site is called for short: σ, or else its own name."""
        called = (axis.site.strength for axis in self.axes)
        names = ["σ" if name == "stddev" else name for name in called]
        return tuple(name + "₂" * number for number, name in enumerate(names))

    def study(self, *places: Place, seed: int | None = None) -> Study:
        """The study of some points of the grid, of all when none is given."""
        changed = {
            "arms": tuple(map(self.arm, places or self.places)),
            "seed": self.base.seed if seed is None else seed,
        }
        return Study(**{**dict(self.base), **changed})
