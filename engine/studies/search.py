"""A grid of strengths at one or two sites of an experiment, as a study.

All points are arms of one study: they share data, initial weights and noise, scaled by each
strength (common random numbers). They also share one compiled program, but for penalties that are
not L1 or L2, or of recurrent layers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from hiss.errors import EngineError
from hiss.experiment.sites import Site, default_site, find_site, with_strengths
from hiss.experiment.spec import Experiment, Plan, Study
from hiss.experiment.strengths import coarse
from hiss.keras_names.schemas import fits, phrase
from hiss.noise.kind import STRENGTHS

Place = tuple[float, ...]
"""A point's strength at each site that is searched: one or two."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The strengths to try at one site."""

    site: Site
    strengths: tuple[float, ...]
    """From the weakest to the strongest, each once."""


@dataclass(frozen=True)
class Search:
    """The strengths to try at one site or two of an experiment."""

    base: Study
    """A study of the experiment alone; the points of the grid take its place."""
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
    def zero_noise(self) -> Place:
        """The point with strength 0 at every site, on the grid or not."""
        return (0.0,) * len(self.axes)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbol of each site's strength: σ, or the argument's name where it is not stddev."""
        arguments = (axis.site.argument for axis in self.axes)
        names = ["σ" if name == "stddev" else name for name in arguments]
        return tuple(name + "₂" * number for number, name in enumerate(names))

    def describe(self, place: Place) -> str:
        """Format a point: `σ = 0.1`, or `σ = 0.1, σ₂ = 0.3` for two sites."""
        return self._assigned(place, " = ", ", ")

    def arm_name(self, place: Place) -> str:
        """Return the name of the experiment at one point of the grid."""
        return f"{self.experiment.name} {self._assigned(place, '=', ' ')}"

    def arm(self, place: Place) -> Experiment:
        """Return the experiment at one point of the grid.

        Raises:
            PresetError: if a site does not accept its strength.
        """
        strengths = [(axis.site, value) for axis, value in zip(self.axes, place, strict=True)]
        changed = {
            "name": self.arm_name(place),
            "title": self.describe(place),
            "published": None,
            "study": Plan(),
        }
        return with_strengths(self.experiment, strengths).model_copy(update=changed)

    def study(self, *places: Place, seed: int | None = None) -> Study:
        """Return the study of some points of the grid, by default of all.

        Args:
            places: the points, on the grid or not.
            seed: the study's seed; None keeps that of `base`.
        """
        changed = {
            "arms": tuple(map(self.arm, places or self.places)),
            "seed": self.base.seed if seed is None else seed,
        }
        return Study(**{**dict(self.base), **changed})

    def _assigned(self, place: Place, equals: str, separator: str) -> str:
        values = zip(self.symbols, place, strict=True)
        return separator.join(f"{symbol}{equals}{value:.12g}" for symbol, value in values)


@dataclass(frozen=True, slots=True)
class Grid:
    """The sites and strengths that a user asks for; None leaves a choice to the preset."""

    site: str | None = None
    """Name of the first site, as `find_site` takes it."""
    strengths: tuple[float, ...] | None = None
    site2: str | None = None
    strengths2: tuple[float, ...] | None = None

    def search(self, study: Study) -> Search:
        """Return the search over the study's only arm.

        Raises:
            EngineError: if there is no such site, it does not accept a strength, or the study has
                more than one arm.
        """
        experiment = _only_arm(study)
        study = Study(**{**dict(study), "arms": (experiment,)})
        first = self._first(experiment)
        if self.strengths2 is None and self.site2 is None:
            return Search(study, (first,))
        return Search(study, (first, self._second(experiment, first.site)))

    def _first(self, experiment: Experiment) -> Axis:
        proposed = experiment.study.sweep
        named = self.site or (str(proposed.layer) if proposed else None)
        site = find_site(experiment, named, _examples) if named else default_site(experiment)
        if self.strengths is not None:
            return Axis(site, _accepted(self.strengths, site, _option(site)))
        if proposed and site.key == f"layers.{proposed.layer}.stddev" and not site.new:
            return Axis(site, tuple(sorted(set(proposed.stddev))))
        return Axis(site, coarse(site.argument, site.owner))

    def _second(self, experiment: Experiment, first: Site) -> Axis:
        named = self.site2
        site = (
            find_site(experiment, named, _examples) if named else default_site(experiment, [first])
        )
        if self.strengths2 is not None:
            return Axis(site, _accepted(self.strengths2, site, f"{_option(site)}2"))
        return Axis(site, coarse(site.argument, site.owner))


def parse_strengths(text: str, option: str) -> tuple[float, ...]:
    """Parse strengths as in `0,0.01,0.1`.

    Args:
        text: numbers between commas.
        option: what to call the text in messages.

    Raises:
        EngineError: if one is not a number.
    """
    return tuple(_number(part.strip(), option) for part in text.split(","))


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f"{option}: expected numbers, received {text or 'nothing'}."
        raise EngineError(message, "Write a grid as 0,0.01,0.1.") from None


def _accepted(strengths: tuple[float, ...], site: Site, option: str) -> tuple[float, ...]:
    """Sort strengths, each once, and refuse those that the site does not accept."""
    for value in strengths:
        if not (math.isfinite(value) and fits(site.accepts, value)):
            wanted = phrase(site.accepts).replace("a number", "numbers", 1)
            grid = ",".join(f"{one:g}" for one in STRENGTHS if fits(site.accepts, one))
            message = f"{option}: expected {wanted}, received {value:.12g}."
            raise EngineError(message, f"Write a grid as {grid}.")
    return tuple(sorted(set(strengths)))


def _option(site: Site) -> str:
    """Name of the option for a site's strengths."""
    return "--stddev" if site.argument == "stddev" else "--values"


def _only_arm(study: Study) -> Experiment:
    """The arm to sweep: not one that another is compared with."""
    partners = {arm.study.partner for arm in study.arms}
    arms = [arm for arm in study.arms if arm.name not in partners]
    if len(arms) > 1:
        names = ", ".join(arm.name for arm in arms)
        raise EngineError(f"sweep: expected one preset, received {names}.", "Name one of them.")
    return arms[0]


def _examples() -> tuple[Experiment, ...]:
    """Every preset, read only when an example is needed."""
    from hiss.library.presets import load_presets

    return load_presets().experiments
