"""An explanation as JSON, and as one careful sentence for each view."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hiss.reports.export import finite
from hiss.results.scores import format_differences, in_points, lower_is_better, metric_name
from hiss.statistics import Summary, summarize
from hiss.views.explanation import ExplainedArm, Explanation, View
from hiss.views.measured import Measured
from hiss.views.paired import PairedChange
from hiss.views.regions import Regions

STRONG = 0.5
"""The strength of test noise, in SDs of the features, that the sentence names."""


class Measure(NamedTuple):
    """One view of an arm as one number a replicate."""

    name: str
    summary: Summary | None
    """None where the arm does not have the view."""
    decimals: int


class Sentence(NamedTuple):
    """What one view says."""

    view: View
    text: str


def measures(arm: ExplainedArm) -> tuple[Measure, ...]:
    """Return the views of an arm that are one number a replicate, always in the same order."""
    maps = arm.regions if isinstance(arm.regions, Regions) else None
    risk = maps.excess_risk if maps else None
    calibration, margins, gaps = arm.calibration, arm.margins, arm.memorisation
    noise = arm.noise[0].last if arm.noise else None
    reach = margins.reach if margins else None
    return (
        Measure("Jacobian norm", arm.jacobian.summary if arm.jacobian else None, 2),
        Measure("Connected regions", maps.fragments.summary if maps else None, 1),
        Measure("Excess risk", risk.summary if risk else None, 3),
        Measure("Calibration error", calibration.ece.summary if calibration else None, 3),
        Measure("Test margin, logits", summarize(margins.middle) if margins else None, 2),
        Measure("Within noise's reach", reach.summary if reach else None, 3),
        Measure("Signal/noise", noise.summary if noise else None, 2),
        Measure("Train − test score", summarize(gaps.last_gap) if gaps else None, 3),
        Measure("Lost after the best", gaps.lost.summary if gaps else None, 3),
    )


def to_json(explanation: Explanation) -> str:
    """Return an explanation as JSON, with null for NaN and infinities."""
    return json.dumps(finite(explanation.as_json()), ensure_ascii=False, indent=2) + "\n"


def sentences(explanation: Explanation) -> tuple[Sentence, ...]:
    """Return what the views say of every arm against its baseline, else of every arm alone."""
    arms = {arm.name: arm for arm in explanation.arms}
    found = [
        sentence
        for change in explanation.paired
        for sentence in _of_pair(arms[change.arm], arms[change.baseline], change)
    ]
    return tuple(found) or tuple(one for arm in explanation.arms for one in _of_arm(arm))


def _of_pair(arm: ExplainedArm, base: ExplainedArm, change: PairedChange) -> Iterator[Sentence]:
    name, other = (one.name.rpartition("/")[2] for one in (arm, base))
    yield Sentence("jacobian", _jacobian(name, change))
    if isinstance(arm.regions, Regions) and isinstance(base.regions, Regions):
        more = _difference(arm.regions.fragments, base.regions.fragments)
        apart, of_base = arm.regions.disagreement, base.regions.disagreement
        differ = "" if of_base is None else f"{_disagree(apart)}, on {of_base:.1%} in {other}"
        text = _changed(more, "connected regions", _count)
        yield Sentence("regions", f"{name}: {text}{differ}.")
    if arm.robustness and base.robustness:
        place = arm.robustness.stddev.index(STRONG)
        pairs = arm.robustness.scores[:, place], base.robustness.scores[:, place]
        more = summarize(pairs[0] - pairs[1]) if len(pairs[0]) == len(pairs[1]) else None
        metric = arm.robustness.metric
        text = _changed(more, metric_name(metric), _in_metric(metric))
        yield Sentence(
            "robustness", f"{name}: with noise of {STRONG:g} SD added to the test rows, {text}."
        )
    if arm.calibration and base.calibration:
        more = _difference(arm.calibration.ece, base.calibration.ece)
        text = _changed(more, "expected calibration error", lambda value: f"{value:.3f}")
        yield Sentence(
            "calibration", f"{name}: {text}, on {arm.calibration.rows:,} test rows a repeat."
        )
    if arm.margins and base.margins:
        pair = arm.margins.middle, base.margins.middle
        more = summarize(pair[0] - pair[1]) if len(pair[0]) == len(pair[1]) else None
        text = _changed(more, "median margin of the test rows", lambda value: f"{value:.2f} logits")
        reach = arm.margins.reach
        share = f"{reach.summary.mean or 0.0:.0%} of the training rows" if reach else ""
        more_said = f"; its noise can change the class of {share}" if share else ""
        yield Sentence("margins", f"{name}: {text}{more_said}.")
    yield from _noise(name, arm)
    if arm.memorisation and base.memorisation:
        gaps = [one.memorisation.last_gap.mean() for one in (arm, base) if one.memorisation]
        lost = [one.memorisation.lost.summary.mean for one in (arm, base) if one.memorisation]
        figures = _in_metric(arm.memorisation.metric)
        yield Sentence(
            "memorisation",
            f"{name}: with the noise off, training rows score {figures(gaps[0])} better than test "
            f"rows, {figures(gaps[1])} in {other}; {figures(lost[0] or 0.0)} are lost after the "
            f"best epoch, {figures(lost[1] or 0.0)} in {other}.",
        )


def _of_arm(arm: ExplainedArm) -> Iterator[Sentence]:
    name = arm.name.rpartition("/")[2]
    if arm.jacobian:
        yield Sentence(
            "jacobian",
            f"{name}: the Jacobian norm is {_mean(arm.jacobian)} on average over the test rows.",
        )
    if isinstance(arm.regions, Regions):
        differ = _disagree(arm.regions.disagreement)
        yield Sentence(
            "regions", f"{name}: {_mean(arm.regions.fragments)} connected regions{differ}."
        )
    if arm.calibration:
        yield Sentence(
            "calibration",
            f"{name}: the expected calibration error is {_mean(arm.calibration.ece)}.",
        )
    yield from _noise(name, arm)


def _noise(name: str, arm: ExplainedArm) -> Iterator[Sentence]:
    for each in arm.noise or ():
        first, last = (float(each.ratios[:, at].mean()) for at in (0, -1))
        if math.isfinite(last):
            yield Sentence(
                "noise",
                f"{name}: at `{each.site}` the signal's variance is {first:.3g} times that of the "
                f"noise before training, {last:.3g} times after it.",
            )


def _jacobian(name: str, change: PairedChange) -> str:
    relative = summarize(change.relative)
    count = len(change.replicates)
    text = _changed(relative, "Jacobian norm", lambda value: f"{value:.0%}".replace("%", " %"))
    lead = f"Across {count} seeds, {name}: {text}" if count > 1 else f"{name}: {text}"
    if change.correlation is None or change.ci95 is None:
        return f"{lead}; whether that goes with the score cannot be told from {count} seeds."
    sign = 1 if lower_is_better(change.metric) else -1
    low, high = sorted(sign * end for end in change.ci95)
    r = sign * change.correlation
    more = "less" if high < 0 else "more"
    metric = metric_name(change.metric).removeprefix("test ")
    gained = f"lost {more}" if lower_is_better(change.metric) else f"gained {more}"
    fell = f"seeds in which it fell more also {gained} {metric}"
    sure = "" if low > 0 or high < 0 else ": not settled"
    return f"{lead}; {fell} (r = {_signed(r)}, {_signed(low)} to {_signed(high)}){sure}."


def _changed(summary: Summary | None, what: str, figures: Callable[[float], str]) -> str:
    """Say by how much something has changed, with its interval; not settled where it spans 0."""
    if summary is None or summary.mean is None:
        return f"the change of the {what} is not known"
    amount = figures(abs(summary.mean))
    if summary.mean == 0 and summary.ci95 is None:
        return f"{what} the same"
    if summary.ci95 is None:
        return f"{what} {'higher' if summary.mean > 0 else 'lower'} by {amount}"
    low, high = sorted(map(abs, summary.ci95)) if _one_sided(summary) else summary.ci95
    if _one_sided(summary):
        side = "higher" if summary.mean > 0 else "lower"
        return f"{what} {side} by {amount} ({figures(low)} to {figures(high)})"
    ends = " to ".join(f"{'−' if end < 0 else '+'}{figures(abs(end))}" for end in (low, high))
    return f"{what} changed by {ends}: not settled"


def _one_sided(summary: Summary) -> bool:
    return summary.ci95 is not None and (summary.ci95[0] > 0 or summary.ci95[1] < 0)


def _difference(one: Measured, other: Measured) -> Summary | None:
    if len(one.values) != len(other.values):
        return None
    pairs = zip(one.values, other.values, strict=True)
    return summarize((a - b for a, b in pairs), test_to_train=one.test_to_train)


def _disagree(share: float | None) -> str:
    return "" if share is None else f"; two repeats disagree on {share:.1%} of the plane"


def _mean(measured: Measured) -> str:
    found = measured.summary
    if found.mean is None:
        return "not known"
    spread = "" if found.sd is None else f" (SD {found.sd:.3g})"
    return f"{found.mean:.3g}{spread}"


def _count(value: float) -> str:
    return f"{value:.1f}"


def _in_metric(metric: str) -> Callable[[float], str]:
    unit = " points" if in_points(metric) else ""

    def figures(value: float) -> str:
        return format_differences([value], metric)[0] + unit

    return figures


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else ''}{abs(value):.1f}"
