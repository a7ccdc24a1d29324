"""Writes down Keras' names and arguments: `python -m engine.keras_vocabulary`.

The file that it writes stands beside it, so that presets are checked without importing Keras.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("names.json")

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

COUNT = {"type": "integer", "minimum": 1}
EXTENT = {"type": ["integer", "array"], "minimum": 1, "items": COUNT}
PROBABILITY = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
NOT_NEGATIVE = {"type": "number", "minimum": 0}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "units": COUNT,
    "filters": COUNT,
    "kernel_size": EXTENT,
    "pool_size": EXTENT,
    "rate": PROBABILITY,
    "dropout": PROBABILITY,
    "recurrent_dropout": PROBABILITY,
    "seed": {"type": "integer", "minimum": 0},
    "label_smoothing": SHARE,
    "reduction": {"enum": ["mean", "sum_over_batch_size"]},
    "l1": NOT_NEGATIVE,
    "l2": NOT_NEGATIVE,
    "activation": {"$ref": "#/$defs/activations"},
    "recurrent_activation": {"$ref": "#/$defs/activations"},
    "learning_rate": {"$ref": "#/$defs/schedules"},
    "layer": {"$ref": "#/$defs/layers"},
    "optimizer": {"$ref": "#/$defs/optimizers"},
    "eta": NOT_NEGATIVE,
    "schedule": {"$ref": "#/$defs/noise_schedules"},
}
"""What Keras accepts for an argument of this name, as a JSON schema."""
OF_CLASS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("GaussianNoise", "stddev"): SHARE,
    ("WeightNoise", "stddev"): NOT_NEGATIVE,
    ("GradientNoise", "gamma"): NOT_NEGATIVE,
    ("Cosine", "start"): SHARE,
    ("Cosine", "end"): SHARE,
    ("Linear", "start"): SHARE,
    ("Linear", "end"): SHARE,
    ("Step", "at"): SHARE,
    ("Step", "factor"): SHARE,
    ("WarmUp", "until"): {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
}
SUFFIXES = {
    "_initializer": {"$ref": "#/$defs/initializers"},
    "_regularizer": {"$ref": "#/$defs/regularizers"},
    "_constraint": {"$ref": "#/$defs/constraints"},
}
OF_EVERY_LAYER = {
    "name": {"type": "string"},
    "dtype": {"type": "string"},
    "trainable": {"type": "boolean"},
}


def vocabulary() -> dict[str, Any]:
    """Ask Keras for its names and its constructors' arguments."""
    import keras

    from hiss.noise import registry as ours
    from hiss.noise import schedules
    from hiss.noise.gradients import GradientNoise

    layers = {**_classes(keras.layers, keras.layers.Layer), **ours.KINDS}
    optimizers = _classes(keras.optimizers, keras.optimizers.Optimizer)
    refused = {name: REFUSED.get(name) or CHAIN for name in layers if _is_refused(layers[name])}
    kinds = {
        "optimizers": {**optimizers, "GradientNoise": GradientNoise},
        "schedules": _classes(
            keras.optimizers.schedules, keras.optimizers.schedules.LearningRateSchedule
        ),
        "losses": _classes(keras.losses, keras.losses.Loss),
        "initializers": _classes(keras.initializers, keras.initializers.Initializer),
        "regularizers": _classes(keras.regularizers, keras.regularizers.Regularizer),
        "constraints": _classes(keras.constraints, keras.constraints.Constraint),
        "noise_schedules": schedules.KINDS,
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
        "noise_schedules": [*schedules.NAMES],
    }
    return {
        "keras": keras.__version__,
        "refused": refused,
        "names": {kind: sorted(set(each)) for kind, each in names.items()},
        **classes,
    }


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


def _argument(kind: type, parameter: inspect.Parameter) -> Mapping[str, Any]:
    name = parameter.name
    if (kind.__name__, name) in OF_CLASS:
        return OF_CLASS[kind.__name__, name]
    if name in ARGUMENTS:
        return ARGUMENTS[name]
    for suffix, reference in SUFFIXES.items():
        if name.endswith(suffix):
            return reference
    return _by_default(kind, parameter.default)


def _by_default(kind: type, default: object) -> dict[str, Any]:
    """Guess from an argument's default what it accepts; augmentations accept a range too."""
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


def as_text(words: Mapping[str, Any]) -> str:
    """Return the vocabulary as JSON with a line for each class."""
    return "{\n" + ",\n".join(_entries(words)) + "\n}\n"


def _entries(words: Mapping[str, Any]) -> Iterable[str]:
    for key, value in words.items():
        if isinstance(value, Mapping):
            lines = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            yield f" {json.dumps(key)}: {{\n  {lines}\n }}"
        else:
            yield f" {json.dumps(key)}: {json.dumps(value)}"


if __name__ == "__main__":
    FILE.write_text(as_text(vocabulary()), encoding="utf-8")
