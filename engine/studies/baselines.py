"""Which experiments a comparison takes, whether it can be made, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hiss.errors import EngineError, did_you_mean
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.strengths import is_strength, strengths
from hiss.library.presets import find, load_presets, override
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, Result
from hiss.studies.comparison import compare_arms, has_noise
from hiss.studies.verdicts import Comparison

CLASSIFICATION = ("loss", "accuracy", "brier")
REGRESSION = ("loss", "rmse", "mae", "r2")


def with_baselines(
    arms: Sequence[Experiment],
    baseline: str | None,
    assignments: Sequence[str] = (),
    adapted: Callable[[Experiment], Experiment] = lambda found: found,
) -> tuple[Experiment, ...]:
    """Add the experiments that these are to be compared with, where they are not there yet.

    They are `adapted` and then changed by the same `assignments`, but for the strength of a noise
    or a penalty and the rule that stops early.

    Raises:
        PresetError: if there is no such experiment, or an assignment does not fit.
    """
    wanted = _wanted(arms, baseline)
    if not wanted and len(arms) == 1 and baseline is None and has_noise(arms[0]):
        return (noise_off(arms[0]), *arms)
    shared = [one for one in assignments if not is_compared(one)]
    added = {one.name: override(adapted(one), shared) for name in wanted for one in find(name)}
    return (*added.values(), *arms)


def noise_off(arm: Experiment) -> Experiment:
    """Return the same experiment with every noise at 0, to compare one with that has no partner."""
    noisy = (one for one in strengths(arm) if one.is_noise and one.value)
    off = override(arm, [f"{one.key}=0" for one in noisy])
    changed = {
        "name": f"{arm.name}-baseline",
        "title": f"{arm.title}, noise off",
        "published": None,
        "study": arm.study.model_copy(update={"sweep": None}),
    }
    return off.model_copy(update=changed)


def check_comparable(study: Study, baseline: str | None, metric: str | None) -> None:
    """Find out before training whether anything can be compared.

    Raises:
        EngineError: if not, or if the baseline or the metric is not known.
    """
    if metric is not None:
        _check_metric(study, metric)
    arms = [_not_begun(arm) for arm in study.arms]
    if not compare_arms(arms, study.repeats, study.mode, baseline, metric):
        raise EngineError(
            f"There is nothing to compare {', '.join(arm.name for arm in study.arms)} with.",
            "Name a second preset on the same data, or a --baseline.",
        )


def compare_all(
    result: Result,
    baseline: str | None = None,
    metric: str | None = None,
    rope: float | None = None,
) -> tuple[Comparison, ...]:
    """Compare the arms of a study as `compare` does, also those that a stop left untrained."""
    study = result.study
    missing = [_not_begun(arm) for arm in study.arms[len(result.arms) :]]
    arms = (*result.arms, *missing)
    return compare_arms(arms, study.repeats, study.mode, baseline, metric, rope)


def _wanted(arms: Sequence[Experiment], baseline: str | None) -> list[str]:
    """Names of the presets to be added: the baseline, or else the arms' partners."""
    names = [arm.name for arm in arms]
    if baseline is not None:
        known = any(name == baseline or name.endswith(f"/{baseline}") for name in names)
        return [] if known else [baseline]
    partners = {arm.study.partner for arm in arms} - {None, *names}
    if len(arms) == 1 and not partners:
        return _noise_free(arms[0])
    return sorted(name for name in partners if name)


def _noise_free(arm: Experiment) -> list[str]:
    """The preset without noise that stands beside an arm, in its group and on its data."""
    group = load_presets().group(arm.group)
    beside = (one for one in group if one.data.has_rows_of(arm.data))
    return [one.name for one in beside if one.name != arm.name and not has_noise(one)][:1]


def is_compared(assignment: str) -> bool:
    """Whether a key is about what an experiment is compared on, so that a baseline has none."""
    key = assignment.partition("=")[0].strip()
    beside = ("training.early_stopping", "model.noise.")
    return is_strength(key.rpartition(".")[2]) or key.startswith(beside)


def _not_begun(arm: Experiment) -> Arm:
    return Arm(arm, (), Curves((), 0, 0))


def _check_metric(study: Study, metric: str) -> None:
    known = {name for arm in study.arms for name in _metrics(arm)}
    if metric not in known:
        nearest = did_you_mean(metric, known) or f" Known: {', '.join(sorted(known))}."
        raise EngineError(f"metric: {metric} is not measured here.{nearest}")


def _metrics(arm: Experiment) -> list[str]:
    """Names of the scores that an experiment's replicates will have."""
    from hiss.data.splits import load

    regression = load(arm.data).task == "regression"
    names = REGRESSION if regression else CLASSIFICATION
    scores = [f"{rows}_{name}" for rows in ("test", "train") for name in names]
    return scores if regression else [*scores, "brier"]
