"""Arms of a study compared with one of them, replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from engine.errors import EngineError
from engine.results import Arm, Result
from engine.scores import lower_is_better, require_metric, scores
from engine.sources import SOURCES
from engine.spec import Data, Experiment, Keras, Mode
from engine.statistics import Difference, compare_pairs, holm, more_repeats
from engine.verdicts import ALPHA, Comparison

STRENGTHS = ("stddev", "rate")
"""Arguments that say how strong a noise layer is; 0 turns it off."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The scores of an arm and the baseline on the replicates that count in both."""

    experiment: Experiment
    arm: tuple[float, ...]
    baseline: tuple[float, ...]
    ended: int
    """Replicates that finished or failed in both arms."""


def compare(
    result: Result,
    baseline: str | None = None,
    metric: str = "test_accuracy",
    rope_width: float = 0.01,
) -> tuple[Comparison, ...]:
    """Compare every other arm of a study with the baseline.

    `baseline` is an arm's name, or the last part of it; None is the first arm without noise.
    `rope_width` is the largest difference that counts as none, in the metric's unit.

    Raises:
        EngineError: if the study has no such arm, or no such metric was measured.
    """
    study = result.study
    return compare_arms(result.arms, study.repeats, study.mode, baseline, metric, rope_width)


def compare_arms(
    arms: Sequence[Arm],
    declared: int,
    mode: Mode,
    baseline: str | None = None,
    metric: str = "test_accuracy",
    rope_width: float = 0.01,
) -> tuple[Comparison, ...]:
    """Compare arms as `compare` does, also while replicates are still to come."""
    if len(arms) < 2:
        return ()
    require_metric((one for arm in arms for one in arm.replicates), metric)
    base = _named(arms, baseline) if baseline else _default(arms)
    ratio = resplit_ratio(base.experiment.data, mode)
    family = [_pairs(arm, base, metric) for arm in arms if arm is not base]
    differences = [_difference(pairs, metric, rope_width, ratio) for pairs in family]
    adjusted = holm([difference.p for difference in differences])
    return tuple(
        Comparison(
            arm=pairs.experiment.name,
            baseline=base.experiment.name,
            metric=metric,
            n=found.n,
            mean_difference=found.mean,
            ci95=found.ci95,
            dz=found.dz,
            p_improve=found.p_improve,
            p_permutation=found.p_permutation,
            p_wilcoxon=found.p_wilcoxon,
            p_holm=p_holm,
            rope=found.rope,
            rope_width=rope_width,
            title=pairs.experiment.title,
            declared=declared,
            interim=pairs.ended < declared,
            dropped=pairs.ended - found.n,
            more_repeats=_more(found, len(family), ratio),
            reason=found.reason,
        )
        for pairs, found, p_holm in zip(family, differences, adjusted, strict=True)
    )


def has_noise(experiment: Experiment) -> bool:
    """Whether any layer adds noise or drops units."""
    return any(_is_noise(layer) for layer in experiment.layers)


def resplit_ratio(data: Data, mode: Mode) -> float:
    """Test rows for each training row where every replicate splits one table anew, else 0.

    Such replicates share rows, so their mean is less certain than their spread suggests.
    """
    if mode == "article" or SOURCES[data.name].kind != "table":
        return 0.0
    from engine.datasets import load

    split = load(data, mode=mode)
    return len(split.x_test) / len(split.x_train)


def _is_noise(layer: Keras) -> bool:
    if not any(word in layer.class_name for word in ("Noise", "Dropout")):
        return False
    strengths = [layer.arguments[name] for name in STRENGTHS if name in layer.arguments]
    return not strengths or any(strengths)


def _default(arms: Sequence[Arm]) -> Arm:
    return next((arm for arm in arms if not has_noise(arm.experiment)), arms[0])


def _named(arms: Sequence[Arm], name: str) -> Arm:
    by_name = {arm.experiment.name: arm for arm in arms}
    if name in by_name:
        return by_name[name]
    ends = [arm for full, arm in by_name.items() if full.endswith(f"/{name}")]
    if len(ends) == 1:
        return ends[0]
    near = get_close_matches(name, by_name, 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else f"The arms are {', '.join(by_name)}."
    raise EngineError(f"baseline: {name} is not an arm of this study.", hint)


def _pairs(arm: Arm, baseline: Arm, metric: str) -> _Pairs:
    first, second = scores(arm.replicates, metric), scores(baseline.replicates, metric)
    both = sorted(first.keys() & second.keys())
    return _Pairs(
        arm.experiment,
        tuple(first[number] for number in both),
        tuple(second[number] for number in both),
        len(_ended(arm) & _ended(baseline)),
    )


def _difference(pairs: _Pairs, metric: str, rope_width: float, ratio: float) -> Difference:
    return compare_pairs(
        pairs.arm,
        pairs.baseline,
        lower_is_better=lower_is_better(metric),
        rope_width=rope_width,
        test_to_train=ratio,
    )


def _ended(arm: Arm) -> set[int]:
    return {one.replicate for one in arm.replicates if one.status != "stopped"}


def _more(found: Difference, family: int, ratio: float) -> int | None:
    if found.dz is None:
        return None
    return more_repeats(found.dz, found.n, ALPHA / family, ratio)
