"""The study that a start on each screen would train."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hiss.tui.state import comparing, sweeping

if TYPE_CHECKING:
    from hiss.data.spec import Mode
    from hiss.experiment.spec import Experiment, Study
    from hiss.studies.search import Grid, Search
    from hiss.tui.state.model import Lab

SQUARE = (0.0, 0.03, 0.1, 0.3)
"""Strengths at each of two sites: few, for every pair of them is trained."""


def repeats(lab: Lab, screen: str) -> int:
    """Return the number of repeats of a study started on a screen."""
    return repeats_of(lab, arms(lab, screen), screen)


def repeats_of(lab: Lab, chosen: tuple[Experiment, ...], screen: str) -> int:
    """Return the number of repeats that is set; in the lab, else what the presets propose.

    There are at most as many as a cross-validation has folds.
    """
    declared = lab.declared if screen in ("compare", "sweep") else lab.repeats
    if not chosen:
        return declared or 1
    from hiss.experiment.spec import most_repeats, proposed_repeats

    most = most_repeats(chosen)
    wanted = declared or proposed_repeats(chosen)
    return wanted if most is None else min(wanted, most)


def arms(lab: Lab, screen: str) -> tuple[Experiment, ...]:
    """Return the experiments that a study started on a screen is about."""
    if screen == "compare":
        return comparing.arms(lab)
    if screen == "sweep":
        found = sweeping.target(lab)
        return (found,) if found else ()
    return lab.chosen


def study_mode(lab: Lab, screen: str) -> Mode:
    """Return what differs between replicates: as set, else as the presets propose."""
    chosen = arms(lab, screen)
    if lab.mode is not None or not chosen:
        return lab.mode or "article"
    from hiss.experiment.spec import proposed_mode

    return proposed_mode(chosen)


def study_of(lab: Lab, chosen: tuple[Experiment, ...], screen: str, device: str | None) -> Study:
    """Return the study of these experiments, with the repeats and the seed that are set."""
    from hiss.experiment.spec import Study, proposed_mode

    return Study(
        arms=chosen,
        seed=lab.seed,
        repeats=repeats_of(lab, chosen, screen),
        mode=lab.mode or proposed_mode(chosen),
        device=device,
    )


def search_of(lab: Lab, device: str | None = None, grid: Grid | None = None) -> Search:
    """The sweep that is planned, or the one over another grid.

    Raises:
        EngineError: Nothing is to be swept, or there is no such site or strength.
    """
    from hiss.errors import EngineError

    chosen = sweeping.target(lab)
    if chosen is None:
        raise EngineError("There is nothing to sweep.", "p chooses a preset.")
    study = study_of(lab, (chosen,), "sweep", device)
    return (grid or lab.sweeping.grid or suitable_grid(chosen)).search(study)


def suitable_grid(experiment: Experiment) -> Grid:
    """The grid that a preset proposes, or one over both sites where it has two noises."""
    from hiss.experiment.sites import sites
    from hiss.studies.search import Grid

    noises = [one.name for one in sites(experiment) if one.argument == "stddev" and not one.new]
    if experiment.study.sweep is not None or len(noises) != 2:
        return Grid()
    return Grid(noises[0], SQUARE, noises[1], SQUARE)


def next_site(lab: Lab, second: bool) -> Grid | None:
    """The planned grid at the next site; after the last, a second site is none."""
    from hiss.experiment.sites import sites
    from hiss.studies.search import Grid

    chosen = sweeping.target(lab)
    if chosen is None:
        return None
    names = [one.name for one in sites(chosen)]
    now = lab.sweeping.grid or suitable_grid(chosen)
    if not second:
        free = [name for name in names if name != now.site2]
        return replace(now, site=_after(now.site, free), strengths=None)
    here = search_of(lab).axes[0].site.name
    site2 = _after(now.site2, [None, *(name for name in names if name != here)])
    strengths = SQUARE if site2 and now.strengths is None else now.strengths
    return Grid(here, strengths, site2, SQUARE if site2 else None)


def obstacle(lab: Lab) -> str:
    """Return why no sweep can be planned; empty if it can."""
    from hiss.errors import EngineError

    try:
        search_of(lab)
    except EngineError as error:
        return f"{error.message} {error.hint}".strip()
    return ""


def other_sites(lab: Lab, second: bool) -> tuple[str, ...]:
    """Return the sites that the planned sweep could take besides its present first site.

    Args:
        lab: The state, in which a sweep can be planned.
        second: Whether to return those for the second site.
    """
    from hiss.experiment.sites import sites

    here, *others = (axis.site.name for axis in search_of(lab).axes)
    taken = {here} if second else {here, *others}
    return tuple(one.name for one in sites(search_of(lab).experiment) if one.name not in taken)


def _after(now: str | None, names: list[Any]) -> Any:
    """The name after the present one, and the first after the last."""
    place = names.index(now) if now in names else -1
    return names[(place + 1) % len(names)]
