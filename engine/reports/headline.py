"""A result in a line: what the history of studies shows of each."""

from __future__ import annotations

from collections.abc import Sequence

from hiss.errors import EngineError
from hiss.results.outcomes import Arm, Result
from hiss.results.rows import UNKNOWN
from hiss.results.scores import (
    format_differences,
    in_points,
    lower_is_better,
    measured_metric,
    metric_name,
)
from hiss.studies.overall import Overall
from hiss.studies.plateau import Point, measure
from hiss.studies.search import Search
from hiss.studies.sweep import Sweep
from hiss.studies.verdicts import VERDICTS, Comparison, Verdict

ORDER: tuple[Verdict, ...] = ("better", "worse", "different", "same", "open", "unknown")
"""Verdicts from the one that tells most to the one that tells least."""


def run_headline(result: Result, metric: str | None = None) -> str:
    """Return the score of an arm, or of the best of several; empty without scores."""
    try:
        metric = measured_metric((one for arm in result.arms for one in arm.replicates), metric)
    except EngineError:
        return ""
    measured = [(_point(arm, metric), arm) for arm in result.arms]
    scored = [(point, arm) for point, arm in measured if point.n]
    if not scored:
        return ""
    sign = -1 if lower_is_better(metric) else 1
    point, best = max(scored, key=lambda pair: sign * (pair[0].mean or 0.0))
    text = _score(point, metric)
    return text if len(result.arms) == 1 else f"best {_short(best.experiment.name)}: {text}"


def comparison_headline(comparisons: Sequence[Comparison], overall: Sequence[Overall] = ()) -> str:
    """Return the verdict that tells most, of the largest difference; empty without any.

    Args:
        comparisons: of a study's arms.
        overall: those over data sets, which tell more.
    """
    if overall:
        first = min(overall, key=lambda one: ORDER.index(one.verdict))
        early = "interim: " if first.interim else ""
        word = VERDICTS[first.verdict]
        return f"{early}{_short(first.title)} over {first.n} data sets: {word}"
    if not comparisons:
        return ""
    told = min(
        comparisons,
        key=lambda one: (ORDER.index(one.verdict), -abs(one.mean_difference or 0.0)),
    )
    early = f"interim, {told.n} of {told.declared}: " if told.interim else ""
    return f"{early}{_short(told.arm)}: {_verdict(told)}"


def sweep_headline(sweep: Sweep) -> str:
    """Return the best strength with its score, and whether fresh repeats confirm it."""
    if sweep.best is None:
        return ""
    (point,) = (cell.point(sweep.metric) for cell in sweep.cells if cell.place == sweep.best)
    early = "interim: " if sweep.interim else ""
    text = f"{early}best {_place(sweep.search, sweep.best)}: {_score(point, sweep.metric)}"
    if sweep.confirmation is None:
        return text
    return f"{text}; on fresh repeats {_verdict(sweep.confirmation.comparison)}"


def _verdict(one: Comparison) -> str:
    """The verdict with what it rests on: `better by 5.7 points, p Holm 0.002`."""
    word, difference = VERDICTS[one.verdict], one.mean_difference or 0.0
    chance = "" if one.p_holm is None else f", p Holm {_small(one.p_holm)}"
    match one.verdict:
        case "better" | "worse":
            return f"{word} by {_amount(one, abs(difference))}{chance}"
        case "same":
            return f"{word} within {_amount(one, one.rope_width)}"
        case "unknown":
            return f"{word}, {one.reason}" if one.reason else word
        case _:
            return f"{word}: {_amount(one, difference, signed=True)}{chance}"


def _amount(one: Comparison, difference: float, signed: bool = False) -> str:
    (figures,) = format_differences([difference], one.metric, signed)
    unit = "points" if in_points(one.metric) else f"in {metric_name(one.metric)}"
    return f"{figures} {unit}"


def _score(point: Point, metric: str) -> str:
    spread = "" if point.sd is None else f" ± {point.sd:.3f} SD, n = {point.n}"
    return f"{metric_name(metric)} {point.mean:.3f}{spread}"


def _point(arm: Arm, metric: str) -> Point:
    return measure(0.0, arm.replicates, metric, None, (arm.curves.rows or UNKNOWN).test_to_train)


def _place(search: Search, place: tuple[float, ...]) -> str:
    return search.describe(place).replace(" = ", "=")


def _short(name: str) -> str:
    """The last part of an experiment's name."""
    return name.rpartition("/")[2]


def _small(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
