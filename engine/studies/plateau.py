"""A score over a grid of strengths: the best point, its plateau, a finer grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hiss.results.outcomes import Replicate
from hiss.results.scores import lower_is_better, scores
from hiss.statistics import summarize

FINEST = 1.1
"""Ratio of neighbouring points below which a grid is fine enough."""


@dataclass(frozen=True, slots=True)
class Point:
    """The scores of one point of a grid; None where they do not determine a value."""

    strength: float
    """Strength at the first site: a standard deviation, a rate, a penalty …"""
    n: int = 0
    """Replicates that finished with a score."""
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    """Standard error of the mean, wider where every replicate splits one table differently."""
    strength2: float | None = None
    """Strength at the second site; None in a grid of one site."""

    @property
    def place(self) -> tuple[float, ...]:
        """The strength at each site."""
        return (self.strength,) if self.strength2 is None else (self.strength, self.strength2)


@dataclass(frozen=True, slots=True)
class Plateau:
    """The best point with its neighbours whose means lie within its standard error."""

    low: float
    """Smallest strength on the plateau."""
    high: float
    """Largest strength on the plateau; equal to `low` where it is a single point."""

    def as_json(self) -> dict[str, float]:
        """Return the plateau as plain values."""
        return {"from": self.low, "to": self.high}


def measure(
    strength: float,
    replicates: Iterable[Replicate],
    metric: str,
    strength2: float | None = None,
    test_to_train: float = 0.0,
) -> Point:
    """Summarize a metric of the replicates trained at one point of a grid.

    Args:
        strength: strength at the first site.
        replicates: those trained there.
        metric: name of the score.
        strength2: strength at the second site, if there is one.
        test_to_train: n_test / n_train where every replicate splits one table differently, else 0.
    """
    values = scores(replicates, metric).values()
    summary = summarize(values, test_to_train=test_to_train)
    return Point(strength, summary.n, summary.mean, summary.sd, summary.se, strength2)


def best(points: Iterable[Point], metric: str) -> Point | None:
    """Return the point with the best mean, the weakest among equals; None without scores."""
    measured = [point for point in points if point.mean is not None]
    return min(measured, key=lambda one: (_loss(one, metric), sum(one.place)), default=None)


def plateau(points: Sequence[Point], metric: str) -> Plateau | None:
    """Return the unbroken run of points around the best whose means lie within one SE of its mean.

    Args:
        points: a grid of one site, in any order.
        metric: name of the score.

    Returns:
        None where the best has no standard error: without scores, or with a single replicate.

    Source: the one-standard-error rule of Breiman et al., 1984, "Classification and regression
    trees", section 3.4.3.
    """
    top = best(points, metric)
    if top is None or top.se is None:
        return None
    row = sorted(points, key=lambda point: point.strength)
    low = high = row.index(top)
    while low > 0 and _as_good(row[low - 1], top, metric):
        low -= 1
    while high < len(row) - 1 and _as_good(row[high + 1], top, metric):
        high += 1
    return Plateau(row[low].strength, row[high].strength)


def plateau_cells(points: Sequence[Point], metric: str) -> frozenset[tuple[float, float]]:
    """Return the cells of a two-site grid that do as well as the best and are connected to it.

    Cells are connected by their sides. The set is empty where the best has no standard error.
    """
    top = best(points, metric)
    if top is None or top.se is None:
        return frozenset()
    rows = sorted({point.strength for point in points})
    columns = sorted({point.strength2 or 0.0 for point in points})
    good = {
        (rows.index(point.strength), columns.index(point.strength2 or 0.0))
        for point in points
        if _as_good(point, top, metric)
    }
    start = (rows.index(top.strength), columns.index(top.strength2 or 0.0))
    return frozenset((rows[i], columns[j]) for i, j in _connected(start, good))


def refine(strengths: Sequence[float], around: Plateau, least: float = 0.001) -> tuple[float, ...]:
    """Return the grid with a new point in every gap that touches the plateau.

    A new point is the geometric mean of its neighbours, or half the upper one where the lower one
    is 0, to two significant digits.

    Args:
        strengths: the grid, each at least 0.
        around: the plateau.
        least: a gap from 0 that ends at or below this is not divided.

    Returns:
        The same grid, sorted, once it is fine enough.
    """
    grid = sorted(strengths)
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
