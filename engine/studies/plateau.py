"""A score over a grid of strengths: the best point, its plateau, a finer grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hiss.results.outcomes import Replicate
from hiss.results.scores import lower_is_better, scores
from hiss.statistics import summarize

FINEST = 1.1
"""Ratio of neighbouring points below which a grid is fine enough."""


@dataclass(frozen=True, slots=True)
class Point:
    """The scores of one point of a grid; None is what they cannot say."""

    stddev: float
    n: int = 0
    """Replicates that finished with a score."""
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    stddev2: float | None = None
    """The second site's standard deviation, in a grid of two sites."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """Neighbouring points that do as well as the best, within its standard error."""

    low: float
    high: float
    """The smallest and largest standard deviation on it; equal where only one point is."""

    def as_json(self) -> dict[str, float]:
        """The plateau as plain values."""
        return {"from": self.low, "to": self.high}


def measure(
    stddev: float, replicates: Iterable[Replicate], metric: str, stddev2: float | None = None
) -> Point:
    """Sum up the replicates trained at one point of a grid."""
    summary = summarize(scores(replicates, metric).values())
    return Point(stddev, summary.n, summary.mean, summary.sd, summary.se, stddev2)


def point_json(point_by_metric: dict[str, Point]) -> dict[str, Any]:
    """One point of a grid with each of its metrics, as plain values."""
    first = next(iter(point_by_metric.values()))
    place = {"stddev": first.stddev}
    if first.stddev2 is not None:
        place["stddev2"] = first.stddev2
    spread = {
        metric: {"mean": point.mean, "sd": point.sd, "se": point.se}
        for metric, point in point_by_metric.items()
    }
    return {**place, "n": first.n, **spread}


def best(points: Iterable[Point], metric: str) -> Point | None:
    """The point with the best mean, the one with least noise among equals; None without scores."""
    measured = [point for point in points if point.mean is not None]
    return min(measured, key=lambda one: (_loss(one, metric), _noise(one)), default=None)


def plateau(points: Sequence[Point], metric: str) -> Plateau | None:
    """The points next to the best, without a gap, whose means lie within one SE of its mean.

    None where the best has no standard error: without scores, or with a single replicate.
    Source: the one-standard-error rule of Breiman et al., 1984.
    """
    top = best(points, metric)
    if top is None or top.se is None:
        return None
    row = sorted(points, key=lambda point: point.stddev)
    low = high = row.index(top)
    while low > 0 and _as_good(row[low - 1], top, metric):
        low -= 1
    while high < len(row) - 1 and _as_good(row[high + 1], top, metric):
        high += 1
    return Plateau(row[low].stddev, row[high].stddev)


def plateau_cells(points: Sequence[Point], metric: str) -> frozenset[tuple[float, float]]:
    """The cells of a two-site grid that touch the best, side by side, and do as well."""
    top = best(points, metric)
    if top is None or top.se is None:
        return frozenset()
    rows = sorted({point.stddev for point in points})
    columns = sorted({point.stddev2 or 0.0 for point in points})
    good = {
        (rows.index(point.stddev), columns.index(point.stddev2 or 0.0))
        for point in points
        if _as_good(point, top, metric)
    }
    start = (rows.index(top.stddev), columns.index(top.stddev2 or 0.0))
    return frozenset((rows[i], columns[j]) for i, j in _connected(start, good))


def refine(stddevs: Sequence[float], around: Plateau, least: float = 0.001) -> tuple[float, ...]:
    """The grid with a new point in every gap that touches the plateau.

    New points halve a gap on the logarithmic scale, or the gap to 0 on the linear one, if it ends
    above `least`. The same grid comes back once it is fine enough.
    """
    grid = sorted(stddevs)
    new = {
        _middle(low, high)
        for low, high in pairwise(grid)
        if high >= around.low and low <= around.high and high > (FINEST * low or least)
    }
    return tuple(sorted({*grid, *new}))


def _loss(point: Point, metric: str) -> float:
    if point.mean is None:
        return math.inf
    return point.mean if lower_is_better(metric) else -point.mean


def _noise(point: Point) -> float:
    return point.stddev + (point.stddev2 or 0.0)


def _as_good(point: Point, top: Point, metric: str) -> bool:
    return _loss(point, metric) <= _loss(top, metric) + (top.se or 0.0)


def _connected(start: tuple[int, int], cells: set[tuple[int, int]]) -> set[tuple[int, int]]:
    reached, edge = {start}, [start]
    while edge:
        i, j = edge.pop()
        beside = {(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)} & cells - reached
        reached |= beside
        edge += beside
    return reached


def _middle(low: float, high: float) -> float:
    middle = high / 2 if low == 0 else math.sqrt(low * high)
    return float(f"{middle:.2g}")
