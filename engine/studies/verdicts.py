"""A comparison of two arms, its verdict, and the sentence that states it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, assert_never

from hiss.results.scores import format_differences, in_points, metric_name
from hiss.statistics import MOST, Rope

ALPHA = 0.05
"""Probability of any false alarm among the comparisons of a study."""
SURE = 0.95
"""Posterior probability from which on a verdict is certain enough."""

Verdict = Literal["better", "worse", "same", "different", "open", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One arm against its baseline on one metric; None where scores do not determine a value."""

    arm: str
    baseline: str
    metric: str
    n: int
    """Pairs compared: replicates that finished in both arms."""
    mean_difference: float | None
    """The arm's score minus the baseline's, in the metric's unit, whichever direction is better."""
    ci95: tuple[float, float] | None
    """95 % confidence interval of the mean difference."""
    dz: float | None
    """Mean over standard deviation of the differences (Cohen's d_z)."""
    p_improve: float | None
    """Share of pairs in which the arm does better, in [0, 1]; a tie counts half."""
    p_permutation: float | None
    p_wilcoxon: float | None
    p_holm: float | None
    """`p_permutation`, or the p of the corrected t-test where every replicate splits one table,
    adjusted for the family of all arms of the study."""
    rope: Rope | None
    """Probabilities that the arm is worse, the same within `rope_width`, or better."""
    rope_width: float
    """The largest difference that counts as none, in the metric's unit."""
    title: str
    """The arm's title."""
    declared: int
    """Pairs that the study is to compare."""
    interim: bool
    """Whether pairs are still to come."""
    dropped: int
    """Pairs that ended but do not count, because one of their replicates failed."""
    more_repeats: int | None
    """About how many more pairs would settle a difference of the size observed; None where 1,000
    would not."""
    reason: str
    """Why nothing can be concluded; empty where something can."""

    @property
    def verdict(self) -> Verdict:
        """The conclusion; `different` is significant, but perhaps smaller than the ROPE."""
        if self.reason or self.rope is None or self.p_holm is None:
            return "unknown"
        if self.rope.same >= SURE:
            return "same"
        if self.p_holm >= ALPHA:
            return "open"
        if self.rope.better >= SURE:
            return "better"
        return "worse" if self.rope.worse >= SURE else "different"

    @property
    def sentence(self) -> str:
        """The comparison in one sentence."""
        early = f"Interim, {self.n} of {self.declared}: " if self.interim else ""
        if self.ci95 is None:
            return f"{early}{self.title}: {_conclusion(self)}."
        return f"{early}{self.title} {_effect(self)}: {_conclusion(self)}."

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as plain values; `more_repeats` only where the verdict is open."""
        values = asdict(self) | {"verdict": self.verdict, "sentence": self.sentence}
        del values["title"]
        if self.ci95 is not None:
            values["ci95"] = list(self.ci95)
        if self.verdict != "open":
            values["more_repeats"] = None
        return values


def _effect(comparison: Comparison) -> str:
    """The difference and its interval: `lifts test accuracy by 3.4 points (95 % CI …)`."""
    mean, (low, high) = comparison.mean_difference or 0.0, comparison.ci95 or (0.0, 0.0)
    open_sign = low <= 0 <= high
    verb = "changes" if open_sign else "lifts" if mean > 0 else "lowers"
    if verb == "lowers":
        mean, low, high = -mean, -high, -low
    by, least, most = format_differences((mean, low, high), comparison.metric, signed=open_sign)
    unit = " points" if in_points(comparison.metric) else ""
    dropped = f", {comparison.dropped} dropped" if comparison.dropped else ""
    return (
        f"{verb} {metric_name(comparison.metric)} by {by}{unit} "
        f"(95 % CI {least} to {most}, n = {comparison.n}{dropped})"
    )


def _conclusion(comparison: Comparison) -> str:
    """The verdict with its probability."""
    rope = comparison.rope or Rope(0.0, 0.0, 0.0)
    match comparison.verdict:
        case "unknown":
            return f"no verdict: {comparison.reason}"
        case "better":
            return f"better, {_probability(rope.better)}"
        case "worse":
            return f"worse, {_probability(rope.worse)}"
        case "same":
            return f"the same within {_width(comparison)}, {_probability(rope.same)}"
        case "different":
            side = "better" if rope.better > rope.worse else "worse"
            beyond = _probability(max(rope.better, rope.worse))
            return f"{side}, but perhaps by less than {_width(comparison)}; by more, {beyond}"
        case "open" if comparison.more_repeats is None:
            return f"not settled, and {MOST:,} repeats would not settle it"
        case "open":
            return f"not settled: about {_more(comparison.more_repeats or 0)} would settle it"
        case unreachable:
            assert_never(unreachable)


def _more(repeats: int) -> str:
    return f"{repeats} more repeat{'s' if repeats != 1 else ''}"


def _probability(p: float) -> str:
    return f"P = {p:.2f}" if p < 0.995 else "P > 0.99"


def _width(comparison: Comparison) -> str:
    width = comparison.rope_width
    if not in_points(comparison.metric):
        return f"{width:.2g}"
    return f"{width * 100:g} point{'s' if width != 0.01 else ''}"
