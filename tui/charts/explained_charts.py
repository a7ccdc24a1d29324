"""The views of a study as charts: at one moment, and by epoch or by strength."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.reports.explanation_report import UNDER_NOISE, numbers_of
from hiss.reports.explanation_words import capitalized
from hiss.results.scores import metric_name
from hiss.tui.charts.axes import strength_labels, strength_positions
from hiss.tui.charts.series import Chart, Series, ends_of
from hiss.tui.state.explaining import Scene, short_names
from hiss.views.frames import change_in
from hiss.views.margins import QUANTILES
from hiss.views.regions import Regions, Surface

if TYPE_CHECKING:
    from hiss.views.calibration import Calibration
    from hiss.views.explanation import ExplainedArm, Explanation
    from hiss.views.robustness import Robustness
    from hiss.views.signal import Histogram, Signal

BY_EPOCH = {"paired": "jacobian", "robustness": "robustness", "calibration": "calibration"}
"""Page → the view whose number by epoch stands beside it."""
BY_STRENGTH = {
    "paired": "Jacobian norm",
    "robustness": UNDER_NOISE,
    "calibration": "Calibration error",
    "margins": "Test margin, logits",
    "noise": "Signal/noise",
    "memorisation": "Train − test score",
}
"""Page → the number that stands beside it by the strength of a sweep."""
HISTOGRAMS = {"Density of the values at the noise": "before", "Behind the activation": "after"}
"""Caption → the histogram of `Signal`."""
LABELS = 28
"""Cells for which the labels of strengths are chosen: half of a narrow terminal."""


def charts_of(scene: Scene, found: Explanation) -> tuple[Chart, ...]:
    """Return the chart of the present page, and those that stand beside it.

    Charts without anything to show are left out.
    """
    arms = [arm for arm in found.arms if arm.name in scene.shown]
    beside = _by_strength(scene, found) if scene.asked.search else _by_epoch(scene, arms)
    values = _values_at_the_noise(scene, arms) if scene.page == "noise" else ()
    charts = (_main(scene, found, arms), beside, *values)
    return tuple(each for each in charts if each and any(len(one.x) for one in each.series))


def regions_now(scene: Scene, found: Explanation) -> dict[str, Regions | Surface | None]:
    """Return the regions of the arms at the moment that is seen."""
    if scene.frame is not None:
        return {name: arm.regions for name, arm in scene.frame.arms.items()}
    return {arm.name: arm.regions for arm in found.arms}


def on_a_line(found: Explanation) -> bool:
    """Return whether there is a single feature, so that predictions are a line, not a map."""
    regions = next((arm.regions for arm in found.arms if arm.regions is not None), None)
    return regions is not None and len(regions.plane.y) == 1


def _main(scene: Scene, found: Explanation, arms: Sequence[ExplainedArm]) -> Chart | None:
    match scene.page:
        case "regions" if on_a_line(found):
            return _predictions(scene, found)
        case "difference" if on_a_line(found):
            return _apart(scene, found)
        case "paired":
            caption = "Change of score by that of norm in %"
            return Chart(caption, tuple(_pairs(scene, found)), pairs=True)
        case "robustness":
            return _robustness(scene, arms)
        case "calibration":
            return _calibration(scene, arms)
        case "margins":
            series = (_over(scene, arm, QUANTILES, arm.margins.test) for arm in arms if arm.margins)
            return Chart("Margin in logits by quantile", tuple(series))
        case "noise":
            series = (one for arm in arms for one in _signals(scene, arm))
            return Chart("Signal/noise by epoch", tuple(series), cursor=_epoch(scene), log=True)
        case "memorisation":
            series = (one for arm in arms for one in _scores(scene, arm))
            return Chart("Score by epoch", tuple(series), cursor=_epoch(scene))
        case "weights":
            series = (one for arm in arms for one in _norms(scene, arm))
            return Chart("Norm by epoch", tuple(series), cursor=_epoch(scene))
        case _:
            return None


def _by_epoch(scene: Scene, arms: Sequence[ExplainedArm]) -> Chart | None:
    """Return the number of a page's view by epoch."""
    view = BY_EPOCH.get(scene.page, "")
    along = [(arm, arm.along[view]) for arm in arms if view in arm.along]
    if not along:
        return None
    name = along[0][1].name
    series = tuple(_over(scene, arm, one.epochs, one.values) for arm, one in along)
    return Chart(f"{capitalized(name)} by epoch", series, cursor=_epoch(scene))


def _by_strength(scene: Scene, found: Explanation) -> Chart | None:
    """Return the number of a page's view by strength, a line for each strength at a second site."""
    name = BY_STRENGTH.get(scene.page)
    if name is None:
        return None
    points = [(arm, numbers_of(arm).get(name)) for arm in found.arms]
    measured = [  # without noise, the signal's variance over that of the noise is infinite
        (arm, values) for arm, values in points if values is not None and np.isfinite(values).all()
    ]
    if not measured:
        return None
    places = strength_positions([arm.place[0] for arm, _ in measured])
    series = []
    seconds = sorted({arm.place[1:] for arm, _ in measured})
    for number, second in enumerate(seconds):
        line = [(arm, values) for arm, values in measured if arm.place[1:] == second]
        means = np.array([values.mean() for _, values in line])
        sds = np.array([values.std(ddof=1) if len(values) > 1 else 0.0 for _, values in line])
        x = np.array([places[arm.place[0]] for arm, _ in line])
        symbol = f"{found.symbols[1]} = {second[0]:g}" if second else ""
        series.append(Series(symbol, len(scene.shown) + number, x, means, sds))
        series += [
            Series("", scene.place(arm.name), np.array([places[arm.place[0]]]), means[at : at + 1])
            for at, (arm, _) in enumerate(line)
            if arm.name in scene.shown
        ]
    words = strength_labels(places, LABELS, None)
    labels = {places[value]: text for value, text in words.items()}
    log = name == BY_STRENGTH["noise"]
    return Chart(f"{name} by {found.symbols[0]}", tuple(series), labels=labels, log=log)


def _predictions(scene: Scene, found: Explanation) -> Chart:
    """Return the mean predictions over the only feature, above the training rows."""
    seen, names = regions_now(scene, found), short_names(scene)
    there = [(name, each) for name in scene.shown if (each := seen.get(name)) is not None]
    lines = []
    for name, each in there:
        mean, sd = (each.mean, each.sd) if isinstance(each, Surface) else (each.share, None)
        flat = None if sd is None else sd[0]
        lines.append(Series(names[name], scene.place(name), each.plane.x, mean[0], flat))
    plane = there[0][1].plane if there else None
    if plane is not None:
        place = max(line.place for line in lines) + 1
        rows = Series("training rows", place, plane.train[:, 0], plane.targets, dots=True)
        lines.insert(0, replace(rows, faint=True))
    return Chart(f"Prediction by {plane.axes[0]}" if plane else "", tuple(lines))


def _apart(scene: Scene, found: Explanation) -> Chart:
    """Return by how much predictions over the only feature differ from the baseline's."""
    seen, names = regions_now(scene, found), short_names(scene)
    lines = []
    for change in found.paired:
        pair = seen.get(change.arm), seen.get(change.baseline)
        if change.arm not in scene.shown or pair[0] is None or pair[1] is None:
            continue
        means = [each.mean if isinstance(each, Surface) else each.share for each in pair if each]
        title = " − ".join(names[each] for each in (change.arm, change.baseline))
        apart = (means[0] - means[1])[0]
        lines.append(Series(title, scene.place(change.arm), pair[0].plane.x, apart))
    return Chart("", tuple(lines))


def _pairs(scene: Scene, found: Explanation) -> Iterator[Series]:
    names = short_names(scene)
    for final in found.paired:
        change = change_in(scene.frame, final) if scene.frame else final
        if change is not None and final.arm in scene.shown:
            x, y = np.array(change.relative) * 100, np.array(change.score)
            yield Series(names[final.arm], scene.place(final.arm), x, y)


def _robustness(scene: Scene, arms: Sequence[ExplainedArm]) -> Chart | None:
    def lines(table: dict[str, Robustness | None]) -> tuple[Series, ...]:
        there = ((arm, table.get(arm.name)) for arm in arms)
        return tuple(_over(scene, arm, one.stddev, one.scores) for arm, one in there if one)

    end = lines({arm.name: arm.robustness for arm in arms})
    if not end:
        return None
    at = [lines({name: one.robustness for name, one in each.arms.items()}) for each in scene.frames]
    metric = next(arm.robustness.metric for arm in arms if arm.robustness)
    name = metric_name(metric)
    return Chart(
        f"{capitalized(name)} by noise in SD",
        at[scene.frames.index(scene.frame)] if scene.frame else end,
        up=ends_of([one for each in (end, *at) for one in each]),
    )


def _calibration(scene: Scene, arms: Sequence[ExplainedArm]) -> Chart | None:
    def line(arm: ExplainedArm, found: Calibration) -> Series:
        x, y = np.array(found.confidence), np.array(found.accuracy)
        kept = np.isfinite(x)
        return Series(short_names(scene)[arm.name], scene.place(arm.name), x[kept], y[kept])

    def now(arm: ExplainedArm) -> Calibration | None:
        seen = scene.frame.arms.get(arm.name) if scene.frame else None
        return arm.calibration if scene.frame is None else seen.calibration if seen else None

    series = tuple(line(arm, one) for arm in arms if (one := now(arm)))
    lowest = min((float(one.x.min()) for one in series if len(one.x)), default=0.5)
    across = (min(0.5, lowest) - 0.02, 1.02)
    return Chart("Share right by confidence", series, diagonal=True, across=across, up=(0.0, 1.02))


def _signals(scene: Scene, arm: ExplainedArm) -> Iterator[Series]:
    for one in arm.noise or ():
        if np.isfinite(one.ratios).all():
            yield _over(scene, arm, one.epochs, one.ratios, _site(arm, one))


def _site(arm: ExplainedArm, signal: Signal) -> str:
    """Return what tells a noise layer from the others of its arm; empty for the only one."""
    return f" {signal.site}" if len(arm.noise or ()) > 1 else ""


def _values_at_the_noise(scene: Scene, arms: Sequence[ExplainedArm]) -> Iterator[Chart]:
    """Yield the histograms of the values at the noise, and of those behind the activation."""
    for caption, which in HISTOGRAMS.items():
        series: list[Series] = []
        for arm in arms:
            for one in arm.noise or ():
                name = short_names(scene)[arm.name] + _site(arm, one)
                histogram: Histogram | None = getattr(one, which)
                if histogram is not None:
                    series += _densities(name, scene.place(arm.name), histogram)
        yield Chart(caption, tuple(series), log=True)


def _densities(name: str, place: int, histogram: Histogram) -> Iterator[Series]:
    """Yield a histogram without the noise and with it, as lines over its bins that hold values."""
    edges = histogram.edges
    centres, widths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    for more, shares in ((" noise off", histogram.clean), ("", histogram.noisy)):
        there = shares > 0
        density = shares[there] / widths[there]
        yield Series(name + more, place, centres[there], density, faint=bool(more))


def _scores(scene: Scene, arm: ExplainedArm) -> Iterator[Series]:
    if (found := arm.memorisation) is not None:
        train = _over(scene, arm, found.epochs, found.train, " train")
        yield replace(train, faint=True, sd=None)
        yield _over(scene, arm, found.epochs, found.test)


def _norms(scene: Scene, arm: ExplainedArm) -> Iterator[Series]:
    if (found := arm.weights) is not None:
        pairs = zip(found.layers, found.values, strict=True)
        for number, (layer, values) in enumerate(pairs):
            line = _over(scene, arm, found.epochs, values, f" {layer}")
            yield replace(line, sd=None, faint=number % 2 > 0)


def _epoch(scene: Scene) -> float | None:
    """Return the epoch of the moment; None at the end."""
    if scene.frame is None:
        return None
    return float(max((one.epoch for one in scene.frame.arms.values()), default=0))


def _over(
    scene: Scene, arm: ExplainedArm, x: Sequence[Any], table: NDArray[np.float64], more: str = ""
) -> Series:
    """Return the mean and SD over the replicates, the rows of a table."""
    sd = table.std(axis=0, ddof=1) if len(table) > 1 else None
    name = short_names(scene)[arm.name] + more
    return Series(name, scene.place(arm.name), np.array(x, float), table.mean(axis=0), sd)
