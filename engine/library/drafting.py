"""Changes to a preset's text, key by key, that keep its comments; and what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from pydantic import ValidationError

from hiss.experiment.notation import FIELDS, value_of
from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import class_of, new_layer
from hiss.library.fields import CLASSES, fields_of
from hiss.validation import by_key


@dataclass(frozen=True, slots=True)
class CheckedText:
    """What a preset's text says, as far as it can be understood."""

    table: Mapping[str, Any] | None
    """The TOML; None where it is none."""
    experiment: Experiment | None
    """None where anything is wrong."""
    problems: Mapping[str, str]
    """What is wrong, by dotted key: ` is missing.`, `: expected …, received ….`; with the whole
    text under an empty key."""


def check_text(text: str, name: str) -> CheckedText:
    """Read a preset's text, right or wrong, as the experiment of a name."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return CheckedText(None, None, {"": f"This is not TOML: {error}."})
    for key in ("name", "model"):
        if key in table:
            return CheckedText(table, None, {key: " is not a key of a preset."})
    try:
        return CheckedText(table, Experiment.model_validate({**table, "name": name}), {})
    except ValidationError as error:
        return CheckedText(table, None, by_key(error, FIELDS))


def text_of(value: Any, verbatim: bool = False) -> str:
    """Return a value as it is typed: text without quotes where it needs none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if verbatim or value_of(value) == value else tomlkit.string(value).as_string()
    return str(tomlkit.item(_inline(value)).as_string())


def assigned(text: str, key: str, value: Any) -> str:
    """Return a preset's text with one key given a value; None takes the key away."""
    document = tomlkit.parse(text)
    *path, last = key.split(".")
    if value is None:
        _remove(document, path, last)
    else:
        _descended(document, path)[last] = _inline(value)
    return document.as_string()


def with_known_arguments(text: str, place: str) -> str:
    """Return a preset's text with the arguments of a layer, or of the data, fitted to its name.

    Those that it does not take go; a layer is given those that it cannot be without. A name
    that is not known changes nothing.
    """
    fields = fields_of(tomllib.loads(text), place)
    if fields[0].value not in fields[0].choices:
        return text
    starts = new_layer(fields[0].value) if place.startswith("layers.") else {}
    for field in fields:
        if not field.known:
            text = assigned(text, field.key, None)
        elif field.value is None and field.label in starts:
            text = assigned(text, field.key, starts[field.label])
    return text


def layers_ordered(text: str, order: Sequence[int | Mapping[str, Any]]) -> str:
    """Return a preset's text with its layers in another order.

    Args:
        text: TOML.
        order: numbers of present layers, each at its new place, twice for a copy of it, and
            tables of new ones.
    """
    document = tomlkit.parse(text)
    before = list(document.get("layers", ()))
    tables, seen = tomlkit.aot(), set[int]()
    for each in order:
        known = isinstance(each, int) and each not in seen
        table = before[each] if isinstance(each, int) else each
        tables.append(table if known else tomlkit.item(dict(_unwrapped(table))))
        seen |= {each} if isinstance(each, int) else set()
    if len(tables):
        document["layers"] = tables
    else:
        document.pop("layers", None)
    _follow_swept(document, order)
    return re.sub(r"\n+(?=\[\[?\w)", "\n\n", document.as_string())


def _follow_swept(document: Any, order: Sequence[int | Mapping[str, Any]]) -> None:
    """Let a proposed sweep go with its layer."""
    sweep = document.get("study", {}).get("sweep")
    if sweep is None or "layer" not in sweep:
        return
    if sweep["layer"] in order:
        sweep["layer"] = list(order).index(sweep["layer"])
    else:
        _remove(document, ["study"], "sweep")


def _descended(document: Any, path: Sequence[str]) -> Any:
    """Go down to a table, made where there is none, a name made the table that it stands for."""
    place = document
    for part in path:
        at: Any = int(part) if part.isdecimal() else part
        held = place[at] if isinstance(at, int) else place.get(at)
        if isinstance(held, str) and at in CLASSES:
            place[at] = _inline({"class_name": class_of(at, held) or str(held)})
        elif not isinstance(held, list if part == "layers" else Mapping):
            place[at] = {} if at not in CLASSES else tomlkit.inline_table()
        place = place[at]
    return place


def _remove(document: Any, path: Sequence[str], last: str) -> None:
    """Take a key away, and with it the tables that hold nothing else."""
    places = [document]
    for part in path:
        at: Any = int(part) if part.isdecimal() else part
        if isinstance(at, str) and at not in places[-1]:
            return
        places.append(places[-1][at])
    places[-1].pop(last, None)
    for place, part in zip(reversed(places[:-1]), reversed(path), strict=True):
        if len(place[int(part) if part.isdecimal() else part]) == 0 and not part.isdecimal():
            place.pop(part)


def _inline(value: Any) -> Any:
    """Write a table inside braces, as arguments hold them."""
    if not isinstance(value, Mapping):
        return list(value) if isinstance(value, tuple) else value
    table = tomlkit.inline_table()
    for key, each in value.items():
        table[key] = _inline(each)
    return table


def _unwrapped(table: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table.unwrap() if hasattr(table, "unwrap") else table
    return found
