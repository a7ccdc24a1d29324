"""Scores of replicates by metric: which count, which direction is better, how they are written."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from hiss.errors import EngineError
from hiss.results.metrics import LATER, MEASURED, in_words, metric_of, score_named
from hiss.results.outcomes import Replicate

DEFAULT = "test_accuracy"
"""The metric compared unless another is named."""
ROPE = 0.01
"""Largest difference that counts as none: 0.01, or this share of the baseline's mean for a metric
without a fixed scale."""


def scores(replicates: Iterable[Replicate], metric: str) -> Mapping[int, float]:
    """Return a metric of the replicates that finished with a finite score, by replicate number."""
    return {
        one.replicate: one.scores[metric]
        for one in replicates
        if one.status == "finished" and math.isfinite(one.scores.get(metric, math.nan))
    }


def measured_metric(replicates: Iterable[Replicate], metric: str | None) -> str:
    """Return the metric, or the default where it is None: `test_accuracy`, else `test_rmse`.

    Args:
        replicates: those that have ended so far.
        metric: its name, or an alias as `score_named` takes it.

    Raises:
        EngineError: if the metric was not measured; the hint lists those that were.
    """
    known = {name for one in replicates for name in one.scores}
    if metric is None:
        return "test_rmse" if "test_rmse" in known and "test_accuracy" not in known else DEFAULT
    score = metric if metric in known else score_named(metric)
    if known and score not in known:
        raise not_measured(metric, known, kept=_is_later(score, known))
    return score


def not_measured(metric: str, known: Collection[str], kept: bool = False) -> EngineError:
    """Return the error of a metric that there is not, with a list of those that there are.

    Args:
        metric: as the user names it.
        known: the scores that there are.
        kept: whether a study of today would have it.
    """
    text = "was not measured yet when this was trained" if kept else "is not measured here"
    near = get_close_matches(metric.lower(), list(known), 1)
    nearest = f" Did you mean `{near[0]}`?" if near and not kept else ""
    return EngineError(
        f"metric: {metric} {text}.{nearest}",
        f"Measured are {', '.join(sorted(known))}.{' Train it again for the others.' * kept}",
    )


def lower_is_better(metric: str) -> bool:
    """Whether a smaller score is the better one."""
    return metric_of(metric).lower_is_better


def rope_width(metric: str, baseline: Sequence[float]) -> float:
    """Return the largest difference that counts as none, in the metric's unit.

    Args:
        metric: the metric's name.
        baseline: the baseline's scores, which set the scale where the metric has none.
    """
    if not baseline or metric_of(metric).has_scale:
        return ROPE
    return ROPE * abs(math.fsum(baseline)) / len(baseline)


def metric_name(metric: str) -> str:
    """Return a metric's name in words: `test_rmse` is "test RMSE", `brier` is "Brier score"."""
    return in_words(metric)


def in_points(metric: str) -> bool:
    """Whether differences of the metric are written in percentage points."""
    return metric_of(metric).in_points


def bounds(metric: str) -> tuple[float, float] | None:
    """Return the least and the largest value of the metric; None where one of them is infinite."""
    return metric_of(metric).bounds


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


def _is_later(score: str, known: set[str]) -> bool:
    """Whether a study of today has a score that an earlier one does not."""
    name = metric_of(score).name
    tasks = (names for names in MEASURED.values() if f"test_{names[0]}" in known)
    return name in LATER and any(name in names for names in tasks)
