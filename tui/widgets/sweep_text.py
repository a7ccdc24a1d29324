"""The texts of the sweep's titles and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hiss.tui.state import plan, sweeping

if TYPE_CHECKING:
    from hiss.studies.search import Place, Search
    from hiss.tui.state.model import Lab

ROOMY = 38
"""Cells from which on standard errors are shown beside standard deviations."""


def planned(lab: Lab) -> str:
    """Return what would be swept, at which sites, and over which strengths."""
    from hiss.errors import EngineError

    try:
        search = plan.search_of(lab)
    except EngineError as error:
        return error.message
    grids = " × ".join(
        f"{symbol} {', '.join(f'{value:.12g}' for value in axis.strengths)} at {axis.site.name}"
        for symbol, axis in zip(search.symbols, search.axes, strict=True)
    )
    name = search.experiment.name.rpartition("/")[2]
    return f"{name} · {grids}"


def shown_metric(lab: Lab) -> str:
    """Return the score that is drawn: the one that points are ranked by, or the loss."""
    found = lab.sweeping.findings
    judged = found.found.metric if found else "test_accuracy"
    return "test_loss" if lab.view.quantity == "loss" else judged


def title(lab: Lab) -> str:
    """Return which score is drawn, of which experiment."""
    from hiss.results.scores import metric_name

    search = lab.sweeping.shown
    name = metric_name(shown_metric(lab))
    score = f"{name[0].upper()}{name[1:]}"
    if search is None:
        return score
    sites = " and ".join(axis.site.name for axis in search.axes)
    return f"{score} by noise at {sites}, {search.experiment.name.rpartition('/')[2]}"


def marks(lab: Lab, symbols: tuple[str, str]) -> str:
    """Return the meaning of the symbols and the bars."""
    search = lab.sweeping.shown
    if search is None:
        return ""
    if len(search.axes) == 2:
        return "* best · + within one SE"
    best, plateau = symbols
    return f"{best} best · {plateau} within one SE · bars ± SE"


def point_title(search: Search | None, place: Place | None) -> str:
    """Return the strengths of a point."""
    return search.describe(place) if search and place is not None else "Point"


def point_lines(lab: Lab, place: Place | None, width: int) -> list[str]:
    """Return the scores of a point, in lines of `width` cells."""
    found = lab.sweeping.findings
    if found is None or place is None:
        return ["Nothing has been trained here yet."]
    lines = []
    for metric in found.found.metrics:
        point = found.points[metric].get(place)
        if point is None or point.mean is None:
            continue
        spread = "" if point.sd is None else f" ± {point.sd:.3f} SD"
        error = "" if point.se is None or width < ROOMY else f", SE {point.se:.4f}"
        lines.append(f"{_short(metric):10}{point.mean:.3f}{spread}{error}")
    if not lines:
        return ["Nothing has been trained here yet."]
    run = sweeping.run_at(lab, place)
    point = found.points[found.found.metric].get(place)
    repeats = run.repeats if run else found.found.search.base.repeats
    failed = found.failed(place)
    counted = f"n {point.n if point else 0} of {repeats}" + (f", {failed} failed" if failed else "")
    rank = "best" if place == found.best else "on the plateau" if place in found.plateau else ""
    return [" · ".join(filter(None, (counted, rank))), *lines]


def _short(metric: str) -> str:
    from hiss.results.scores import metric_name

    return metric_name(metric).removesuffix(" accuracy")


def idle(lab: Lab, width: int) -> str:
    """Return what a start would train."""
    from hiss.errors import EngineError

    try:
        count = len(plan.search_of(lab).places)
    except EngineError as error:
        return error.hint or error.message
    repeats = plan.repeats(lab, "sweep")
    start = f"{count} points × {repeats} repeats · enter sweeps them"
    found = lab.sweeping.findings
    if found is None or found.best is None or width < 60:
        return start
    confirmed = found.found.confirmation or found.best == found.found.search.zero_noise
    return start if confirmed else f"{start} · c confirms the best"
