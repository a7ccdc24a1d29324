"""The words of a command line that say which strengths a sweep tries, and where."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError
from engine.grids import coarse, parse_grid
from engine.search import Axis, Search
from engine.sites import Site, default_site, find_site
from engine.spec import Experiment, Study


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
        site = find_site(experiment, named) if named else default_site(experiment)
        if self.stddev is not None:
            return Axis(site, parse_grid(self.stddev, _option(site), site.accepts))
        if proposed and site.key == f"layers.{proposed.layer}.stddev" and not site.new:
            return Axis(site, tuple(sorted(set(proposed.stddev))))
        return Axis(site, coarse(site.strength))

    def _second(self, experiment: Experiment, first: Site) -> Axis:
        named = self.site2
        site = find_site(experiment, named) if named else default_site(experiment, [first])
        if self.stddev2 is None:
            return Axis(site, coarse(site.strength))
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
