"""Arms of a study compared with their baselines, replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hiss.data.sources import SOURCES
from hiss.data.spec import Data, Mode
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment
from hiss.experiment.strengths import strengths
from hiss.results.outcomes import Arm, Result
from hiss.results.scores import lower_is_better, measured_metric, rope_width, scores
from hiss.statistics import Difference, compare_pairs, holm, more_repeats
from hiss.studies.verdicts import ALPHA, Comparison


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The scores of an arm and its baseline on the replicates that count in both."""

    arm: Experiment
    baseline: Experiment
    scores: tuple[float, ...]
    baseline_scores: tuple[float, ...]
    ended: int
    """Replicates that finished or failed in both arms."""
    test_to_train: float
    """See `resplit_ratio`."""
    rope_width: float


def compare(
    result: Result,
    baseline: str | None = None,
    metric: str | None = None,
    rope: float | None = None,
) -> tuple[Comparison, ...]:
    """Compare the arms of a study with their baselines on the same data.

    `baseline` is an arm's name, or the last part of it. None takes an arm's partner, else the
    first arm without noise, else the first arm; partners themselves are not compared.
    `metric` is a score's name; None takes `test_accuracy`, or `test_rmse` where there is none.
    `rope` is the largest difference that counts as none, in the metric's unit; None takes a point
    of accuracy, or a hundredth of the baseline's mean where the unit is that of the data.

    Raises:
        EngineError: if the study has no such arm, or no such metric was measured.
    """
    study = result.study
    return compare_arms(result.arms, study.repeats, study.mode, baseline, metric, rope)


def compare_arms(
    arms: Sequence[Arm],
    declared: int,
    mode: Mode,
    baseline: str | None = None,
    metric: str | None = None,
    rope: float | None = None,
) -> tuple[Comparison, ...]:
    """Compare arms as `compare` does, also while some of `declared` replicates are to come."""
    metric = measured_metric((one for arm in arms for one in arm.replicates), metric)
    measured = [arm for arm in arms if _measures(arm, metric)]
    couples = _named_couples(measured, baseline) if baseline else _couples(measured)
    family = [_pairs(arm, base, metric, mode, rope) for arm, base in couples]
    differences = [_difference(pairs, metric) for pairs in family]
    adjusted = holm([difference.p for difference in differences])
    return tuple(
        Comparison(
            arm=pairs.arm.name,
            baseline=pairs.baseline.name,
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
            rope_width=pairs.rope_width,
            title=pairs.arm.title,
            declared=declared,
            interim=pairs.ended < declared,
            dropped=pairs.ended - found.n,
            more_repeats=_more(found, len(family), pairs.test_to_train),
            reason=found.reason,
        )
        for pairs, found, p_holm in zip(family, differences, adjusted, strict=True)
    )


def has_noise(experiment: Experiment) -> bool:
    """Whether anything is random in training: layers, weights, gradients or labels.

    Smoothed labels count too. A user's own code is not looked into.
    """
    inserted = experiment.model.noise if experiment.model else ()
    return any(site.strength for site in inserted) or any(
        one.value for one in strengths(experiment) if one.is_noise
    )


def resplit_ratio(data: Data, mode: Mode) -> float:
    """Test rows for each training row where every replicate splits one table anew, else 0.

    Such replicates share rows, so their mean is less certain than their spread suggests.
    """
    if mode == "article" or SOURCES[data.name].kind != "table":
        return 0.0
    from hiss.data.splits import load

    split = load(data, mode=mode)
    return len(split.x_test) / len(split.x_train)


def _measures(arm: Arm, metric: str) -> bool:
    return all(metric in one.scores for one in arm.replicates if one.scores)


def _couples(arms: Sequence[Arm]) -> list[tuple[Arm, Arm]]:
    partners = {arm.experiment.study.partner for arm in arms}
    couples = [(arm, _baseline(arm, arms)) for arm in arms if arm.experiment.name not in partners]
    return [(arm, base) for arm, base in couples if base is not arm]


def _baseline(arm: Arm, arms: Sequence[Arm]) -> Arm:
    partner = arm.experiment.study.partner
    alike = [other for other in arms if _same_data(other, arm)]
    plain = [other for other in alike if not has_noise(other.experiment)]
    return next((other for other in arms if other.experiment.name == partner), (plain or alike)[0])


def _same_data(arm: Arm, other: Arm) -> bool:
    return arm.experiment.data.name == other.experiment.data.name


def _named_couples(arms: Sequence[Arm], baseline: str) -> list[tuple[Arm, Arm]]:
    base = _named(arms, baseline)
    return [(arm, base) for arm in arms if arm is not base and _same_data(arm, base)]


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


def _pairs(arm: Arm, base: Arm, metric: str, mode: Mode, rope: float | None) -> _Pairs:
    first, second = scores(arm.replicates, metric), scores(base.replicates, metric)
    both = sorted(first.keys() & second.keys())
    baseline_scores = tuple(second[number] for number in both)
    return _Pairs(
        arm.experiment,
        base.experiment,
        tuple(first[number] for number in both),
        baseline_scores,
        len(_ended(arm) & _ended(base)),
        resplit_ratio(arm.experiment.data, mode),
        rope_width(metric, baseline_scores) if rope is None else rope,
    )


def _ended(arm: Arm) -> set[int]:
    return {one.replicate for one in arm.replicates if one.status != "stopped"}


def _difference(pairs: _Pairs, metric: str) -> Difference:
    return compare_pairs(
        pairs.scores,
        pairs.baseline_scores,
        lower_is_better=lower_is_better(metric),
        rope_width=pairs.rope_width,
        test_to_train=pairs.test_to_train,
    )


def _more(found: Difference, family: int, test_to_train: float) -> int | None:
    if found.dz is None:
        return None
    return more_repeats(found.dz, found.n, ALPHA / family, test_to_train)
