"""Noise in a user's model: the layers that it can be put at, and putting it there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras

from hiss.data.seeds import Seeds
from hiss.errors import EngineError, did_you_mean
from hiss.experiment.user_model import Insertion, UserModel, format_insertion
from hiss.noise.layers import layer_class

Names = Mapping[str, Any]
"""Layers by the names that sites have."""


def is_graph(layer: Any) -> bool:
    """Whether a layer is a Sequential or functional model, whose layers are known."""
    return isinstance(layer, keras.Sequential | keras.Function)


def site_names(model: Any) -> Names:
    """Return the layers of a model by name; `body/deep` is the layer `deep` of a model `body`.

    A layer that stands in several places is named by the first.
    """
    named: dict[str, Any] = {}
    seen: set[int] = set()
    for name, layer in _walk(model, ""):
        if id(layer) not in seen:
            named[name] = layer
            seen.add(id(layer))
    return named


def _walk(model: Any, path: str) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        yield f"{path}{layer.name}", layer
        if isinstance(layer, keras.Model):
            yield from _walk(layer, f"{path}{layer.name}/")


def put_noise(model: UserModel, made: Any, seeds: Seeds) -> list[Any]:
    """Put noise before and after layers of a model, and hiss's noise in place of Keras' own.

    The layers stay those of the model; each calls the noise around its own `call`.

    Args:
        model: names the layers.
        made: the `keras.Model`, which is changed.
        seeds: of the replicate.

    Returns:
        The layers of noise, which `made` does not hold.

    Raises:
        EngineError: if there is no layer of a name.
    """
    names = site_names(made)
    noise = [each for name, layer in names.items() for each in _replace(name, layer, seeds)]
    around: dict[str, dict[str, list[Any]]] = {}
    for site in model.noise:
        if site.layer not in names:
            raise _unknown(model, site, names)
        places = around.setdefault(site.layer, {"before": [], "after": []})
        number = sum(map(len, places.values()))
        places[site.where].append(_noise_layer(site, names[site.layer], number, seeds))
    for name, places in around.items():
        _surround(names[name], **places)
        noise += [*places["before"], *places["after"]]
    return noise


def _replace(name: str, layer: Any, seeds: Seeds) -> list[Any]:
    """Have Keras' noise layer call hiss's of that name; any other layer stays as it is."""
    kind = layer_class(type(layer).__name__)
    if kind is None or type(layer) is not getattr(keras.layers, kind.__name__, None):
        return []
    config = {**layer.get_config(), "name": f"{layer.name}_noise"}
    if config.get("seed") is None:
        config["seed"] = seeds.of(f"noise/{name}")
    noise = kind.from_config(config)
    layer.call = _called_with(layer.call, lambda inputs, **context: noise(inputs, **context))
    return [noise]


def _surround(layer: Any, before: list[Any], after: list[Any]) -> None:
    """Have a layer pass its inputs, and then its outputs, through layers of noise."""
    call = layer.call

    def noisy_call(inputs: Any, *others: Any, **context: Any) -> Any:
        for noise in before:
            inputs = keras.tree.map_structure(noise, inputs)
        outputs = call(inputs, *others, **context)
        for noise in after:
            outputs = keras.tree.map_structure(noise, outputs)
        return outputs

    layer.call = _called_with(call, noisy_call)


def _called_with(call: Callable[..., Any], noisy: Callable[..., Any]) -> Callable[..., Any]:
    """Return `noisy` with the signature of `call`, which Keras looks at."""
    return functools.wraps(call)(noisy)


def _noise_layer(site: Insertion, layer: Any, number: int, seeds: Seeds) -> Any:
    kind = layer_class(site.class_name) or getattr(keras.layers, site.class_name)
    given = {
        site.argument: site.strength,
        "seed": seeds.of(f"noise/{site.layer}/{site.where}/{site.class_name}"),
        "name": f"{layer.name}_{site.where}_{number}",
        "dtype": layer.dtype_policy,
    }
    return kind.from_config(given)


def _unknown(model: UserModel, site: Insertion, names: Names) -> EngineError:
    inside = [name for name in names if name.endswith(f"/{site.layer}")]
    return EngineError(
        f"--noise {format_insertion(site)}: {model.name} has no layer `{site.layer}`."
        f"{did_you_mean(inside[0] if inside else site.layer, names)}",
        f"Its layers are {', '.join(names)}.",
    )
