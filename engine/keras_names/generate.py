"""Writes the names and arguments of the installed Keras into `names.json`.

    python -m hiss.keras_names.generate

The file holds all names of the newest known version and, for each older one, a JSON merge patch
(RFC 7386) with what differs. To add a version of Keras, or after a change here, run the command
with each version that hiss allows; the entries of other versions stay as they are.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hiss.keras_names.lookup import FILE, Words, keras_words, versions
from hiss.keras_names.schemas import (
    COUNT,
    NOT_NEGATIVE,
    OF_EVERY_LAYER,
    PROBABILITY,
    SEED,
    SHARE,
    Schema,
)

CODE = "it runs code of its own, and presets never run code"
CHAIN = "it takes more than one input, and a preset's layers form a chain"
FIRST = "the shape of the input follows from the data"
ABSTRACT = "it is only what other layers are made from"
REFUSED = {
    "Lambda": CODE,
    "TFSMLayer": CODE,
    "TorchModuleWrapper": CODE,
    "JaxLayer": CODE,
    "FlaxLayer": CODE,
    "InputLayer": FIRST,
    "Layer": ABSTRACT,
    "Wrapper": ABSTRACT,
    "Attention": CHAIN,
    "AdditiveAttention": CHAIN,
    "StackedRNNCells": CHAIN,
}
LOSS_ALIASES = ("bce", "kld", "mae", "mape", "mse", "msle")
NOT_FOR_PRESETS = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap"}

EXTENT: Schema = {"type": ["integer", "array"], "minimum": 1, "items": COUNT}
ARGUMENTS: Mapping[str, Schema] = {
    "units": COUNT,
    "filters": COUNT,
    "kernel_size": EXTENT,
    "pool_size": EXTENT,
    "rate": PROBABILITY,
    "dropout": PROBABILITY,
    "recurrent_dropout": PROBABILITY,
    "seed": SEED,
    "label_smoothing": SHARE,
    "reduction": {"enum": ["mean", "sum_over_batch_size"]},
    "l1": NOT_NEGATIVE,
    "l2": NOT_NEGATIVE,
    "activation": {"$ref": "#/$defs/activations"},
    "recurrent_activation": {"$ref": "#/$defs/activations"},
    "learning_rate": {"$ref": "#/$defs/schedules"},
    "layer": {"$ref": "#/$defs/layers"},
}
"""What Keras accepts for an argument of this name, as a JSON schema."""
SUFFIXES = {
    "_initializer": {"$ref": "#/$defs/initializers"},
    "_regularizer": {"$ref": "#/$defs/regularizers"},
    "_constraint": {"$ref": "#/$defs/constraints"},
}


def installed_words() -> Words:
    """Return the names of the installed Keras and the arguments of its constructors."""
    import keras

    layers = _classes(keras.layers, keras.layers.Layer)
    optimizers = _classes(keras.optimizers, keras.optimizers.Optimizer)
    refused = {name: REFUSED.get(name) or CHAIN for name in layers if _is_refused(layers[name])}
    kinds = {
        "optimizers": optimizers,
        "schedules": _classes(
            keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule
        ),
        "losses": _classes(keras.losses, keras.losses.Loss),
        "initializers": _classes(keras.initializers, keras.initializers.Initializer),
        "regularizers": _classes(keras.regularizers, keras.regularizers.Regularizer),
        "constraints": _classes(keras.constraints, keras.constraints.Constraint),
    }
    classes = {
        "layers": {
            name: _constructor(kind, OF_EVERY_LAYER)
            for name, kind in sorted(layers.items())
            if name not in refused
        },
        **{
            kind: {name: _constructor(each, {}) for name, each in members.items()}
            for kind, members in kinds.items()
        },
    }
    names = {
        "activations": _functions(keras.activations),
        "losses": [*_functions(keras.losses), *_known(LOSS_ALIASES, keras.losses.get)],
        "optimizers": [*map(str.lower, optimizers), *optimizers],
        "initializers": [*_functions(keras.initializers), *classes["initializers"]],
        "regularizers": [*_functions(keras.regularizers), *classes["regularizers"]],
        "constraints": [*_functions(keras.constraints), *classes["constraints"]],
    }
    return {
        "keras": ".".join(keras.__version__.split(".")[:2]),
        "refused": refused,
        "names": {kind: sorted(set(each)) for kind, each in names.items()},
        **classes,
    }


def as_text(of_versions: Mapping[str, Words]) -> str:
    """Return the names of some versions as one JSON text with a line for each class."""
    newest, *older = sorted(
        of_versions, key=lambda each: [*map(int, each.split("."))], reverse=True
    )
    base = of_versions[newest]
    patches = {
        version: _patch(base, {**of_versions[version], "keras": newest}) for version in older
    }
    return "{\n" + ",\n".join(_entries({**base, "older": patches})) + "\n}\n"


def write() -> None:
    """Put the names of the installed Keras into the file."""
    found = installed_words()
    known = {version: keras_words(version) for version in versions()}
    FILE.write_text(as_text({**known, found["keras"]: found}), encoding="utf-8")


def _patch(base: Any, other: Any) -> Any:
    """Return the JSON merge patch from one object to another, with null for what is gone."""
    if not (isinstance(base, dict) and isinstance(other, dict)):
        return other
    changed = {
        key: _patch(base.get(key), value) for key, value in other.items() if base.get(key) != value
    }
    return {**dict.fromkeys(key for key in base if key not in other), **changed}


def _entries(words: Mapping[str, Any]) -> Iterable[str]:
    for key, value in words.items():
        if isinstance(value, Mapping):
            lines = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            yield f" {json.dumps(key)}: {{\n  {lines}\n }}"
        else:
            yield f" {json.dumps(key)}: {json.dumps(value)}"


def _classes(module: Any, base: type) -> dict[str, type]:
    """Return a module's public classes by their own name, without aliases and abstract bases."""
    return {
        name: each
        for name, each in sorted(vars(module).items())
        if inspect.isclass(each)
        and issubclass(each, base)
        and each.__name__ == name
        and (each is not base or base.__name__ == "Layer")
        and name not in NOT_FOR_PRESETS
    }


def _functions(module: Any) -> list[str]:
    plumbing = {"deserialize", "get", "serialize"}
    return [
        name
        for name, each in vars(module).items()
        if callable(each) and name.islower() and name not in plumbing
    ]


def _known(names: Iterable[str], get: Callable[[str], object]) -> list[str]:
    return [name for name in names if get(name)]


def _is_refused(layer: type) -> bool:
    merges = any(parent.__name__ == "Merge" for parent in layer.__mro__)
    return layer.__name__ in REFUSED or merges or _inputs(vars(layer).get("call", _inputs)) > 1


def _inputs(call: Callable[..., Any]) -> int:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    return sum(each.default is each.empty and each.kind != each.VAR_KEYWORD for each in parameters)


def _constructor(kind: type, more: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [
        each
        for each in inspect.signature(kind).parameters.values()
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]
    arguments = {each.name: _argument(kind, each) for each in parameters}
    return {
        "arguments": {**arguments, **more},
        "required": [each.name for each in parameters if each.default is each.empty],
    }


def _argument(kind: type, parameter: inspect.Parameter) -> Schema:
    name = parameter.name
    if name in ARGUMENTS:
        return ARGUMENTS[name]
    for suffix, reference in SUFFIXES.items():
        if name.endswith(suffix):
            return reference
    return _by_default(kind, parameter.default)


def _by_default(kind: type, default: object) -> Schema:
    """Return what an argument probably accepts, judged by its default.

    Image augmentations accept a range as well, so nothing is known of theirs.
    """
    if "image_preprocessing" in kind.__module__:
        return {}
    match default:
        case bool():
            return {"type": "boolean"}
        case float():
            return {"type": "number"}
        case "valid":
            return {"enum": ["valid", "same", "causal"]}
        case _:
            return {}


if __name__ == "__main__":
    write()
