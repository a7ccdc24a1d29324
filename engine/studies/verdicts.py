"""A comparison of two arms, its verdict, and the sentence that states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, assert_never

from hiss.results.scores import format_differences, in_points, lower_is_better, metric_name
from hiss.statistics import ALPHA, MOST, SURE, PairedTest, Rope

Side = Literal["better", "worse", "same"]
Verdict = Side | Literal["different", "open", "unknown"]

VERDICTS: Mapping[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "same": "same",
    "different": "different",
    "open": "not settled",
    "unknown": "cannot say",
}
"""How verdicts are written, in tables and at the head of a sentence's conclusion."""


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
    """The p-value of `test`, adjusted for the family of all arms of the study."""
    test: PairedTest | None
    """Which test: sign flips, or the corrected t-test where every replicate splits one table."""
    comparisons: int
    """Comparisons in that family that could be tested; `ci95` and `rope` are not adjusted."""
    rope: Rope | None
    """Probabilities that the arm is worse, the same within `rope_width`, or better; None where all
    pairs differ by the same amount."""
    rope_width: float
    """The largest difference that counts as none, in the metric's unit."""
    chance: float | None
    """The metric's value without a network: see `Rows.chance`; None where it has none."""
    title: str
    """The arm's title."""
    declared: int
    """Pairs that the study is to compare."""
    interim: bool
    """Whether pairs are still to come."""
    dropped: int
    """Pairs that ended but do not count, because one of their replicates failed or has no score."""
    undefined: int = 0
    """Those of them that finished, but whose test rows do not determine the metric."""
    repeats_to_settle: int | None
    """Repeats in all that would settle the comparison with 80 % chance, if the truth is what was
    observed; None where 1,000 would not, or where nothing is open."""
    reason: str
    """Why nothing can be concluded; empty where something can."""

    @property
    def verdict(self) -> Verdict:
        """The conclusion; `different` is significant, but perhaps smaller than the ROPE."""
        if self.reason or self.p_holm is None:
            return "unknown"
        rope = self.posterior
        if rope.same >= SURE:
            return "same"
        if self.p_holm >= ALPHA:
            return "open"
        if rope.better >= SURE:
            return "better"
        return "worse" if rope.worse >= SURE else "different"

    @property
    def sentence(self) -> str:
        """The comparison in one sentence."""
        early = f"Interim, {self.n} of {self.declared}: " if self.interim else ""
        effect = f" {_effect(self)}" if self.mean_difference is not None and self.n > 1 else ""
        return f"{early}{self.title}{effect}: {_conclusion(self)}."

    @property
    def posterior(self) -> Rope:
        """`rope`; where all pairs differ by the same amount, 1 for the side that they lie on."""
        if self.rope is not None:
            return self.rope
        gain = self.mean_difference or 0.0
        gain = -gain if lower_is_better(self.metric) else gain
        width = self.rope_width
        return Rope(float(gain < -width), float(abs(gain) <= width), float(gain > width))

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        values = asdict(self) | {"verdict": self.verdict, "sentence": self.sentence}
        del values["title"]
        if self.ci95 is not None:
            values["ci95"] = list(self.ci95)
        return values


def _effect(comparison: Comparison) -> str:
    """The difference and its interval: `lifts test accuracy by 3.4 points (95 % CI …)`."""
    mean, interval = comparison.mean_difference or 0.0, comparison.ci95
    low, high = interval or (mean, mean)
    open_sign = low <= 0 <= high
    verb = "changes" if open_sign else "lifts" if mean > 0 else "lowers"
    if verb == "lowers":
        mean, low, high = -mean, -high, -low
    by, least, most = format_differences((mean, low, high), comparison.metric, signed=open_sign)
    unit = " points" if in_points(comparison.metric) else ""
    dropped = f", {comparison.dropped} dropped" if comparison.dropped else ""
    if comparison.undefined:
        dropped += f", {comparison.undefined} of them undefined"
    spread = f"95 % CI {least} to {most}, n = " if interval else "in every pair, n = "
    name = metric_name(comparison.metric)
    return f"{verb} {name} by {by}{unit} ({spread}{comparison.n}{dropped})"


def _conclusion(comparison: Comparison) -> str:
    """The verdict, in the word that tables use, and what it rests on."""
    verdict = comparison.verdict
    word = VERDICTS[verdict]
    match verdict:
        case "unknown":
            return f"{word}, {comparison.reason}"
        case "better" | "worse":
            return f"{word}, {_certainty(comparison, verdict)}"
        case "same":
            return f"{word} within {_width(comparison)}, {_certainty(comparison, verdict)}"
        case "different":
            rope = comparison.posterior
            side: Side = "better" if rope.better > rope.worse else "worse"
            return (
                f"{word}: {side}, but perhaps by less than {_width(comparison)}, "
                f"{_certainty(comparison, side)}"
            )
        case "open":
            return f"{word}; {_prospect(comparison.repeats_to_settle)}"
        case unreachable:
            assert_never(unreachable)


def _prospect(repeats: int | None) -> str:
    """What would settle an open comparison."""
    if repeats is None:
        return f"if the truth is as observed, even {MOST:,} repeats would not settle it"
    return (
        f"if the truth is as observed, {repeats:,} repeats on a fresh seed settle it with 80 % "
        "chance, while adding repeats until it settles raises false alarms"
    )


def _certainty(comparison: Comparison, side: Side) -> str:
    """What a verdict rests on: `P(gain > 1 point) = 0.97`, or p where all pairs are alike."""
    rope = comparison.rope
    if rope is None:
        alike = "tie" if comparison.mean_difference == 0 else "differ alike"
        return f"as all pairs {alike}, p = {comparison.p_holm or 0.0:.2g}"
    lower, width = lower_is_better(comparison.metric), _width(comparison)
    match side:
        case "better":
            claim, p = f"{'fall' if lower else 'gain'} > {width}", rope.better
        case "worse":
            claim, p = f"{'rise' if lower else 'drop'} > {width}", rope.worse
        case "same":
            claim, p = f"|difference| ≤ {width}", rope.same
    return f"P({claim}) {f'= {p:.2f}' if p < 0.995 else '> 0.99'}"


def _width(comparison: Comparison) -> str:
    width = comparison.rope_width
    if not in_points(comparison.metric):
        return f"{width:.2g}"
    return f"{width * 100:g} point{'s' if width != 0.01 else ''}"
