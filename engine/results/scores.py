"""Scores of replicates by metric: which count, which way is better, and how they are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from hiss.errors import EngineError
from hiss.results.outcomes import Replicate

DEFAULT = "test_accuracy"
"""The metric compared unless another is asked for."""
LOWER_IS_BETTER = frozenset({"loss", "brier", "rmse", "mae", "mse"})
"""Last words of metrics that measure an error."""
UNBOUNDED = LOWER_IS_BETTER - {"brier"}
"""Last words of metrics in a unit of the data: one model's hundredth is another's whole."""
ROPE = 0.01
"""A difference that counts as none: a point, or in a unit of the data a share of the baseline's."""
SPELT = {"brier": "Brier score", "rmse": "RMSE", "mae": "MAE", "mse": "MSE", "r2": "R²"}


def scores(replicates: Iterable[Replicate], metric: str) -> Mapping[int, float]:
    """A metric of the replicates that finished with a finite score, by replicate number."""
    return {
        one.replicate: one.scores[metric]
        for one in replicates
        if one.status == "finished" and math.isfinite(one.scores.get(metric, math.nan))
    }


def measured_metric(replicates: Iterable[Replicate], metric: str | None) -> str:
    """Check that a metric was measured, or choose one: `test_accuracy`, else `test_rmse`.

    Raises:
        EngineError: that names the metrics there are.
    """
    known = sorted({name for one in replicates for name in one.scores})
    if metric is None:
        return "test_rmse" if "test_rmse" in known and "test_accuracy" not in known else DEFAULT
    if known and metric not in known:
        raise EngineError(
            f"metric: {metric} is not measured here.", f"Measured are {', '.join(known)}."
        )
    return metric


def lower_is_better(metric: str) -> bool:
    """Whether a smaller score is the better one."""
    return metric.rsplit("_", 1)[-1] in LOWER_IS_BETTER


def rope_width(metric: str, baseline: Sequence[float]) -> float:
    """The largest difference from a baseline's scores that counts as none, in the metric's unit."""
    if not baseline or metric.rsplit("_", 1)[-1] not in UNBOUNDED:
        return ROPE
    return ROPE * abs(math.fsum(baseline)) / len(baseline)


def metric_name(metric: str) -> str:
    """A metric's name in words: `test_accuracy` is "test accuracy", `brier` is "Brier score"."""
    return " ".join(SPELT.get(word, word) for word in metric.split("_"))


def in_points(metric: str) -> bool:
    """Whether differences of the metric are said in percentage points."""
    return metric.endswith("accuracy")


def amounts(differences: Sequence[float], metric: str, signed: bool = False) -> list[str]:
    """Differences in figures: percentage points to 0.1, other metrics to 3 digits of the largest.

    `signed` marks those above 0 with a plus.
    """
    if in_points(metric):
        return [_figures(100 * difference, 1, signed) for difference in differences]
    largest = max(map(abs, differences)) or 1.0
    decimals = max(0, 2 - math.floor(math.log10(largest)))
    return [_figures(difference, decimals, signed) for difference in differences]


def _figures(value: float, decimals: int, signed: bool) -> str:
    figures = f"{abs(value):.{decimals}f}"
    if not float(figures):
        return figures
    return ("−" if value < 0 else "+" if signed else "") + figures
