"""The part of JSON Schema that describes arguments: what fits a schema, and how to phrase it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

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
