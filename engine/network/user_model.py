"""The user's own Keras model as a network of hiss: built for each replicate, with noise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import keras

from hiss.data.seeds import Seeds
from hiss.errors import EngineError, did_you_mean
from hiss.experiment.user_model import Insertion, UserModel, format_insertion
from hiss.network.settings import settings_of
from hiss.network.user_code import call, changed
from hiss.noise.layers import layer_class

Names = Mapping[str, Any]
"""Layers by the names that sites have."""


def build_user_model(model: UserModel, shape: tuple[int, ...], seeds: Seeds) -> Any:
    """Call the user's function and insert the noise into the model that it returns.

    All random numbers that the function draws follow from `seeds`, so that replicates differ, and
    arms with and without noise start from the same weights.

    Args:
        model: the function, and where the noise goes.
        shape: of a row.
        seeds: of the replicate.

    Returns:
        A `keras.Model` that is not compiled.

    Raises:
        EngineError: if the function fails, or returns something that hiss cannot train.
    """
    keras.utils.set_random_seed(seeds.of("own"))
    with settings_of((model.reference, changed(model.reference))):
        made = _called(model.reference)
    _check(model.reference, made, shape)
    names = site_names(made)
    noise = _Insertions(model, names, seeds)
    if isinstance(made, keras.Sequential):
        layers = [each for layer in made.layers for each in noise.around(layer)]
        return keras.Sequential([keras.Input(shape), *layers], name=made.name)
    return keras.models.clone_model(
        made, clone_function=noise.replaced, call_function=noise.called, input_tensors=None
    )


def _called(reference: str) -> Any:
    """Call the user's function, which must leave the settings of all networks alone."""
    floatx = keras.config.floatx()
    made = call(reference)
    if keras.config.floatx() != floatx:
        received = keras.config.floatx()
        keras.config.set_floatx(floatx)
        raise EngineError(
            f"{reference} sets Keras' floatx to {received}; hiss trains in {floatx}.",
            "Leave set_floatx out.",
        )
    return made


def site_names(made: Any) -> Names:
    """Return the layers of a model by name.

    Names that Keras chose are numbered from the start, as in a new process.
    """
    named: dict[str, Any] = {}
    layers = [layer for layer in made.layers if not isinstance(layer, keras.layers.InputLayer)]
    for layer in layers:
        base = re.sub(r"_\d+$", "", layer.name)
        chosen = base == _snake(type(layer).__name__)
        count = sum(re.sub(r"_\d+$", "", name) == base for name in named)
        named[(f"{base}_{count}" if count else base) if chosen else layer.name] = layer
    return named


class _Insertions:
    """The noise layers that go into one model, and where."""

    def __init__(self, model: UserModel, names: Names, seeds: Seeds) -> None:
        self.names = {id(layer): name for name, layer in names.items()}
        self.seeds = seeds
        self.before: dict[str, list[Any]] = {}
        self.after: dict[str, list[Any]] = {}
        for site in model.noise:
            if site.layer not in names:
                raise EngineError(
                    f"--noise {format_insertion(site)}: {model.reference} has no layer "
                    f"`{site.layer}`.{did_you_mean(site.layer, names)}",
                    f"Its layers are {', '.join(names)}.",
                )
            places = self.before if site.where == "before" else self.after
            places.setdefault(site.layer, []).append(self._made(site, names[site.layer]))

    def around(self, layer: Any) -> list[Any]:
        """Return a layer with the noise before and after it."""
        name = self.names[id(layer)]
        return [*self.before.get(name, []), self.replaced(layer), *self.after.get(name, [])]

    def called(self, layer: Any, *inputs: Any, **options: Any) -> Any:
        """Call a layer in a graph, with noise on its inputs and on its outputs."""
        name = self.names.get(id(layer), layer.name)
        for noise in self.before.get(name, []):
            inputs = (keras.tree.map_structure(noise, inputs[0]), *inputs[1:])
        outputs = layer(*inputs, **options)
        for noise in self.after.get(name, []):
            outputs = noise(outputs)
        return outputs

    def replaced(self, layer: Any) -> Any:
        """Return hiss's layer in place of Keras' noise of that name, and any other layer itself."""
        kind = layer_class(type(layer).__name__)
        if kind is None or type(layer) is not getattr(keras.layers, kind.__name__, None):
            return layer
        config, name = layer.get_config(), self.names.get(id(layer), layer.name)
        if config.get("seed") is None:
            config["seed"] = self.seeds.of(f"noise/{name}")
        made = kind.from_config(config)
        self.names[id(made)] = name
        return made

    def _made(self, site: Insertion, layer: Any) -> Any:
        kind = layer_class(site.class_name) or getattr(keras.layers, site.class_name)
        name = f"{site.layer}_{site.where}_{len(self.before) + len(self.after)}"
        seed = self.seeds.of(f"noise/{site.layer}/{site.where}/{site.class_name}")
        own = {site.argument: site.strength, "seed": seed, "name": name}
        return kind.from_config({**own, "dtype": layer.dtype_policy})


def _check(reference: str, made: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(made, keras.Model):
        kind = type(made).__name__
        raise EngineError(f"{reference}: expected a keras.Model to be returned, received {kind}.")
    if made.compiled:
        raise EngineError(
            f"{reference} returns a compiled model.",
            "Leave compile out: hiss compiles it, with the loss that fits your target.",
        )
    if made.dtype_policy.name == "mixed_float16":
        raise EngineError(
            f"{reference} returns a model of the dtype policy mixed_float16, for which Keras scales"
            " the loss by a factor that changes while training; hiss does not.",
            "Choose mixed_bfloat16, or set the policy of single layers by their `dtype`.",
        )
    plain = isinstance(made, keras.Sequential | keras.Function)
    if not plain or type(made).train_step is not keras.Model.train_step:
        raise EngineError(
            f"{reference} returns a {type(made).__name__}; expected a Sequential or functional "
            "model.",
            "Noise is put between the layers of a graph: keras.Model(inputs, outputs).",
        )
    if isinstance(made, keras.Sequential) and not made.built:
        return
    for what, tensors in (("input", made.inputs), ("output", made.outputs)):
        if len(tensors) != 1:
            raise EngineError(f"{reference}: expected one {what}, received {len(tensors)}.")
    expected, received = (None, *shape), tuple(made.inputs[0].shape)
    if len(expected) != len(received) or any(
        size not in (None, wanted) for size, wanted in zip(received, expected, strict=True)
    ):
        raise EngineError(
            f"{reference} takes rows of shape {list(received[1:])}; "
            f"those of the data have {list(shape)}.",
            "Change the model's Input, or leave it out of a Sequential model.",
        )


def _snake(name: str) -> str:
    """Return the name that Keras gives to layers of a class: `max_pooling2d`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
