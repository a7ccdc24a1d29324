"""Scores of replicates by metric: which count, which direction is better, how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from hiss.errors import EngineError
from hiss.results.outcomes import Replicate

DEFAULT = "test_accuracy"
"""The metric compared unless another is named."""
LOWER_IS_BETTER = frozenset({"loss", "brier", "rmse", "mae", "mse"})
"""Last words of metrics that measure an error."""
UNBOUNDED = LOWER_IS_BETTER - {"brier"}
"""Last words of metrics without a fixed scale, such as errors in the unit of the data."""
ROPE = 0.01
"""Largest difference that counts as none: 0.01, or this share of the baseline's mean for a metric
without a fixed scale."""
METRIC_WORDS = {"brier": "Brier score", "rmse": "RMSE", "mae": "MAE", "mse": "MSE", "r2": "R²"}


def scores(replicates: Iterable[Replicate], metric: str) -> Mapping[int, float]:
    """Return a metric of the replicates that finished with a finite score, by replicate number."""
    return {
        one.replicate: one.scores[metric]
        for one in replicates
        if one.status == "finished" and math.isfinite(one.scores.get(metric, math.nan))
    }


def measured_metric(replicates: Iterable[Replicate], metric: str | None) -> str:
    """Return the metric, or the default where it is None: `test_accuracy`, else `test_rmse`.

    Raises:
        EngineError: if the metric was not measured; the hint lists those that were.
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
    return metric.split("_")[-1] in LOWER_IS_BETTER


def rope_width(metric: str, baseline: Sequence[float]) -> float:
    """Return the largest difference that counts as none, in the metric's unit.

    Args:
        metric: the metric's name.
        baseline: the baseline's scores, which set the scale where the metric has none.
    """
    if not baseline or metric.split("_")[-1] not in UNBOUNDED:
        return ROPE
    return ROPE * abs(math.fsum(baseline)) / len(baseline)


def metric_name(metric: str) -> str:
    """Return a metric's name in words: `test_rmse` is "test RMSE", `brier` is "Brier score"."""
    return " ".join(METRIC_WORDS.get(word, word) for word in metric.split("_"))


def in_points(metric: str) -> bool:
    """Whether differences of the metric are written in percentage points."""
    return metric.endswith("accuracy")


def is_proportion(metric: str) -> bool:
    """Whether the metric is a share of rows, in [0, 1]."""
    return metric.endswith("accuracy")


def format_differences(
    differences: Sequence[float], metric: str, signed: bool = False
) -> list[str]:
    """Format differences of a metric, all to the same number of decimals.

    Args:
        differences: at least one, in the metric's unit.
        metric: accuracies are written in percentage points to one decimal, other metrics to three
            significant digits of the largest difference.
        signed: whether to mark positive differences with a plus.
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
