"""Checks names and arguments against Keras' own, without importing Keras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from hiss.errors import Problem, did_you_mean, expected, unknown_key
from hiss.keras_names.lookup import title_of, words

Schema = Mapping[str, Any]

COUNT: Schema = {"type": "integer", "minimum": 1}
SEED: Schema = {"type": "integer", "minimum": 0}
PROBABILITY: Schema = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
NOT_NEGATIVE: Schema = {"type": "number", "minimum": 0}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
OF_EVERY_LAYER: Mapping[str, Schema] = {
    "name": {"type": "string"},
    "dtype": {"type": "string"},
    "trainable": {"type": "boolean"},
}
"""The arguments that every layer has beside its own."""

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


def fits(schema: Schema, value: Any) -> bool:
    """Return whether a schema accepts a value."""
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


def phrase(schema: Schema) -> str:
    """Return in words what a schema accepts: `a number from 0 to 1`."""
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


def _within(schema: Schema, value: float) -> bool:
    low: float = schema.get("minimum", -inf)
    high: float = schema.get("maximum", inf)
    above: float = schema.get("exclusiveMinimum", -inf)
    below: float = schema.get("exclusiveMaximum", inf)
    return low <= value <= high and above < value < below


def _kinds(schema: Schema) -> Sequence[str]:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


KERAS_TABLE = ("module", "class_name", "config", "registered_name")
"""Keys of Keras' own notation for an object inside another's arguments."""


def check_class(kind: str, class_name: str, arguments: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the name of a Keras class and the arguments of its constructor.

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
    return [Problem("", f": {name} is not one of {title_of(kind)}.{did_you_mean(name, known)}")]


def _not_known(kind: str, class_name: str, known: Mapping[str, Any]) -> str:
    reason = words()["refused"].get(class_name) if kind == "layers" else None
    if reason:
        return f": {class_name} cannot stand in a preset: {reason}."
    return f": {class_name} is not one of {title_of(kind)}.{did_you_mean(class_name, known)}"


def _arguments(constructor: Schema, given: Mapping[str, Any]) -> Iterator[Problem]:
    accepted = constructor["arguments"]
    for name, value in given.items():
        if name in accepted:
            yield from _value(name, accepted[name], value)
        else:
            yield unknown_key(name, accepted)
    for name in constructor["required"]:
        if name not in given:
            yield Problem(name, " is missing.")


def _value(key: str, schema: Schema, value: Any) -> Iterator[Problem]:
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
    """Check the layers inside an argument for which there is no schema."""
    if isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _any_tables(f"{key}.{number}", each)
    elif isinstance(value, Mapping):
        if "class_name" in value:
            yield from _table(key, "layers", value)
        for name, each in value.items():
            yield from _any_tables(f"{key}.{name}", each)
