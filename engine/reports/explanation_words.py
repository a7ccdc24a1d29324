"""Words for changes and numbers in the sentences of an explanation."""

from __future__ import annotations

from collections.abc import Callable

from hiss.results.scores import format_differences, in_points
from hiss.statistics import Summary, summarize
from hiss.views.measured import Measured


def capitalized(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def changed(summary: Summary | None, what: str, figures: Callable[[float], str]) -> str:
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


def difference(one: Measured, other: Measured) -> Summary | None:
    """Summarize the paired differences of two measurements; None where they are no pairs."""
    if len(one.values) != len(other.values):
        return None
    pairs = zip(one.values, other.values, strict=True)
    return summarize((a - b for a, b in pairs), test_to_train=one.test_to_train)


def disagree(share: float | None) -> str:
    """Say on how much of the plane repeats differ; nothing of a single one."""
    return "" if share is None else f"; two repeats disagree on {percent(share, 1)} of the plane"


def percent(share: float, decimals: int = 0) -> str:
    """Write a share as a percentage: `41 %`."""
    return f"{100 * share:.{decimals}f} %"


def mean_of(measured: Measured) -> str:
    """Write a mean with its SD over the repeats."""
    found = measured.summary
    if found.mean is None:
        return "not known"
    spread = "" if found.sd is None else f" (SD {found.sd:.3g})"
    return f"{found.mean:.3g}{spread}"


def count(value: float) -> str:
    """Write a mean number of things."""
    return f"{value:.1f}"


def in_metric(metric: str) -> Callable[[float], str]:
    """Return what writes differences of a metric in its unit: `4.6 points`."""
    unit = " points" if in_points(metric) else ""

    def figures(value: float) -> str:
        return format_differences([value], metric)[0] + unit

    return figures


def amount(value: float) -> str:
    """Write a number with three digits, or all before its point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}".replace("-", "−")


def signed(value: float) -> str:
    """Write a correlation."""
    return f"{'−' if value < 0 else ''}{abs(value):.1f}"
