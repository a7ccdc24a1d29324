"""Where in a network noise of a given strength is put: at its input, or at one of its layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.comparison import STRENGTHS
from engine.errors import EngineError
from engine.notation import override
from engine.problems import did_you_mean
from engine.spec import Experiment, Keras

INPUT = "input"
HIDDEN = "hidden"
"""Says the only noise layer that is not at the input."""
PREPARATION = ("Rescaling", "Normalization")
"""Layers that bring the rows into shape: noise at the input comes after them."""


@dataclass(frozen=True, slots=True)
class Site:
    """A layer whose strength can be set, or a place where there is none yet."""

    name: str
    """`input`, or `layers.1` as in `--set layers.1.stddev=0.2`."""
    layer: int
    """Which of the layers, from 0; of a new one, which it becomes."""
    strength: str = "stddev"
    """The layer's argument that is its strength: `stddev` or `rate`."""
    new: bool = False
    """Whether a GaussianNoise has to be put there first."""


def sites(experiment: Experiment) -> tuple[Site, ...]:
    """Return the sites of an experiment, in the network's order; there is always an input.

    A user's own model has those alone that noise was put at.
    """
    if experiment.model is not None:
        return tuple(
            Site(f"{each.layer}:{each.where}", number, each.argument)
            for number, each in enumerate(experiment.model.noise)
        )
    first = _first(experiment)
    present = [
        Site(INPUT if number == first else f"layers.{number}", number, strength)
        for number, layer in enumerate(experiment.layers)
        for strength in STRENGTHS
        if strength in layer.arguments
    ]
    if any(site.name == INPUT for site in present):
        return tuple(present)
    return (Site(INPUT, first, new=True), *present)


def find_site(experiment: Experiment, text: str) -> Site:
    """Return the site of a name: `input`, `hidden`, a layer's number, `name` or class.

    Raises:
        EngineError: if there is none of that name, or more than one.
    """
    found = [site for site in sites(experiment) if text.lower() in _names(experiment, site)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(site.name for site in found)
        raise EngineError(f"site: {text} is any of {names}.", "Name one of them.")
    raise EngineError(f"site: {_unknown(experiment, text)}", _hint(experiment))


def default_site(experiment: Experiment, taken: Iterable[Site] = ()) -> Site:
    """Return the site that is meant where none is named: the only noise, or else the input.

    Raises:
        EngineError: if it cannot be told.
    """
    free = [site for site in sites(experiment) if site not in taken]
    if not free:
        hint = "Put noise into your model: --noise LAYER:after:0.1."
        raise EngineError(f"site: {experiment.name} has no noise to sweep.", hint)
    meant = [site for site in free if not site.new] or free
    if len(meant) == 1:
        return meant[0]
    raise EngineError(f"site: {experiment.name} does not tell which is meant.", _hint(experiment))


def with_strengths(experiment: Experiment, strengths: Sequence[tuple[Site, float]]) -> Experiment:
    """Return the experiment with other strengths at some of its sites.

    Raises:
        PresetError: if a layer does not take such a strength.
    """
    if experiment.model is not None:
        keys = [f"model.noise.{site.layer}.strength={value!r}" for site, value in strengths]
        return override(experiment, keys)
    assignments = [
        f"layers.{site.layer}.{site.strength}={float(value)!r}"
        for site, value in strengths
        if not site.new
    ]
    layers = list(override(experiment, assignments).layers)
    for site, value in strengths:
        if site.new:
            layers.insert(site.layer, Keras.model_validate(_noise(value)))
    return experiment.model_copy(update={"layers": tuple(layers)})


def _noise(stddev: float) -> dict[str, object]:
    return {"class_name": "GaussianNoise", "stddev": stddev}


def _first(experiment: Experiment) -> int:
    """The first layer after those that prepare the rows."""
    names = [layer.class_name for layer in experiment.layers]
    return next((n for n, name in enumerate(names) if name not in PREPARATION), len(names))


def _names(experiment: Experiment, site: Site) -> set[str]:
    """All that a site is called, in small letters."""
    if site.new:
        return {site.name}
    if experiment.model is not None:
        noise = experiment.model.noise[site.layer]
        return {site.name.lower(), noise.layer.lower(), noise.class_name.lower(), str(site.layer)}
    layer, number = experiment.layers[site.layer], site.layer
    kinds = {layer.class_name.lower(), str(layer.arguments.get("name", number)).lower()}
    places = {site.name, str(number), f"layers.{number}", f"layers.{number}.{site.strength}"}
    return kinds | places | ({HIDDEN} if site.name != INPUT else set())


def _unknown(experiment: Experiment, text: str) -> str:
    number = text.removeprefix("layers.")
    if number.isdecimal() and int(number) < len(experiment.layers):
        kind = experiment.layers[int(number)].class_name
        return f"layers.{int(number)} is a {kind}, which has no {' or '.join(STRENGTHS)}."
    known = set().union(*(_names(experiment, site) for site in sites(experiment)))
    nearest = did_you_mean(text, {name for name in known if not name.isdecimal()})
    return f"{text} is not a noise of {experiment.name}.{nearest}"


def _hint(experiment: Experiment) -> str:
    named = (_described(experiment, site) for site in sites(experiment))
    return f"Sites are {', '.join(named)}."


def _described(experiment: Experiment, site: Site) -> str:
    if site.new:
        return f"{site.name} (none yet)"
    noise = experiment.model.noise if experiment.model else experiment.layers
    return f"{site.name} ({noise[site.layer].class_name})"
