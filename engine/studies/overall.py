"""One verdict over many data sets, and the sentence that states it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, assert_never

import numpy as np

from hiss.results.scores import ROPE, format_differences, in_points, lower_is_better, metric_name
from hiss.statistics import ALPHA, SURE, Rope, holm
from hiss.statistics.resampling import wilcoxon_p
from hiss.statistics.settling import FEWEST
from hiss.statistics.signed_ranks import signed_rank_rope
from hiss.studies.data_sets import Contrast
from hiss.studies.verdicts import VERDICTS, Comparison, Verdict

ASSUMPTIONS = (
    "Over data sets, each counts once, whatever its size and repeats, by its mean difference: the "
    "verdict holds for data sets of which these are a fair sample."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """One contrast over several data sets; None where they do not determine a value."""

    title: str
    metric: str
    n: int
    """Data sets with a difference."""
    declared: int
    """Data sets that the study is to compare."""
    interim: bool
    """Whether repeats are still to come on any of them."""
    verdicts: Mapping[Verdict, int]
    """How many data sets have which verdict of their own."""
    relative: bool
    """Whether differences are shares of each data set's baseline, as the metric has no scale."""
    mean_difference: float | None
    """The mean of the data sets' mean differences, in the metric's unit or as such a share."""
    p_wilcoxon: float | None
    """Signed-rank test over data sets; None for fewer than 6 that do not tie."""
    p_holm: float | None
    """`p_wilcoxon`, adjusted for all contrasts of the study."""
    rope: Rope | None
    """Probabilities that most data sets like these show worse, the same, or better."""
    rope_width: float
    """The largest difference that counts as none, in the unit of `mean_difference`."""

    @property
    def verdict(self) -> Verdict:
        """The conclusion, by the rules for one data set."""
        if self.rope is None or self.n < FEWEST:
            return "unknown"
        if self.rope.same >= SURE:
            return "same"
        if self.p_holm is None or self.p_holm >= ALPHA:
            return "open"
        if self.rope.better >= SURE:
            return "better"
        return "worse" if self.rope.worse >= SURE else "different"

    @property
    def sentence(self) -> str:
        """The verdict over all data sets in one sentence."""
        early = "Interim: " if self.interim else ""
        sets = f"{self.n} of {self.declared}" if self.n < self.declared else str(self.n)
        found = [f"{VERDICTS[name]} on {count}" for name, count in self.verdicts.items()]
        effect = "" if self.mean_difference is None else f" {_effect(self)}"
        return (
            f"{early}{self.title} over {sets} data sets{effect} ({', '.join(found)}): "
            f"{_conclusion(self)}."
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {
            "verdicts": dict(self.verdicts),
            "verdict": self.verdict,
            "sentence": self.sentence,
        }


def compare_over_data_sets(
    contrasts: Sequence[Contrast], comparisons: Sequence[Comparison]
) -> tuple[Overall, ...]:
    """Return a verdict over all data sets for each contrast of which there are comparisons.

    Args:
        contrasts: what is compared, on which data sets.
        comparisons: of the study's arms, one for each data set of a contrast.
    """
    by_arm = {one.arm: one for one in comparisons}
    found = [
        _overall(one, made)
        for one in contrasts
        if (made := [by_arm[arm] for arm in one.arms.values() if arm in by_arm])
    ]
    adjusted = holm([one.p_wilcoxon for one in found])
    return tuple(replace(one, p_holm=p) for one, p in zip(found, adjusted, strict=True))


def _overall(contrast: Contrast, comparisons: Sequence[Comparison]) -> Overall:
    """Return one contrast, its p-value not adjusted yet."""
    metric = comparisons[0].metric
    relative = len({one.rope_width for one in comparisons}) > 1
    values = np.array(list(_differences(comparisons, relative)))
    width = ROPE if relative else comparisons[0].rope_width
    gains = -values if lower_is_better(metric) else values
    missing = len(comparisons) < len(contrast.arms)
    return Overall(
        title=contrast.title,
        metric=metric,
        n=len(values),
        declared=len(contrast.arms),
        interim=missing or any(one.interim for one in comparisons),
        verdicts=Counter(one.verdict for one in comparisons),
        relative=relative,
        mean_difference=float(values.mean()) if len(values) else None,
        p_wilcoxon=wilcoxon_p(values),
        p_holm=None,
        rope=signed_rank_rope(gains, width) if len(values) else None,
        rope_width=width,
    )


def _differences(comparisons: Sequence[Comparison], relative: bool) -> Iterator[float]:
    """Yield the data sets' mean differences, as shares of their baselines where that is asked for.

    A width is then the same share of each baseline's mean; one of 0 has no shares.
    """
    for one in comparisons:
        if one.mean_difference is not None and not (relative and not one.rope_width):
            yield one.mean_difference * (ROPE / one.rope_width if relative else 1.0)


def _effect(overall: Overall) -> str:
    """Return the mean difference: `changes test accuracy by +1.2 points on average`."""
    mean, name = overall.mean_difference or 0.0, metric_name(overall.metric)
    if overall.relative:
        return f"changes {name} by {_signed(100 * mean)} % of the baseline on average"
    (by,) = format_differences((mean,), overall.metric, signed=True)
    unit = " points" if in_points(overall.metric) else ""
    return f"changes {name} by {by}{unit} on average"


def _conclusion(overall: Overall) -> str:
    """Return the verdict over all data sets, and what it rests on."""
    verdict, rope = overall.verdict, overall.rope
    word = VERDICTS[verdict]
    if rope is None or verdict == "unknown":
        return f"{word}, fewer than {FEWEST} data sets"
    width = _width(overall)
    match verdict:
        case "better" | "worse":
            chance = rope.better if verdict == "better" else rope.worse
            return f"{word}, P({verdict} by more than {width} on most) {_chance(chance)}"
        case "same":
            return f"{word} within {width}, P(so on most) {_chance(rope.same)}"
        case "different":
            side = "better" if rope.better > rope.worse else "worse"
            return f"{word}: {side} by the signed ranks, but perhaps by less than {width} on most"
        case "open":
            return f"{word}; more data sets would settle it, more repeats hardly"
        case unreachable:
            assert_never(unreachable)


def _width(overall: Overall) -> str:
    if overall.relative:
        return f"{100 * overall.rope_width:g} %"
    if not in_points(overall.metric):
        return f"{overall.rope_width:.2g}"
    return f"{overall.rope_width * 100:g} point{'s' if overall.rope_width != 0.01 else ''}"


def _chance(p: float) -> str:
    return f"= {p:.2f}" if p < 0.995 else "> 0.99"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
