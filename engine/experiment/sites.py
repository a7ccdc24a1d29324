"""Where in an experiment noise, or a penalty, of a given strength can be put."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hiss.errors import EngineError, did_you_mean
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment
from hiss.experiment.strengths import (
    LABEL_KEY,
    PENALTIES,
    UP_TO_ONE,
    Strength,
    is_strength,
    label_noise,
    strengths,
)
from hiss.experiment.training import Keras

INPUT = "input"
HIDDEN = "hidden"
"""Says the only noise layer that is not at the input."""
PREPARATION = ("Rescaling", "Normalization")
"""Layers that bring the rows into shape: noise at the input comes after them."""
GAUSSIAN = "GaussianNoise"


@dataclass(frozen=True, slots=True)
class Site:
    """A strength that can be set, or a place where there is no noise yet."""

    name: str
    """`input`, `layers.1`, or a key as in `--set`: `training.optimizer.eta`."""
    key: str
    """The key of the strength; of a new layer, the key that it will have."""
    strength: str = "stddev"
    """What the strength is called: `stddev`, `rate`, `eta` …"""
    new: bool = False
    """Whether a GaussianNoise has to be put there first."""
    owner: str = field(default=GAUSSIAN, compare=False)
    """The class that has the strength, or `data`."""
    accepts: Mapping[str, Any] = field(default_factory=lambda: UP_TO_ONE, compare=False, repr=False)
    """What numbers it may be, as a JSON schema."""

    @property
    def penalty(self) -> bool:
        """Whether it is the strength of a penalty and not of a noise."""
        return self.strength in PENALTIES

    @property
    def layer(self) -> int | None:
        """Which of the layers it belongs to, from 0; None if it belongs to none."""
        first, *rest = self.key.split(".")
        return int(rest[0]) if first == "layers" else None


def sites(experiment: Experiment) -> tuple[Site, ...]:
    """Return the sites of an experiment, the network's in its order; there is always an input.

    A user's own model has those alone that noise was put at.
    """
    found = tuple(_site(experiment, one) for one in _present(experiment))
    if experiment.model is not None:
        return (*_insertions(experiment), *found)
    if any(site.name == INPUT for site in found):
        return found
    return (Site(INPUT, f"layers.{_first(experiment)}.stddev", new=True), *found)


def find_site(
    experiment: Experiment, text: str, examples: Callable[[], Iterable[Experiment]] = tuple
) -> Site:
    """Return the site of a name: `input`, `hidden`, a layer's number, `name` or class, or a key.

    Raises:
        EngineError: if there is none of that name, or more than one.
        DataError: if it is the labels' noise and the rows have no classes.
    """
    known = (*sites(experiment), *_silent_labels(experiment))
    found = [site for site in known if text.lower() in _names(experiment, site)]
    exact = [site for site in found if text.lower() in (site.name, site.key)]
    if len(exact or found) == 1:
        return _with_labels(experiment, (exact or found)[0])
    if found:
        names = ", ".join(site.name for site in found)
        raise EngineError(f"site: {text} is any of {names}.", "Name one of them.")
    raise EngineError(
        f"site: {_unknown(experiment, text)}",
        f"{_hint(experiment)}{_elsewhere(text.rpartition('.')[2].lower(), examples)}",
    )


def default_site(experiment: Experiment, taken: Iterable[Site] = ()) -> Site:
    """Return the site that is meant where none is named: the only noise, or else the input.

    A penalty is meant where it is all that there is.

    Raises:
        EngineError: if it cannot be told.
    """
    free = [site for site in sites(experiment) if site not in taken]
    if not free:
        hint = "Put noise into your model: --noise LAYER:after:0.1."
        raise EngineError(f"site: {experiment.name} has no noise to sweep.", hint)
    there = [site for site in free if not site.new]
    meant = [site for site in there if not site.penalty] or there or free
    if len(meant) == 1:
        return meant[0]
    raise EngineError(f"site: {experiment.name} does not tell which is meant.", _hint(experiment))


def with_strengths(experiment: Experiment, chosen: Sequence[tuple[Site, float]]) -> Experiment:
    """Return the experiment with other strengths at some of its sites.

    Raises:
        PresetError: if a site does not take such a strength.
    """
    keys = [f"{site.key}={float(value)!r}" for site, value in chosen if not site.new]
    changed = override(experiment, keys)
    layers = list(changed.layers)
    for site, value in chosen:
        if site.new:
            noise = Keras.model_validate({"class_name": GAUSSIAN, "stddev": value})
            layers.insert(site.layer or 0, noise)
    return changed.model_copy(update={"layers": tuple(layers)})


def _present(experiment: Experiment) -> Iterable[Strength]:
    return (one for one in strengths(experiment) if one.value or one.key != LABEL_KEY)


def _silent_labels(experiment: Experiment) -> Iterable[Site]:
    """The labels where they have no noise: any data can be given some."""
    return [] if experiment.data.label_noise else [_site(experiment, label_noise(experiment))]


def _with_labels(experiment: Experiment, site: Site) -> Site:
    """Refuse noise on labels before anything trains, where there are no classes."""
    if site.key == LABEL_KEY:
        from hiss.data.splits import load, with_label_noise

        with_label_noise(load(experiment.data), share=0.5, seed=0)
    return site


def _site(experiment: Experiment, one: Strength) -> Site:
    name = one.key
    if one.of_noise_layer:
        at_input = one.layer == _first(experiment) and not one.in_wrapped_layer
        name = INPUT if at_input else f"layers.{one.layer}"
    return Site(name, one.key, one.name, owner=one.owner, accepts=one.accepts)


def _insertions(experiment: Experiment) -> Iterable[Site]:
    assert experiment.model is not None
    for number, each in enumerate(experiment.model.noise):
        name, key = f"{each.layer}:{each.where}", f"model.noise.{number}.strength"
        yield Site(name, key, each.argument, owner=each.class_name)


def _first(experiment: Experiment) -> int:
    """The first layer after those that prepare the rows."""
    names = [layer.class_name for layer in experiment.layers]
    return next((n for n, name in enumerate(names) if name not in PREPARATION), len(names))


def _names(experiment: Experiment, site: Site) -> set[str]:
    """All that a site is called, in small letters."""
    if site.new:
        return {site.name}
    called = {site.name.lower(), site.key.lower(), site.strength, site.owner.lower()}
    if site.key.startswith("model."):
        return called | {site.name.lower().rpartition(":")[0], site.key.split(".")[2]}
    if site.layer is None:
        return called
    given = experiment.layers[site.layer].arguments.get("name", site.layer)
    called |= {str(site.layer), f"layers.{site.layer}", str(given).lower()}
    return called if site.name == INPUT or site.penalty else called | {HIDDEN}


def _unknown(experiment: Experiment, text: str) -> str:
    number = text.removeprefix("layers.")
    if number.isdecimal() and int(number) < len(experiment.layers):
        kind = experiment.layers[int(number)].class_name
        return f"layers.{int(number)} is a {kind}, which has no noise."
    every = (*sites(experiment), *_silent_labels(experiment))
    known = set().union(*(_names(experiment, site) for site in every))
    nearest = did_you_mean(text, {name for name in known if not name.isdecimal()})
    return f"{text} is not a noise of {experiment.name}.{nearest}"


def _hint(experiment: Experiment) -> str:
    """Say which sites there are."""
    named = (
        f"{site.name} ({'none yet' if site.new else site.owner})" for site in sites(experiment)
    )
    return f"Sites are {', '.join(named)}."


def _elsewhere(name: str, examples: Callable[[], Iterable[Experiment]]) -> str:
    """Name the first preset that has a strength, so that its key can be taken over."""
    if not is_strength(name):
        return ""
    for one in examples():
        key = next((found.key for found in _present(one) if found.name == name), None)
        if key is not None:
            return f" {one.name} has {key}: see how it is written there."
    return ""
