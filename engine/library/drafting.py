"""Editing a preset's text: checking it, and changing keys and layers while comments stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from pydantic import ValidationError

from hiss.experiment.notation import FIELDS, parse_value
from hiss.experiment.spec import Experiment
from hiss.experiment.toml_text import TomlError, parse_toml, unusable
from hiss.keras_names.lookup import class_of, new_layer
from hiss.library.fields import CLASSES, fields_of
from hiss.validation import by_key


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A preset's text with what is wrong with it."""

    table: Mapping[str, Any] | None
    """The parsed TOML; None where the text is not TOML."""
    experiment: Experiment | None
    """None where there is any problem."""
    problems: Mapping[str, str]
    """The sentence after each wrong dotted key: ` is missing.`, `: expected …, received ….`. A
    problem of the whole text has an empty key."""


def check_text(text: str, name: str) -> CheckedText:
    """Parse and check a preset's text.

    Args:
        text: valid or not.
        name: of the experiment.
    """
    try:
        table = parse_toml(text)
    except TomlError as error:
        return CheckedText(None, None, {"": f"This is not TOML: {error}."})
    for key in ("name", "model"):
        if key in table:
            return CheckedText(table, None, {key: " is not a key of a preset."})
    if found := unusable(table):
        return CheckedText(table, None, dict(found))
    try:
        return CheckedText(table, Experiment.model_validate({**table, "name": name}), {})
    except ValidationError as error:
        return CheckedText(table, None, by_key(error, FIELDS))


def format_value(value: Any, verbatim: bool = False) -> str:
    """Return a value as the user types it: as TOML, but text without quotes where it needs none.

    Args:
        value: of a key; None is an empty text.
        verbatim: whether text never needs quotes.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return (
            value if verbatim or parse_value(value) == value else tomlkit.string(value).as_string()
        )
    return str(tomlkit.item(_inline(value)).as_string())


def with_value(text: str, key: str, value: Any) -> str:
    """Return a preset's text with one key set to a value.

    Args:
        text: valid TOML.
        key: dotted; layers by number from 0.
        value: None removes the key.
    """
    document = tomlkit.parse(text)
    *path, last = key.split(".")
    if value is None:
        _remove(document, path, last)
    else:
        _table_at(document, path)[last] = _inline(value)
    return document.as_string()


def with_known_arguments(text: str, place: str) -> str:
    """Return a preset's text with the arguments of a layer, or of the data, fitted to its name.

    Arguments that it does not take are removed, and those that a layer requires are added. An
    unknown name changes nothing.

    Args:
        text: valid TOML.
        place: `data` or `layers.N`.
    """
    fields = fields_of(parse_toml(text), place)
    if fields[0].value not in fields[0].choices:
        return text
    initial = new_layer(fields[0].value) if place.startswith("layers.") else {}
    for field in fields:
        if not field.known:
            text = with_value(text, field.key, None)
        elif field.value is None and field.label in initial:
            text = with_value(text, field.key, initial[field.label])
    return text


def with_layer_order(text: str, order: Sequence[int | Mapping[str, Any]]) -> str:
    """Return a preset's text with its layers in another order.

    Args:
        text: valid TOML.
        order: the layers in their new order: the number of a present layer, a second time for a
            copy, or the table of a new layer.
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
    _renumber_sweep(document, order)
    return re.sub(r"\n+(?=\[\[?\w)", "\n\n", document.as_string())


def _renumber_sweep(document: Any, order: Sequence[int | Mapping[str, Any]]) -> None:
    """Let a proposed sweep follow its layer, or remove it with its layer."""
    sweep = document.get("study", {}).get("sweep")
    if sweep is None or "layer" not in sweep:
        return
    if sweep["layer"] in order:
        sweep["layer"] = list(order).index(sweep["layer"])
    else:
        _remove(document, ["study"], "sweep")


def _table_at(document: Any, path: Sequence[str]) -> Any:
    """Return the table of a path.

    It is made where there is none; a Keras object's name becomes the table that it abbreviates.
    """
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
    """Remove a key, and with it the tables that become empty."""
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
    """Return a table as an inline table, as arguments are written."""
    if not isinstance(value, Mapping):
        return list(value) if isinstance(value, tuple) else value
    table = tomlkit.inline_table()
    for key, each in value.items():
        table[key] = _inline(each)
    return table


def _unwrapped(table: Any) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = table.unwrap() if hasattr(table, "unwrap") else table
    return plain
