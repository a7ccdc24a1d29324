"""Checks names and arguments against Keras' own, without importing Keras."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from hiss.errors import Problem, did_you_mean, expected, unknown_key

FILE = Path(__file__).with_name("names.json")
KERAS_TABLE = ("module", "class_name", "config", "registered_name")
"""Keys of Keras' own notation for an object inside another's arguments."""
_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "string": (str,),
    "array": (list, tuple),
}
_NOUNS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
}


@cache
def words() -> dict[str, Any]:
    """Return what `python -m engine.keras_vocabulary` wrote down."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def check_class(kind: str, class_name: str, arguments: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a Keras class's name and its constructor's arguments.

    Args:
        kind: `layers`, `optimizers`, `regularizers` …
        class_name: Keras' name.
        arguments: by Keras' names.
    """
    known = words()[kind]
    if class_name not in known:
        return [Problem("class_name", _not_known(kind, class_name, known))]
    return list(_arguments(known[class_name], arguments))


def check_name(kind: str, name: str) -> list[Problem]:
    """Return what is wrong with a name that stands for a Keras object: `relu`, `adam`."""
    known = words()["names"].get(kind, ())
    if name in known:
        return []
    return [Problem("", f": {name} is not one of {_kind(kind)}.{did_you_mean(name, known)}")]


def _kind(kind: str) -> str:
    return "the noise schedules" if kind == "noise_schedules" else f"Keras' {kind}"


def _not_known(kind: str, class_name: str, known: Mapping[str, Any]) -> str:
    reason = words()["refused"].get(class_name) if kind == "layers" else None
    if reason:
        return f": {class_name} cannot stand in a preset: {reason}."
    return f": {class_name} is not one of {_kind(kind)}.{did_you_mean(class_name, known)}"


def _arguments(constructor: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    accepted = constructor["arguments"]
    for name, value in given.items():
        if name in accepted:
            yield from _value(name, accepted[name], value)
        else:
            yield unknown_key(name, accepted)
    for name in constructor["required"]:
        if name not in given:
            yield Problem(name, " is missing.")


def _value(key: str, schema: Mapping[str, Any], value: Any) -> Iterator[Problem]:
    if value is None:
        return
    if "$ref" in schema:
        yield from _referred(key, schema["$ref"].rpartition("/")[2], value)
    elif isinstance(value, Mapping) or _holds_tables(value):
        yield from _any_tables(key, value)
    elif not fits(schema, value):
        yield expected(key, phrase(schema), value)


def _referred(key: str, kind: str, value: Any) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from _table(key, kind, value)
    elif kind == "schedules":
        if not fits({"type": "number", "exclusiveMinimum": 0}, value):
            yield expected(key, "a number above 0", value)
    elif isinstance(value, str):
        yield from (Problem(key, text) for _, text in check_name(kind, value))
    else:
        yield expected(key, "text or a table", value)


def _table(key: str, kind: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    """Check an object in Keras' notation: `{class_name = "L2", config = {l2 = 0.01}}`."""
    yield from (unknown_key(f"{key}.{each}", KERAS_TABLE) for each in value.keys() - KERAS_TABLE)
    class_name, config = value.get("class_name", ""), value.get("config", {})
    if not isinstance(class_name, str) or not isinstance(config, Mapping):
        yield expected(key, 'a table {class_name = "…", config = {…}}', value)
        return
    if kind == "layers" and value.get("module", "keras.layers") != "keras.layers":
        yield expected(f"{key}.module", '"keras.layers"', value["module"])
    elif not str(value.get("module", "keras")).startswith("keras"):
        yield expected(f"{key}.module", "a module of Keras", value["module"])
    for where, text in check_class(kind, class_name, config):
        inner = where if where == "class_name" else f"config.{where}"
        yield Problem(f"{key}.{inner}", text)


def _holds_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(
        isinstance(each, Mapping) or _holds_tables(each) for each in value
    )


def _any_tables(key: str, value: Any) -> Iterator[Problem]:
    """Check the layers inside an argument that the vocabulary does not describe."""
    if isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _any_tables(f"{key}.{number}", each)
    elif isinstance(value, Mapping):
        if "class_name" in value:
            yield from _table(key, "layers", value)
        for name, each in value.items():
            yield from _any_tables(f"{key}.{name}", each)


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a schema accepts a value."""
    kinds = _kinds(schema)
    if kinds and not any(_is_a(kind, value) for kind in kinds):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _within(schema, value)
    return not isinstance(value, list | tuple) or all(
        fits(schema.get("items", {}), each) for each in value
    )


def _within(schema: Mapping[str, Any], value: float) -> bool:
    low: float = schema.get("minimum", -inf)
    high: float = schema.get("maximum", inf)
    above: float = schema.get("exclusiveMinimum", -inf)
    below: float = schema.get("exclusiveMaximum", inf)
    return low <= value <= high and above < value < below


def _kinds(schema: Mapping[str, Any]) -> Sequence[str]:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


def phrase(schema: Mapping[str, Any]) -> str:
    """Say what a schema accepts: `a number from 0 to 1`."""
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    nouns = " or ".join(_NOUNS[kind] for kind in _kinds(schema)) or "a value"
    match schema:
        case {"exclusiveMinimum": low, "maximum": high}:
            return f"{nouns} above {low} and up to {high}"
        case {"minimum": low, "maximum": high}:
            return f"{nouns} from {low} to {high}"
        case {"minimum": low, "exclusiveMaximum": high}:
            return f"{nouns} of at least {low} and below {high}"
        case {"minimum": low}:
            return f"{nouns} of at least {low}"
        case _:
            return nouns


Schema = Mapping[str, Any]

NOISE = ("GaussianNoise", "Dropout", "GaussianDropout", "AlphaDropout", "SpatialDropout1D",
         "SpatialDropout2D", "WeightNoise")  # fmt: skip
"""Layers that add noise while a network trains, the most usual first."""
STARTS: Mapping[str, Any] = {
    "stddev": 0.1,
    "rate": 0.2,
    "units": 100,
    "filters": 32,
    "kernel_size": 3,
    "activation": "relu",
    "scale": 1.0,
    "n": 2,
    "layer": {"class_name": "Dense", "config": {"units": 100}},
}
"""Values that a new layer's required arguments begin with."""


@cache
def classes(kind: str) -> Mapping[str, Schema]:
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
        for name, constructor in words()[plural].items()
    }


def class_of(kind: str, name: str) -> str:
    """Return the class that a name stands for: `BinaryCrossentropy`; empty if there is none."""
    plain = name.replace("_", "").lower()
    return next((each for each in classes(kind) if each.lower() == plain), "")


def new_layer(class_name: str) -> dict[str, Any]:
    """Return a layer's table with values to start from for the arguments that it needs."""
    schema = classes("layer").get(class_name, {})
    needed = [name for name in schema.get("required", ()) if name in STARTS]
    return {"class_name": class_name, **{name: STARTS[name] for name in needed}}
