"""The fields of a preset's form: every key with its value and what it expects, by the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hiss.keras_names.lookup import class_of, classes, title_of
from hiss.keras_names.schemas import Schema, phrase
from hiss.library.schema import path

SIZE = "a count, or a fraction between 0 and 1"
WANTED: Mapping[str, str] = {
    "train_size": SIZE,
    "test_size": SIZE,
    "validation_size": SIZE,
    "split": "random, stratified, ordered, group, or a splitter of scikit-learn",
    "cv": 'repeats and folds such as "5x2"',
    "shape": "a list such as [8, 8, 1]",
    "learning_rate": "a number above 0, or a schedule's table",
    "class_weight": '"balanced", or a table such as {yes = 2}',
    "partner": "the name of the preset to compare with",
    "class_name": "the name of a Keras layer",
}
"""What keys expect where the schema has no short description."""
CLASSES = {"optimizer": "optimizers", "loss": "losses"}
"""Keys of a training that name a Keras object, and the kind of its class."""
FREQUENT = ("optimizer.learning_rate", "loss.label_smoothing")
"""Arguments of a training's Keras objects that are listed beside their names."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a preset: its name, its value and what it expects."""

    key: str
    """Dotted, from the top of the file: `layers.1.stddev`."""
    label: str
    """The key within its part of the preset: `early_stopping.patience`."""
    value: Any
    """The preset's value; None where the key is not set."""
    wanted: str
    """What is expected, in words; empty where that is not known."""
    choices: tuple[str, ...] = ()
    """The texts that it accepts, where they can be listed."""
    verbatim: bool = False
    """Whether every text is taken literally, `true` and `1` too."""
    required: bool = False
    default: Any = None
    """The value where the key is not set, if it is known."""
    known: bool = True
    """Whether the key is one of a preset's."""


@cache
def definitions() -> Schema:
    """Return the definitions of the JSON schema by name; the whole file's has an empty name."""
    whole: dict[str, Any] = json.loads(path().read_text(encoding="utf-8"))
    return {**whole["$defs"], "": whole}


def sources() -> Mapping[str, Schema]:
    """Return the schemas of data sets by name."""
    return {each["title"]: each for each in definitions()["Data"]["anyOf"]}


def fields_of(table: Mapping[str, Any], place: str) -> tuple[Field, ...]:
    """Return the fields of one part of a preset.

    Args:
        table: the preset's TOML, valid or not.
        place: `about`, `data`, `layers.N` or `training`.
    """
    part, _, number = place.partition(".")
    match part:
        case "about":
            return tuple(_about(table))
        case "data":
            return tuple(_call(_table(table.get("data")), "data.", "name", sources()))
        case "layers":
            layer = _table(_sequence(table.get("layers"))[int(number)])
            return tuple(_call(layer, f"layers.{number}.", "class_name", classes("layer")))
        case "training":
            return tuple(_training(_table(table.get("training"))))
    raise ValueError(f"expected a part of a preset, received {place!r}")


def _about(table: Mapping[str, Any]) -> Iterator[Field]:
    properties = definitions()[""]["properties"]
    for name in ("title", "description"):
        yield _field(table, "", name, properties[name], required=name == "title")
    yield from _object(_table(table.get("study")), "study.", "study.", definitions()["Plan"])
    if "published" in table:
        published = _table(table["published"])
        yield from _object(published, "published.", "published.", definitions()["Published"])


def _training(table: Mapping[str, Any]) -> Iterator[Field]:
    """Yield the fields of a training, those of rarely used arguments last."""
    schema, last = definitions()["Training"], list[Field]()
    for name, each in schema["properties"].items():
        if name in CLASSES:
            named, *arguments = _keras(table.get(name), f"training.{name}", name, each)
            frequent = [one for one in arguments if one.value is not None or one.label in FREQUENT]
            yield from (named, *frequent)
            last += [one for one in arguments if one not in frequent]
        else:
            yield from _property(table, "training.", "", name, each, schema)
    yield from _unknown(table, "training.", schema["properties"])
    yield from last


def _keras(value: Any, key: str, kind: str, schema: Schema) -> Iterator[Field]:
    """Yield the field of a Keras object's name, and those of its arguments."""
    named = isinstance(value, Mapping)
    given = _table(value)
    name = given.get("class_name") if named else value
    names = schema["anyOf"][0]["enum"]
    wanted = f"the name of one of Keras' {CLASSES[kind]}"
    yield Field(
        key=f"{key}.class_name" if named else key,
        label=kind,
        value=name,
        wanted=wanted,
        choices=tuple(names),
        verbatim=True,
        required=True,
        default=schema.get("default"),
    )
    found = classes(kind).get(class_of(kind, str(name or schema.get("default"))), {})
    properties = {**found.get("properties", {})}
    properties.pop("class_name", None)
    for argument, each in properties.items():
        if argument in given or argument not in ("name", "dtype"):
            yield _field(given, f"{key}.", argument, each, prefix=f"{kind}.")
    yield from _unknown(given, f"{key}.", {**properties, "class_name": {}})


def _call(
    table: Mapping[str, Any], at: str, name: str, known: Mapping[str, Schema]
) -> Iterator[Field]:
    """Yield the field of a function's or class' name, and those of its arguments."""
    called = table.get(name)
    wanted = WANTED.get(name, "the name of a data set")
    yield Field(
        key=f"{at}{name}",
        label=name,
        value=called,
        wanted=wanted,
        choices=tuple(known),
        verbatim=True,
        required=True,
    )
    schema = known.get(str(called), {"properties": {}})
    for argument, each in schema["properties"].items():
        if argument != name:
            yield from _property(table, at, "", argument, each, schema)
    yield from _unknown(table, at, {**schema["properties"], name: {}})


def _object(table: Mapping[str, Any], at: str, prefix: str, schema: Schema) -> Iterator[Field]:
    for name, each in schema["properties"].items():
        yield from _property(table, at, prefix, name, each, schema)
    yield from _unknown(table, at, schema["properties"])


def _property(
    table: Mapping[str, Any], at: str, prefix: str, name: str, schema: Schema, parent: Schema
) -> Iterator[Field]:
    """Yield a key's field, or the fields of its table."""
    inner = _referred(schema)
    if inner is not None and "properties" in inner:
        given = _table(table.get(name))
        for each in _object(given, f"{at}{name}.", f"{prefix}{name}.", inner):
            yield each if given else replace(each, required=False, default=None)
    else:
        needed = name in parent.get("required", ())
        yield _field(table, at, name, schema, needed, prefix)


def _field(
    table: Mapping[str, Any],
    at: str,
    name: str,
    schema: Schema,
    required: bool = False,
    prefix: str = "",
) -> Field:
    return Field(
        key=f"{at}{name}",
        label=f"{prefix}{name}".removeprefix("study."),
        value=table.get(name),
        wanted=WANTED.get(name) or _wanted(schema),
        choices=tuple(_choices(schema)),
        verbatim=_kinds(schema) == {"string"},
        required=required,
        default=schema.get("default"),
    )


def _unknown(table: Mapping[str, Any], at: str, known: Mapping[str, Any]) -> Iterator[Field]:
    """Yield fields for unknown keys, so that they can be seen and emptied."""
    for name, value in table.items():
        if name not in known:
            yield Field(key=f"{at}{name}", label=name, value=value, wanted="", known=False)


def _branches(schema: Schema) -> Sequence[Schema]:
    """Return the alternatives of a schema, references followed."""
    followed = _referred(schema) or schema
    branches = followed.get("anyOf", (followed,))
    return [_referred(each) or each for each in branches if each.get("type") != "null"]


def _referred(schema: Schema) -> Schema | None:
    """Return the schema that another refers to, alone or beside `null`."""
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            found: Schema = definitions()[each["$ref"].rpartition("/")[2]]
            return found
    return None


def _kinds(schema: Schema) -> set[str]:
    return {str(each.get("type", "string" if "enum" in each else "")) for each in _branches(schema)}


def _choices(schema: Schema) -> Iterator[str]:
    for each in _branches(schema):
        yield from each.get("enum", ())
        if each.get("type") == "boolean":
            yield from ("true", "false")


def _wanted(schema: Schema) -> str:
    kind = str(schema.get("$ref", "")).rpartition("/")[2]
    if kind and "properties" not in definitions()[kind]:
        return f"the name of one of {title_of(kind)}"
    words = dict.fromkeys(phrase(each) for each in _branches(schema))
    return " or ".join(word for word in words if word != "a value")


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
