"""What a sweep says in words: the best point, its plateau, and whether fresh replicates agree."""

from __future__ import annotations

from collections.abc import Iterator

from hiss.experiment.repetition import describe_repetition
from hiss.results.scores import metric_name
from hiss.studies.search import Place, Search
from hiss.studies.sweep import Sweep


def sentences(found: Sweep) -> tuple[str, ...]:
    """What a sweep says, a sentence or two at a time."""
    return tuple(_sentences(found))


def zero_noise(search: Search) -> str:
    """What there is where all strengths are 0: "no noise", "no penalty"."""
    kinds = {"penalty" if axis.site.penalty else "noise" for axis in search.axes}
    return f"no {' and no '.join(sorted(kinds))}"


def _sentences(found: Sweep) -> Iterator[str]:
    if found.failed:
        yield f"Trainings that failed and are not averaged: {found.failed}."
    if found.best is None:
        yield "Cannot say which does best: there are no scores."
        return
    yield f"{_early(found)}{_best(found, found.best)}"
    yield _plateau(found)
    if _at_the_end(found, found.best):
        yield "It is the strongest that was tried: a wider grid may do better."
    yield _confirmation(found)


def _early(found: Sweep) -> str:
    if not found.interim:
        return ""
    return f"Interim, {len(found.cells)} of {len(found.search.places)} points begun: "


def _best(found: Sweep, place: Place) -> str:
    (point,) = (cell.point(found.metric) for cell in found.cells if cell.place == place)
    sd = "" if point.sd is None else f" ± {point.sd:.3f} SD"
    name = zero_noise(found.search) if place == found.search.silence else found.search.say(place)
    return f"Best is {name}, with a {metric_name(found.metric)} of {point.mean:.3f}{sd} (n = {point.n})."


def _plateau(found: Sweep) -> str:
    if not found.plateau_places:
        return "One training shows no standard error, so no plateau can be told."
    if found.search.silence in found.plateau_places and found.best != found.search.silence:
        return f"{_extent(found)}; that includes {zero_noise(found.search)}."
    return f"{_extent(found)}."


def _extent(found: Sweep) -> str:
    flat = found.plateau
    if len(found.plateau_places) == 1:
        return "No neighbour does as well within one standard error"
    if flat is None:
        count = len(found.plateau_places)
        return f"{count} neighbouring points do as well within one standard error"
    symbol = found.search.symbols[0]
    return (
        f"{symbol} from {flat.low:.12g} to {flat.high:.12g} does as well within one standard error"
    )


def _at_the_end(found: Sweep, place: Place) -> bool:
    """Whether some site's best is its strongest, and could be stronger."""
    return any(
        len(axis.strengths) > 1
        and axis.strengths[-1] == value
        and value != axis.site.accepts.get("maximum")
        for axis, value in zip(found.search.axes, place, strict=True)
    )


def _confirmation(found: Sweep) -> str:
    search, fresh = found.search, found.confirmation
    if fresh is not None:
        how = describe_repetition(search.base.mode, search.experiment.data)
        return (
            f"On {fresh.comparison.declared} fresh replicates ({how}): {fresh.comparison.sentence}"
        )
    if found.best == search.silence:
        return f"{zero_noise(search).capitalize()} leaves nothing to confirm."
    return "Not confirmed on fresh replicates: the best of a grid looks better than it is."
