"""Scores of replicates by metric: which count, which way is better, and how they are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from engine.errors import EngineError
from engine.results import Replicate

LOWER_IS_BETTER = frozenset({"loss", "brier", "rmse", "mae", "mse"})
"""Last words of metrics that measure an error."""
SPELT = {"brier": "Brier score", "rmse": "RMSE", "mae": "MAE", "mse": "MSE", "r2": "R²"}


def scores(replicates: Iterable[Replicate], metric: str) -> Mapping[int, float]:
    """A metric of the replicates that finished with a finite score, by replicate number."""
    return {
        one.replicate: one.scores[metric]
        for one in replicates
        if one.status == "finished" and math.isfinite(one.scores.get(metric, math.nan))
    }


def require_metric(replicates: Iterable[Replicate], metric: str) -> None:
    """Refuse a metric that replicates with scores do not have.

    Raises:
        EngineError: that names the metrics there are.
    """
    known = sorted({name for one in replicates for name in one.scores})
    if known and metric not in known:
        raise EngineError(
            f"metric: {metric} is not measured here.", f"Measured are {', '.join(known)}."
        )


def lower_is_better(metric: str) -> bool:
    """Whether a smaller score is the better one."""
    return metric.rsplit("_", 1)[-1] in LOWER_IS_BETTER


def spoken(metric: str) -> str:
    """A metric's name in words: `test_accuracy` is "test accuracy", `brier` is "Brier score"."""
    return " ".join(SPELT.get(word, word) for word in metric.split("_"))


def in_points(metric: str) -> bool:
    """Whether differences of the metric are said in percentage points."""
    return metric.endswith("accuracy")


def amount(difference: float, metric: str, signed: bool = False) -> str:
    """A difference in figures: percentage points to 0.1, other metrics to 3 digits."""
    if in_points(metric):
        figures = f"{abs(difference) * 100:.1f}"
    else:
        figures = np.format_float_positional(
            abs(difference), precision=3, fractional=False, trim="-"
        )
    if not float(figures):
        return figures
    return ("−" if difference < 0 else "+" if signed else "") + figures
