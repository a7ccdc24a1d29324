"""One careful sentence for each view of an explanation."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from hiss.reports.explanation_report import UNDER_NOISE, numbers_of
from hiss.reports.explanation_words import (
    amount,
    changed,
    count,
    difference,
    disagree,
    in_metric,
    mean_of,
    percent,
    signed,
)
from hiss.results.scores import lower_is_better, metric_name
from hiss.statistics import summarize
from hiss.views.explanation import ExplainedArm, Explanation, View, best_arm
from hiss.views.frames import Frame, FramedArm
from hiss.views.paired import PairedChange
from hiss.views.regions import Regions
from hiss.views.robustness import STRONG

TRENDS: Mapping[str, View] = {
    "Jacobian norm": "jacobian",
    "Connected regions": "regions",
    UNDER_NOISE: "robustness",
    "Calibration error": "calibration",
    "Test margin, logits": "margins",
    "Signal/noise": "noise",
    "Train − test score": "memorisation",
}
"""The numbers of a sweep's arms that are told by strength, and the views that they belong to."""


class Sentence(NamedTuple):
    """What one view says."""

    view: View
    text: str


def sentences(
    explanation: Explanation, chosen: Collection[str] | None = None
) -> tuple[Sentence, ...]:
    """Return what the views say of every arm against its baseline, else of every arm alone.

    Of a sweep, they say how each number goes with the strength, and compare the arms that are
    chosen.

    Args:
        explanation: of a study.
        chosen: names of the arms that are spoken of; None for all, or the best of a sweep.
    """
    arms = {arm.name: arm for arm in explanation.arms}
    swept = bool(explanation.sites)
    best = {best_arm(explanation.arms)} if swept else arms.keys()
    wanted = set(best if chosen is None else chosen)
    found = [
        sentence
        for change in explanation.paired
        if change.arm in wanted
        for sentence in _of_pair(explanation, arms[change.arm], arms[change.baseline], change)
    ]
    trends = list(_trends(explanation)) if swept else []
    alone = [one for name in arms if name in wanted and not swept for one in _of_arm(arms[name])]
    return (*trends, *(found or alone))


def moment_sentences(
    frame: Frame, view: str, names: Mapping[str, str], chosen: Collection[str]
) -> Iterator[str]:
    """Yield what a view's numbers are at a moment of the training, in one sentence.

    Args:
        frame: the moment.
        view: `regions`, `jacobian`, `robustness` or `calibration`.
        names: of the arms as they are written.
        chosen: names of the arms that are spoken of.
    """
    arms = [(names[name], frame.arms[name]) for name in chosen if name in frame.arms]
    told = [(name, *number) for name, arm in arms if (number := _told(arm, view))]
    if told:
        epoch = max(arm.epoch for _, arm in arms)
        numbers = ", ".join(f"{name} {number}" for name, _, number in told)
        yield f"At epoch {epoch:,}, {told[0][1]}: {numbers}."


def reasons(explanation: Explanation) -> Iterator[str]:
    """Yield which views arms do not have, and why, those with the same reason together."""
    found: dict[str, dict[str, list[str]]] = {}
    for arm in explanation.arms:
        for view, why in arm.reasons.items():
            found.setdefault(why, {}).setdefault(arm.name.rpartition("/")[2], []).append(view)
    for why, by_arm in found.items():
        views = ", ".join(dict.fromkeys(view for each in by_arm.values() for view in each))
        where = "" if len(by_arm) == len(explanation.arms) else f" for {', '.join(by_arm)}"
        yield f"No {views}{where}: {why}."


def _told(arm: FramedArm, view: str) -> tuple[str, str] | None:
    """Return what a view's number is called, and the number; None where there is none."""
    match view:
        case "regions" if isinstance(arm.regions, Regions):
            return "connected regions", mean_of(arm.regions.fragments)
        case "jacobian" if arm.jacobian is not None:
            return "Jacobian norm", mean_of(arm.jacobian)
        case "robustness" if arm.robustness is not None:
            place = arm.robustness.stddev.index(STRONG)
            name = f"{metric_name(arm.robustness.metric)} with noise of {STRONG:g} SD"
            return name, f"{arm.robustness.mean[place]:.3f}"
        case "calibration" if arm.calibration is not None:
            return "expected calibration error", mean_of(arm.calibration.ece)
        case _:
            return None


def _trends(explanation: Explanation) -> Iterator[Sentence]:
    """Yield how the means of a sweep's numbers go from its weakest strength to its strongest."""
    numbers = {arm.name: numbers_of(arm) for arm in explanation.arms}
    for name, view in TRENDS.items():
        means = [
            (arm, float(numbers[arm.name][name].mean()))
            for arm in explanation.arms
            if name in numbers[arm.name]
        ]
        known = [(arm, mean) for arm, mean in means if math.isfinite(mean)]
        if len(known) < 2:
            continue
        (first, start), (last, end) = known[0], known[-1]
        low, high = (pick(known, key=lambda pair: pair[1])[0] for pick in (min, max))
        at = {arm.name: explanation.strength_of(arm) for arm, _ in known}
        yield Sentence(
            view,
            f"{name}: {amount(start)} at {at[first.name]}, {amount(end)} at {at[last.name]}; "
            f"smallest at {at[low.name]}, largest at {at[high.name]}.",
        )


def _of_pair(
    explanation: Explanation, arm: ExplainedArm, base: ExplainedArm, change: PairedChange
) -> Iterator[Sentence]:
    name, other = (
        explanation.strength_of(one) if one.place else one.name.rpartition("/")[2]
        for one in (arm, base)
    )
    yield Sentence("jacobian", _jacobian(name, change))
    if isinstance(arm.regions, Regions) and isinstance(base.regions, Regions):
        more = difference(arm.regions.fragments, base.regions.fragments)
        apart, of_base = arm.regions.disagreement, base.regions.disagreement
        differ = (
            "" if of_base is None else f"{disagree(apart)}, on {percent(of_base, 1)} in {other}"
        )
        text = changed(more, "connected regions", count)
        yield Sentence("regions", f"{name}: {text}{differ}.")
    if arm.robustness and base.robustness:
        place = arm.robustness.stddev.index(STRONG)
        pairs = arm.robustness.scores[:, place], base.robustness.scores[:, place]
        more = summarize(pairs[0] - pairs[1]) if len(pairs[0]) == len(pairs[1]) else None
        metric = arm.robustness.metric
        text = changed(more, metric_name(metric), in_metric(metric))
        yield Sentence(
            "robustness", f"{name}: with noise of {STRONG:g} SD added to the test rows, {text}."
        )
    if arm.calibration and base.calibration:
        more = difference(arm.calibration.ece, base.calibration.ece)
        text = changed(more, "expected calibration error", lambda value: f"{value:.3f}")
        yield Sentence(
            "calibration", f"{name}: {text}, on {arm.calibration.rows:,} test rows a repeat."
        )
    if arm.margins and base.margins:
        pair = arm.margins.middle, base.margins.middle
        more = summarize(pair[0] - pair[1]) if len(pair[0]) == len(pair[1]) else None
        text = changed(more, "median margin of the test rows", lambda value: f"{value:.2f} logits")
        reach = arm.margins.reach
        share = f"{percent(reach.summary.mean or 0.0)} of the training rows" if reach else ""
        more_said = f"; its noise can change the class of {share}" if share else ""
        yield Sentence("margins", f"{name}: {text}{more_said}.")
    yield from _noise(name, arm)
    if arm.memorisation and base.memorisation:
        gaps = [one.memorisation.last_gap.mean() for one in (arm, base) if one.memorisation]
        lost = [one.memorisation.lost.summary.mean for one in (arm, base) if one.memorisation]
        figures = in_metric(arm.memorisation.metric)
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
            f"{name}: the Jacobian norm is {mean_of(arm.jacobian)} on average over the test rows.",
        )
    if isinstance(arm.regions, Regions):
        differ = disagree(arm.regions.disagreement)
        yield Sentence(
            "regions", f"{name}: {mean_of(arm.regions.fragments)} connected regions{differ}."
        )
    if arm.calibration:
        yield Sentence(
            "calibration",
            f"{name}: the expected calibration error is {mean_of(arm.calibration.ece)}.",
        )
    yield from _noise(name, arm)


def _noise(name: str, arm: ExplainedArm) -> Iterator[Sentence]:
    for each in arm.noise or ():
        first, last = (float(each.ratios[:, at].mean()) for at in (0, -1))
        if math.isfinite(last):
            yield Sentence(
                "noise",
                f"{name}: at `{each.site}` the signal's variance is {amount(first)} times that of "
                f"the noise before training, {amount(last)} times after it.",
            )


def _jacobian(name: str, change: PairedChange) -> str:
    relative = summarize(change.relative)
    count = len(change.replicates)
    text = changed(relative, "Jacobian norm", percent)
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
    return f"{lead}; {fell} (r = {signed(r)}, {signed(low)} to {signed(high)}){sure}."
