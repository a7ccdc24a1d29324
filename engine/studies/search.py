"""A grid of strengths at one or two sites of an experiment, as a study.

All points are arms of one study: they share data, initial weights and noise, scaled by each
strength (common random numbers). The strengths of noise layers, gradient noise and label noise
also share one compiled program; a penalty and label smoothing are compiled into theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hiss.errors import EngineError
from hiss.experiment.sites import Site, default_site, find_site, with_strengths
from hiss.experiment.spec import Experiment, Plan, Study
from hiss.experiment.strengths import coarse, parse_grid

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


@dataclass(frozen=True, slots=True)
class Grid:
    """One site or two, and the strengths to try there; None leaves a choice to the preset."""

    stddev: str | None = None
    site: str | None = None
    stddev2: str | None = None
    site2: str | None = None

    def search(self, study: Study) -> Search:
        """The search that is asked for, of the study's only arm.

        Raises:
            EngineError: There is no such site, a grid is none, or there are more arms.
        """
        experiment = _only(study)
        study = Study(**{**dict(study), "arms": (experiment,)})
        first = self._first(experiment)
        if self.stddev2 is None and self.site2 is None:
            return Search(study, (first,))
        return Search(study, (first, self._second(experiment, first.site)))

    def _first(self, experiment: Experiment) -> Axis:
        proposed = experiment.study.sweep
        named = self.site or (str(proposed.layer) if proposed else None)
        site = find_site(experiment, named, _examples) if named else default_site(experiment)
        if self.stddev is not None:
            return Axis(site, parse_grid(self.stddev, _option(site), site.accepts))
        if proposed and site.key == f"layers.{proposed.layer}.stddev" and not site.new:
            return Axis(site, tuple(sorted(set(proposed.stddev))))
        return Axis(site, coarse(site.strength, site.owner))

    def _second(self, experiment: Experiment, first: Site) -> Axis:
        named = self.site2
        site = (
            find_site(experiment, named, _examples) if named else default_site(experiment, [first])
        )
        if self.stddev2 is None:
            return Axis(site, coarse(site.strength, site.owner))
        return Axis(site, parse_grid(self.stddev2, f"{_option(site)}2", site.accepts))


def _option(site: Site) -> str:
    """What the option with a site's strengths is called."""
    return "--stddev" if site.strength == "stddev" else "--values"


def _only(study: Study) -> Experiment:
    """The arm that is meant: not one that another is compared with."""
    partners = {arm.study.partner for arm in study.arms}
    arms = [arm for arm in study.arms if arm.name not in partners]
    if len(arms) > 1:
        names = ", ".join(arm.name for arm in arms)
        raise EngineError(f"sweep: expected one preset, received {names}.", "Name one of them.")
    return arms[0]


def _examples() -> tuple[Experiment, ...]:
    """Return every preset, read only when an example is needed."""
    from hiss.library.presets import load_presets

    return load_presets().experiments
