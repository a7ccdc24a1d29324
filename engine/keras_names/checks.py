"""Checks of class names and arguments against Keras' own, without importing Keras."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hiss.errors import Problem, did_you_mean, expected, unknown_key
from hiss.keras_names.lookup import title_of, words
from hiss.keras_names.schemas import Schema, fits, phrase

KERAS_TABLE = ("module", "class_name", "config", "registered_name")
"""Keys of Keras' own notation for an object inside another's arguments."""
NAME = re.compile("[A-Za-z0-9.][A-Za-z0-9_.-]*")
"""Names that TensorFlow accepts for a scope, which it opens for each layer and optimizer."""
PATHS = ("vocabulary",)
"""Arguments for which Keras takes a text as the path of a file and reads it."""


def check_class(kind: str, class_name: str, arguments: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the name of a Keras class and the arguments of its constructor.

    Args:
        kind: `layers`, `optimizers`, `regularizers` …
        class_name: Keras' name.
        arguments: by Keras' names.
    """
    known = words().get(kind, {})  # functions, such as activations, have names but no classes
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
    nearest = did_you_mean(class_name, known or words()["names"].get(kind, ()))
    return f": {class_name} is not one of {title_of(kind)}.{nearest}"


def _arguments(constructor: Schema, given: Mapping[str, Any]) -> Iterator[Problem]:
    accepted = constructor["arguments"]
    for name, value in given.items():
        if name in PATHS and isinstance(value, str):
            yield expected(name, "a list: a preset has no files read", value)
        elif name == "name" and isinstance(value, str) and not NAME.fullmatch(value):
            yield expected(name, "English letters, digits, `_`, `-` and `.`", value)
        elif name in accepted:
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
    elif not fits(schema, value):
        yield expected(key, phrase(schema), value)
    elif isinstance(value, Mapping) or _holds_tables(value):
        yield from _any_tables(key, value)


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
    module = value.get("module", "keras.layers")
    if kind == "layers" and module != "keras.layers":
        yield expected(f"{key}.module", '"keras.layers"', module)
    elif not (isinstance(module, str) and f"{module}.".startswith("keras.")):
        yield expected(f"{key}.module", "a module of Keras", module)
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
