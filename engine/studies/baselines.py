"""Which experiments are compared with which.

An experiment is compared with the partner that its preset names, else with one without noise on
the same data, else with itself with the noise off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from hiss.errors import EngineError
from hiss.experiment.notation import with_values
from hiss.experiment.spec import Experiment
from hiss.experiment.strengths import is_strength, strengths
from hiss.library.presets import find, load_presets, override


def has_noise(experiment: Experiment) -> bool:
    """Return whether anything is random in training: layers, weights, gradients or labels.

    Smoothed labels count too. A user's own code is not examined.
    """
    inserted = experiment.model.noise if experiment.model else ()
    return any(site.strength for site in inserted) or any(
        one.value for one in strengths(experiment) if one.is_noise
    )


def noise_off(arm: Experiment) -> Experiment:
    """Return the same experiment with every noise at 0, under the name `NAME-baseline`."""
    noisy = (one for one in strengths(arm) if one.is_noise and one.value)
    changed = {
        "name": f"{arm.name}-baseline",
        "title": f"{arm.title}, noise off",
        "published": None,
        "study": arm.study.model_copy(update={"sweep": None}),
    }
    return with_values(arm, {one.key: 0 for one in noisy}).model_copy(update=changed)


def partner_names(chosen: Sequence[Experiment], known: Sequence[Experiment]) -> frozenset[str]:
    """Return the names of the experiments that `chosen` are compared with, beyond themselves.

    Args:
        chosen: the experiments to compare.
        known: where to look for one without noise, in the same group and on the same rows, if a
            single experiment has no partner.
    """
    names = {one.name for one in chosen}
    partners = {one.study.partner for one in chosen} - names
    named = frozenset(name for name in partners if name is not None)
    if named or len(chosen) != 1:
        return named
    (arm,) = chosen
    beside = (one for one in known if one.group == arm.group and one.name != arm.name)
    alike = (one for one in beside if one.data.is_same_source(arm.data))
    return frozenset([one.name for one in alike if not has_noise(one)][:1])


def with_partners(
    chosen: Sequence[Experiment], known: Sequence[Experiment]
) -> tuple[Experiment, ...]:
    """Return the experiments of `known` that `chosen` are compared with, then `chosen`."""
    names = partner_names(chosen, known)
    return (*(one for one in known if one.name in names), *chosen)


def own_baseline(arms: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """Return a single experiment with its noise off; nothing without noise or for several."""
    return (noise_off(arms[0]),) if len(arms) == 1 and has_noise(arms[0]) else ()


def with_baselines(
    arms: Sequence[Experiment],
    baseline: str | None,
    assignments: Sequence[str] = (),
    adapt: Callable[[Experiment], Experiment] = lambda arm: arm,
) -> tuple[Experiment, ...]:
    """Return the arms behind the presets that they are compared with.

    Args:
        arms: the experiments to compare.
        baseline: a preset to compare all with; None takes each arm's partner.
        assignments: changes by `KEY=VALUE` that the arms have had. Added presets are changed
            likewise, except for what arms are compared on (see `is_compared`).
        adapt: adapts an added preset as the arms were, before the assignments.

    Raises:
        PresetError: if there is no such experiment, or an assignment does not fit.
    """
    names = _missing(arms, baseline)
    if not names and baseline is None:
        return (*own_baseline(arms), *arms)
    shared = [one for one in assignments if not is_compared(one)]
    added = {one.name: override(adapt(one), shared) for name in names for one in find(name)}
    return (*added.values(), *arms)


def is_compared(assignment: str) -> bool:
    """Return whether `KEY=VALUE` sets a noise, a penalty or early stopping.

    These are what arms are compared on, so that a baseline keeps its own.
    """
    key = assignment.partition("=")[0].strip()
    beside = ("training.early_stopping", "model.noise.")
    return is_strength(key.rpartition(".")[2]) or key.startswith(beside)


def couples(
    arms: Sequence[Experiment], baseline: str | None
) -> tuple[tuple[Experiment, Experiment], ...]:
    """Return pairs of an arm of a study and its baseline, another arm on the same data.

    Args:
        arms: the arms of a study.
        baseline: an arm's name, or its part after a slash. None takes an arm's partner, else the
            first arm without noise, else the first arm; partners themselves are not compared.

    Raises:
        EngineError: if no arm has the name of the baseline.
    """
    if baseline:
        base = _named(arms, baseline)
        return tuple((arm, base) for arm in arms if arm is not base and _same_data(arm, base))
    partners = {arm.study.partner for arm in arms}
    found = [(arm, _baseline(arm, arms)) for arm in arms if arm.name not in partners]
    return tuple((arm, base) for arm, base in found if base is not arm)


def _missing(arms: Sequence[Experiment], baseline: str | None) -> list[str]:
    """Names of the presets to add: the baseline, or else the arms' partners."""
    if baseline is None:
        return sorted(partner_names(arms, load_presets().experiments))
    names = [arm.name for arm in arms]
    known = any(name == baseline or name.endswith(f"/{baseline}") for name in names)
    return [] if known else [baseline]


def _baseline(arm: Experiment, arms: Sequence[Experiment]) -> Experiment:
    alike = [other for other in arms if _same_data(other, arm)]
    plain = [other for other in alike if not has_noise(other)]
    partner = (other for other in arms if other.name == arm.study.partner)
    return next(partner, (plain or alike)[0])


def _same_data(arm: Experiment, other: Experiment) -> bool:
    return arm.data.is_same_source(other.data)


def _named(arms: Sequence[Experiment], name: str) -> Experiment:
    by_name = {arm.name: arm for arm in arms}
    if name in by_name:
        return by_name[name]
    ends = [arm for full, arm in by_name.items() if full.endswith(f"/{name}")]
    if len(ends) == 1:
        return ends[0]
    near = get_close_matches(name, by_name, 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else f"The arms are {', '.join(by_name)}."
    raise EngineError(f"baseline: {name} is not an arm of this study.", hint)
