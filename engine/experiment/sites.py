"""The sites of an experiment: where the strength of a noise or a penalty can be set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hiss.errors import EngineError, did_you_mean
from hiss.experiment.notation import with_values
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
"""Names the only noise layer that is not at the input."""
PREPARATION = ("Rescaling", "Normalization")
"""Layers that scale the rows: noise at the input comes after them."""
GAUSSIAN = "GaussianNoise"


@dataclass(frozen=True, slots=True)
class Site:
    """A strength that can be set, or a place where there is no noise yet."""

    name: str
    """`input`, `layers.1`, or a key as in `--set`: `training.optimizer.eta`."""
    key: str
    """The key of the strength; of a new layer, the key that it will have."""
    argument: str = "stddev"
    """Name of the argument that holds the strength: `stddev`, `rate`, `eta` …"""
    new: bool = False
    """Whether a GaussianNoise has to be inserted first."""
    owner: str = field(default=GAUSSIAN, compare=False)
    """The class that has the argument, or the name of the data set."""
    accepts: Mapping[str, Any] = field(default_factory=lambda: UP_TO_ONE, compare=False, repr=False)
    """JSON schema of the numbers that it accepts."""

    @property
    def penalty(self) -> bool:
        """Whether it is the strength of a penalty and not of a noise."""
        return self.argument in PENALTIES

    @property
    def layer(self) -> int | None:
        """Index of the layer that it belongs to, from 0; None if it belongs to none."""
        first, *rest = self.key.split(".")
        return int(rest[0]) if first == "layers" else None


def sites(experiment: Experiment) -> tuple[Site, ...]:
    """Return the sites of an experiment, those of layers in the network's order.

    The input is always one of them, with or without noise. A user's own model has only the sites
    at which noise was inserted.
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
    """Return the site of a name.

    Args:
        experiment: where to look.
        text: `input`, `hidden`, a layer's number, `name` or class, or a key as in `--set`.
        examples: returns experiments to search for one that has a missing site.

    Raises:
        EngineError: if there is none of that name, or more than one.
        DataError: if it is the labels' noise and the rows have no classes.
    """
    known = (*sites(experiment), *_noise_free_labels(experiment))
    found = [site for site in known if text.lower() in _names(experiment, site)]
    exact = [site for site in found if text.lower() in (site.name, site.key)]
    if len(exact or found) == 1:
        return _with_labels(experiment, (exact or found)[0])
    if found:
        names = ", ".join(site.name for site in found)
        raise EngineError(f"site: {text} is any of {names}.", "Name one of them.")
    raise EngineError(
        f"site: {_unknown(experiment, text)}",
        f"{_listed(experiment)}{_example(text.rpartition('.')[2].lower(), examples)}",
    )


def default_site(experiment: Experiment, taken: Iterable[Site] = ()) -> Site:
    """Return the site to use where none is named: the only noise, or else the input.

    A penalty is used where there is no noise.

    Args:
        experiment: where to look.
        taken: sites to leave out.

    Raises:
        EngineError: if there is no site, or more than one could be meant.
    """
    free = [site for site in sites(experiment) if site not in taken]
    if not free:
        hint = "Put noise into your model: --noise LAYER:after:0.1."
        raise EngineError(f"site: {experiment.name} has no noise to sweep.", hint)
    present = [site for site in free if not site.new]
    candidates = [site for site in present if not site.penalty] or present or free
    if len(candidates) == 1:
        return candidates[0]
    raise EngineError(
        f"site: {experiment.name} has several sites: one has to be named.", _listed(experiment)
    )


def with_strengths(experiment: Experiment, chosen: Sequence[tuple[Site, float]]) -> Experiment:
    """Return the experiment with other strengths at some of its sites.

    Raises:
        PresetError: if a site does not accept its strength.
    """
    values = {site.key: float(value) for site, value in chosen if not site.new}
    changed = with_values(experiment, values)
    layers = list(changed.layers)
    for site, value in chosen:
        if site.new:
            noise = Keras.model_validate({"class_name": GAUSSIAN, "stddev": value})
            layers.insert(site.layer or 0, noise)
    return changed.model_copy(update={"layers": tuple(layers)})


def _present(experiment: Experiment) -> Iterable[Strength]:
    return (one for one in strengths(experiment) if one.value or one.key != LABEL_KEY)


def _noise_free_labels(experiment: Experiment) -> Iterable[Site]:
    """The labels where they have no noise yet: it can be added to any data."""
    return [] if experiment.data.label_noise else [_site(experiment, label_noise(experiment))]


def _with_labels(experiment: Experiment, site: Site) -> Site:
    """Refuse noise on the labels of a regression before anything trains."""
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
    """All names of a site, in lower case."""
    if site.new:
        return {site.name}
    names = {site.name.lower(), site.key.lower(), site.argument, _owner(site).lower()}
    if site.key.startswith("model."):
        return names | {site.name.lower().rpartition(":")[0], site.key.split(".")[2]}
    if site.layer is None:
        return names
    layer_name = experiment.layers[site.layer].arguments.get("name", site.layer)
    names |= {str(site.layer), f"layers.{site.layer}", str(layer_name).lower()}
    return names if site.name == INPUT or site.penalty else names | {HIDDEN}


def _owner(site: Site) -> str:
    """What has the strength: a class, or the labels, whatever data set they belong to."""
    return "labels" if site.key == LABEL_KEY else site.owner


def _unknown(experiment: Experiment, text: str) -> str:
    number = text.removeprefix("layers.")
    layers = {str(place): layer.class_name for place, layer in enumerate(experiment.layers)}
    if number in layers:
        return f"layers.{number} is a {layers[number]}, which has no noise."
    every = (*sites(experiment), *_noise_free_labels(experiment))
    known = set().union(*(_names(experiment, site) for site in every))
    nearest = did_you_mean(text, {name for name in known if not name.isdecimal()})
    return f"{text} is not a noise of {experiment.name}.{nearest}"


def _listed(experiment: Experiment) -> str:
    """A hint that lists the sites."""
    named = (
        f"{site.name} ({'none yet' if site.new else _owner(site)})" for site in sites(experiment)
    )
    return f"Sites are {', '.join(named)}."


def _example(argument: str, examples: Callable[[], Iterable[Experiment]]) -> str:
    """A hint that names the first example with an argument, so that its key can be copied."""
    if not is_strength(argument):
        return ""
    for one in examples():
        key = next((found.key for found in _present(one) if found.name == argument), None)
        if key is not None:
            return f" {one.name} has {key}: see how it is written there."
    return ""
