"""The results of a sweep in sentences: the best point, its plateau, and the confirmation."""

from __future__ import annotations

from collections.abc import Iterator

from hiss.experiment.spec import describe_repetition
from hiss.results.scores import metric_name
from hiss.studies.search import Place, Search
from hiss.studies.sweep import Sweep


def sentences(sweep: Sweep) -> tuple[str, ...]:
    """Return the results of a sweep, one or two sentences an entry."""
    return tuple(_sentences(sweep))


def _sentences(sweep: Sweep) -> Iterator[str]:
    if sweep.failed:
        yield f"Trainings that failed and are not averaged: {sweep.failed}."
    if undefined := sum(cell.undefined(sweep.metric) for cell in sweep.cells):
        name = metric_name(sweep.metric)
        yield f"Trainings whose rows determine no {name}, and that are not averaged: {undefined}."
    if sweep.best is None:
        yield "There is no best point: no training has a score."
        return
    yield f"{_early(sweep)}{_best(sweep, sweep.best)}"
    yield _plateau(sweep)
    if _at_the_end(sweep, sweep.best):
        yield "It is the strongest that was tried: a wider grid may do better."
    yield _confirmation(sweep)


def _early(sweep: Sweep) -> str:
    if not sweep.interim:
        return ""
    return f"Interim, {len(sweep.cells)} of {len(sweep.search.places)} points begun: "


def _best(sweep: Sweep, place: Place) -> str:
    (point,) = (cell.point(sweep.metric) for cell in sweep.cells if cell.place == place)
    search, metric = sweep.search, metric_name(sweep.metric)
    name = _zero_noise(search) if place == search.zero_noise else search.describe(place)
    sd = "" if point.sd is None else f" ± {point.sd:.3f} SD"
    chance = "" if sweep.chance is None else f", chance is {sweep.chance:.3f}"
    return f"Best is {name}, with a {metric} of {point.mean:.3f}{sd} (n = {point.n}{chance})."


def _plateau(sweep: Sweep) -> str:
    if not sweep.plateau_places:
        return "A single training has no standard error, so there is no plateau."
    if sweep.search.zero_noise in sweep.plateau_places and sweep.best != sweep.search.zero_noise:
        return f"{_extent(sweep)}; that includes {_zero_noise(sweep.search)}."
    return f"{_extent(sweep)}."


def _extent(sweep: Sweep) -> str:
    flat = sweep.plateau
    if len(sweep.plateau_places) == 1:
        return "No neighbour does as well within one standard error"
    if flat is None:
        count = len(sweep.plateau_places)
        return f"{count} neighbouring points do as well within one standard error"
    symbol = sweep.search.symbols[0]
    return (
        f"{symbol} from {flat.low:.12g} to {flat.high:.12g} does as well within one standard error"
    )


def _at_the_end(sweep: Sweep, place: Place) -> bool:
    """Whether some site's best is its strongest, and could be stronger."""
    return any(
        len(axis.strengths) > 1
        and axis.strengths[-1] == value
        and value != axis.site.accepts.get("maximum")
        for axis, value in zip(sweep.search.axes, place, strict=True)
    )


def _confirmation(sweep: Sweep) -> str:
    search, fresh = sweep.search, sweep.confirmation
    if fresh is not None:
        count = fresh.comparison.declared
        how = describe_repetition(search.base.mode, search.experiment.data)
        fresh_repeats = f"{count} fresh repeat{'s' if count != 1 else ''}"
        return f"On {fresh_repeats} ({how}): {fresh.comparison.sentence}"
    if sweep.best == search.zero_noise:
        return f"{_zero_noise(search).capitalize()} leaves nothing to confirm."
    return "Not confirmed on fresh repeats: the best of a grid looks better than it is."


def _zero_noise(search: Search) -> str:
    """What the point with all strengths at 0 is called: "no noise", "no penalty"."""
    kinds = {"penalty" if axis.site.penalty else "noise" for axis in search.axes}
    return f"no {' and no '.join(sorted(kinds))}"
