"""Arms of a study compared with their baselines, replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hiss.data.spec import Mode
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.results.metrics import MEASURED, score_named
from hiss.results.outcomes import Replicate, Result, Status
from hiss.results.rows import UNKNOWN, Rows, rows_in
from hiss.results.scores import (
    lower_is_better,
    measured_metric,
    not_measured,
    rope_width,
    scores,
)
from hiss.statistics import Difference, compare_pairs, holm, repeats_to_settle
from hiss.studies.baselines import couples
from hiss.studies.verdicts import Comparison

UNDEFINED = "the metric is not defined on the test rows of any repeat"


@dataclass(frozen=True, slots=True)
class Scored:
    """An arm of a study and its replicates so far."""

    experiment: Experiment
    replicates: tuple[Replicate, ...] = ()
    rows: Rows | None = None
    """What its rows imply for its scores; None where that is still to be computed."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The scores of an arm and its baseline on the replicates that count in both."""

    arm: Experiment
    baseline: Experiment
    metric: str
    scores: tuple[float, ...]
    baseline_scores: tuple[float, ...]
    ended: int
    """Replicates that finished or failed in both arms."""
    undefined: int
    """Those that finished in both arms, one of them without a score: a class has no test row."""
    rows: Rows
    """What the arm's rows imply for its scores."""
    rope_width: float


def compare_all(
    result: Result,
    baseline: str | None = None,
    metric: str | None = None,
    rope: float | None = None,
) -> tuple[Comparison, ...]:
    """Compare all arms of a study, those too that a stop left untrained.

    Args:
        result: the study's result, complete or not.
        baseline: as in `couples`.
        metric: name of the score; None takes `test_accuracy`, or `test_rmse` where there is none.
        rope: largest difference that counts as none, in the metric's unit; None takes 0.01, or a
            hundredth of the baseline's mean where the metric has no fixed scale.

    Raises:
        EngineError: if the study has no such arm, or no such metric was measured.
    """
    study = result.study
    trained = {arm.experiment.name: arm for arm in result.arms}
    scored = [
        Scored(arm.experiment, arm.replicates, arm.curves.rows) if arm else Scored(one)
        for one, arm in ((one, trained.get(one.name)) for one in study.arms)
    ]
    return compare_arms(
        scored,
        declared=study.repeats,
        mode=study.mode,
        baseline=baseline,
        metric=metric,
        rope=rope,
    )


def compare_arms(
    arms: Sequence[Scored],
    *,
    declared: int,
    mode: Mode,
    baseline: str | None = None,
    metric: str | None = None,
    rope: float | None = None,
) -> tuple[Comparison, ...]:
    """Compare arms as `compare_all` does, also before all `declared` replicates have ended."""
    metric = measured_metric((one for arm in arms for one in arm.replicates), metric)
    measured = {arm.experiment.name: arm for arm in arms if _measures(arm, metric)}
    paired = couples([arm.experiment for arm in measured.values()], baseline)
    family = [
        _pairs(measured[arm.name], measured[base.name], metric, mode, rope) for arm, base in paired
    ]
    differences = [_difference(pairs) for pairs in family]
    adjusted = holm([difference.p for difference in differences])
    tested = sum(p is not None for p in adjusted)
    compared = [
        _comparison(pairs, difference, p_holm=p, comparisons=tested, declared=declared)
        for pairs, difference, p in zip(family, differences, adjusted, strict=True)
    ]
    return tuple(
        _with_repeats_to_settle(one, difference, pairs, len(family))
        for one, difference, pairs in zip(compared, differences, family, strict=True)
    )


def check_comparable(study: Study, baseline: str | None, metric: str | None) -> str | None:
    """Check before training that something can be compared, and return the metric's own name.

    Raises:
        EngineError: if not, or if the baseline or the metric is not known.
    """
    metric = check_metric(study, metric)
    if not couples(study.arms, baseline):
        raise EngineError(
            f"There is nothing to compare {', '.join(arm.name for arm in study.arms)} with.",
            "Name a second preset on the same data, or a --baseline.",
        )
    return metric


def check_metric(study: Study, metric: str | None) -> str | None:
    """Return the score that a study will have by a name of it, such as scikit-learn's or Keras'.

    Raises:
        EngineError: if it will have none of that name; the hint lists those that it will have.
    """
    if metric is None:
        return None
    known = {name for arm in study.arms for name in _metrics(arm)}
    score = score_named(metric)
    if score not in known:
        raise not_measured(metric, known)
    return score


def _measures(arm: Scored, metric: str) -> bool:
    return all(metric in one.scores for one in arm.replicates if one.scores)


def _pairs(arm: Scored, base: Scored, metric: str, mode: Mode, rope: float | None) -> _Pairs:
    first, second = scores(arm.replicates, metric), scores(base.replicates, metric)
    both = sorted(first.keys() & second.keys())
    baseline_scores = tuple(second[number] for number in both)
    return _Pairs(
        arm=arm.experiment,
        baseline=base.experiment,
        metric=metric,
        scores=tuple(first[number] for number in both),
        baseline_scores=baseline_scores,
        ended=len(_ended(arm) & _ended(base)),
        undefined=len(_ended(arm, "finished") & _ended(base, "finished")) - len(both),
        rows=_rows(arm, mode) if both else UNKNOWN,
        rope_width=rope_width(metric, baseline_scores) if rope is None else rope,
    )


def _rows(arm: Scored, mode: Mode) -> Rows:
    return rows_in(arm.experiment, mode) if arm.rows is None else arm.rows


def _ended(arm: Scored, *statuses: Status) -> set[int]:
    """Return the replicates with one of some statuses, by default all that were not stopped."""
    wanted = statuses or ("finished", "failed")
    return {one.replicate for one in arm.replicates if one.status in wanted}


def _difference(pairs: _Pairs) -> Difference:
    return compare_pairs(
        pairs.scores,
        pairs.baseline_scores,
        lower_is_better=lower_is_better(pairs.metric),
        rope_width=pairs.rope_width,
        test_to_train=pairs.rows.test_to_train,
    )


def _comparison(
    pairs: _Pairs,
    difference: Difference,
    *,
    p_holm: float | None,
    comparisons: int,
    declared: int,
) -> Comparison:
    return Comparison(
        arm=pairs.arm.name,
        baseline=pairs.baseline.name,
        metric=pairs.metric,
        n=difference.n,
        mean_difference=difference.mean,
        ci95=difference.ci95,
        dz=difference.dz,
        p_improve=difference.p_improve,
        p_permutation=difference.p_permutation,
        p_wilcoxon=difference.p_wilcoxon,
        p_holm=p_holm,
        test=difference.test,
        comparisons=comparisons,
        rope=difference.rope,
        rope_width=pairs.rope_width,
        chance=pairs.rows.chance.get(pairs.metric),
        title=pairs.arm.title,
        declared=declared,
        interim=pairs.ended < declared,
        dropped=pairs.ended - difference.n,
        undefined=pairs.undefined,
        repeats_to_settle=None,
        reason=UNDEFINED if pairs.undefined and not difference.n else difference.reason,
    )


def _with_repeats_to_settle(
    comparison: Comparison, difference: Difference, pairs: _Pairs, family: int
) -> Comparison:
    """Add the repeats that would settle a comparison, where its verdict is open."""
    if comparison.verdict != "open":
        return comparison
    return replace(comparison, repeats_to_settle=_settled_by(difference, pairs, family))


def _settled_by(difference: Difference, pairs: _Pairs, family: int) -> int | None:
    """Repeats that would settle what was observed: more than there are, for these have not."""
    if difference.mean is None or difference.sd is None:
        return None
    repeats = repeats_to_settle(
        difference.mean,
        difference.sd,
        rope_width=pairs.rope_width,
        comparisons=family,
        test_to_train=pairs.rows.test_to_train,
    )
    return None if repeats is None else max(repeats, difference.n + 1)


def _metrics(arm: Experiment) -> list[str]:
    """Names of the scores that an experiment's replicates will have."""
    from hiss.data.splits import load

    names = MEASURED[load(arm.data).task]
    measured = [f"{rows}_{name}" for rows in ("test", "train") for name in names]
    return [*measured, "brier"] if "brier" in names else measured
