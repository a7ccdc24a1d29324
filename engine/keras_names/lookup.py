"""Keras' class names and their arguments, looked up without importing Keras.

The names come from `names.json`, which `hiss.keras_names.generate` writes. Rooms above this one add
hiss's own classes with `register`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from hiss.keras_names.schemas import Schema

Words = dict[str, Any]
"""All names of one version of Keras.

`keras` is the version, `refused` maps layers to reasons, and `names` maps each kind to the names
that stand for an object: `relu`. The other keys are the kinds: `layers`, `optimizers` … Each maps
class names to `{"arguments": {name: schema}, "required": [names]}`.
"""
FILE = Path(__file__).with_name("names.json")
STARTS: Mapping[str, Any] = {
    "units": 100,
    "rate": 0.2,
    "filters": 32,
    "kernel_size": 3,
    "activation": "relu",
    "scale": 1.0,
    "n": 2,
    "layer": {"class_name": "Dense", "config": {"units": 100}},
}
"""Values that the required arguments of a new layer begin with."""

MODULES = {"layers": "keras.layers", "schedules": "keras.optimizers.schedules"}
"""Where Keras looks for the classes of a kind, which it does not find by their name alone."""
LEARNING_RATES = ("learning_rate", "initial_learning_rate", "values")
"""Arguments that are learning rates; `values` are those of a piecewise constant schedule."""

_registered: dict[tuple[str, str], tuple[Schema, Mapping[str, Any], str]] = {}
"""(kind, class name) → constructor, starting values and the name that stands for it."""


def register(
    kind: str,
    class_name: str,
    constructor: Schema,
    starts: Mapping[str, Any] | None = None,
    alias: str = "",
) -> None:
    """Add a class of hiss's own to those of Keras, or put it in place of Keras' of that name.

    Args:
        kind: `layers`, `optimizers`, `noise_schedules` …
        class_name: as a preset writes it.
        constructor: `{"arguments": {name: schema}, "required": [names]}`.
        starts: values that required arguments of a new layer begin with, beside `STARTS`.
        alias: a name that stands for the class with its defaults: `warm_up`.
    """
    _registered[kind, class_name] = constructor, starts or {}, alias
    words.cache_clear()
    classes.cache_clear()


def unregister(kind: str, class_name: str) -> None:
    """Remove a class that was registered."""
    del _registered[kind, class_name]
    words.cache_clear()
    classes.cache_clear()


@cache
def words(version: str | None = None) -> Words:
    """Return all names of a version of Keras, with hiss's own classes among them.

    Args:
        version: minor version such as `3.15`; the installed one if None.
    """
    found = keras_words(version or nearest(_installed()))
    for (kind, class_name), (constructor, _, alias) in _registered.items():
        of_kind = {**found.get(kind, {}), class_name: constructor}
        found[kind] = dict(sorted(of_kind.items()))
        if alias:
            names = found["names"]
            names[kind] = sorted({*names.get(kind, ()), alias})
    return found


def versions() -> tuple[str, ...]:
    """Return the minor versions of Keras whose names are known, oldest first."""
    file = _file()
    return tuple(sorted((*file["older"], file["keras"]), key=_parts))


def keras_words(version: str) -> Words:
    """Return a fresh copy of Keras' own names in one of the known `versions`."""
    newest = _file()
    patch: Words = newest.pop("older").get(version, {})
    return {**_patched(newest, patch), "keras": version}


def nearest(version: str) -> str:
    """Return the known version that is nearest to a minor version; the newest if it is empty."""
    known = versions()
    older = [each for each in known if not version or _parts(each) <= _parts(version)]
    return older[-1] if older else known[0]


def _file() -> Words:
    found: Words = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _installed() -> str:
    """Return the minor version of the installed Keras; empty if there is none."""
    try:
        return ".".join(metadata.version("keras").split(".")[:2])
    except metadata.PackageNotFoundError:
        return ""


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _patched(base: Any, patch: Any) -> Any:
    """Apply a JSON merge patch, in which null removes a key (RFC 7386)."""
    if not (isinstance(base, dict) and isinstance(patch, dict)):
        return patch
    merged = {**base, **{key: _patched(base.get(key), value) for key, value in patch.items()}}
    return {key: value for key, value in merged.items() if value is not None}


@cache
def classes(kind: str, version: str | None = None) -> Mapping[str, Schema]:
    """Return the JSON schemas of Keras' classes by name: of `layer`, `optimizer` or `loss`."""
    plural = {"layer": "layers", "optimizer": "optimizers", "loss": "losses"}[kind]
    return {
        name: {
            "title": name,
            "type": "object",
            "properties": {"class_name": {"const": name}, **constructor["arguments"]},
            "required": ["class_name", *constructor["required"]],
            "additionalProperties": False,
        }
        for name, constructor in words(version)[plural].items()
    }


def class_of(kind: str, name: str) -> str:
    """Return the class that a name stands for: `BinaryCrossentropy`; empty if there is none."""
    plain = name.replace("_", "").lower()
    return next((each for each in classes(kind) if each.lower() == plain), "")


def as_keras_takes(kind: str, class_name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a class as Keras takes them.

    Tables of layers and of learning-rate schedules receive the module that Keras looks for them
    in, and whole numbers become floats where Keras refuses or misreads them: a learning rate of 1.

    Args:
        kind: `layers`, `optimizers` …
        class_name: Keras' name.
        arguments: of its constructor; nothing in them is changed.
    """
    schemas = words().get(kind, {}).get(class_name, {}).get("arguments", {})
    return {
        key: _as_keras_takes(schemas.get(key, {}), as_float(key, value))
        for key, value in arguments.items()
    }


def as_float(argument: str, value: Any) -> Any:
    """Return the value of an argument, as a float if it is a learning rate and a whole number."""
    if argument not in LEARNING_RATES:
        return value
    if isinstance(value, list | tuple):
        return [as_float(argument, each) for each in value]
    return float(value) if isinstance(value, int) else value


def _as_keras_takes(schema: Schema, value: Any) -> Any:
    match value:
        case {"class_name": str(class_name)}:
            kind = schema.get("$ref", "#/$defs/layers").rpartition("/")[2]
            module = {"module": MODULES[kind]} if kind in MODULES else {}
            config = as_keras_takes(kind, class_name, value.get("config", {}))
            return {**module, **value, "config": config}
        case list() | tuple():
            return type(value)(_as_keras_takes(schema, each) for each in value)
        case _:
            return value


def new_layer(class_name: str) -> dict[str, Any]:
    """Return the table of a new layer, with a starting value for each required argument."""
    schema = classes("layer").get(class_name, {})
    _, own, _ = _registered.get(("layers", class_name), ({}, {}, ""))
    starts = {**STARTS, **own}
    needed = [name for name in schema.get("required", ()) if name in starts]
    return {"class_name": class_name, **{name: starts[name] for name in needed}}


def title_of(kind: str) -> str:
    """Return what the members of a kind are called in messages: `Keras' optimizers`."""
    return "the noise schedules" if kind == "noise_schedules" else f"Keras' {kind}"
