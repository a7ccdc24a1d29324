"""The keys of a preset's `[data] name = "table"` as a line of text: `decimal=, drop=[a, b]`."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import Any

from hiss.errors import EngineError, unknown_key
from hiss.tui.state.choices import Choice

_PAIR = re.compile(
    r"""\s*(?P<key>\w+)\s*=(?P<value>\[[^\]]*\]|\{[^}]*\}|"(?:\\.|[^"\\])*"|\S*)(?=\s|$)"""
)
EXAMPLE = "For example: decimal=, header=false na_values=-999"


def written(choice: Choice) -> str:
    """Return the keys that are set, as a line that `with_typed` reads back."""
    lists = {"drop": sorted(choice.drop), "one_hot": sorted(choice.one_hot)}
    predict = "" if choice.predict == "guess" else choice.predict
    values = {"target": choice.target, "predict": predict, **lists, **dict(choice.options)}
    return " ".join(
        f"{key}={_text(value)}" for key, value in values.items() if value not in (None, "", [])
    )


def with_typed(choice: Choice, line: str) -> Choice:
    """Return a choice with the keys of a line in place of those that were set.

    Raises:
        EngineError: A key is not one of a table's, or its value will not do.
    """
    from hiss.tui.state.choices import check_options

    values = {key: _value(key, text) for key, text in _pairs(line) if text}
    drop, one_hot = values.pop("drop", ()), values.pop("one_hot", ())
    changed = replace(
        choice,
        target=values.pop("target", None),
        predict=values.pop("predict", "guess"),
        drop=frozenset(drop),
        one_hot=frozenset(one_hot),
        options=tuple(values.items()),
    )
    check_options(changed)
    return changed


def _pairs(line: str) -> list[tuple[str, str]]:
    """Return the keys of a line with their values as text."""
    pairs, place = [], 0
    line = line.strip()
    while place < len(line):
        found = _PAIR.match(line, place)
        if found is None:
            rest = line[place:].strip()
            raise EngineError(f"{rest}: expected KEY=VALUE.", EXAMPLE)
        pairs.append((found["key"], found["value"]))
        place = found.end()
    return pairs


def _value(key: str, text: str) -> Any:
    """Return the value of a key, by the type that the key has.

    Raises:
        EngineError: The key is not one of a table's.
    """
    from hiss.data.sources import SOURCES
    from hiss.data.spec import Data
    from hiss.experiment.notation import parse_value

    parameters = SOURCES["table"].parameters
    known = {*parameters, *Data.model_fields, "random_state"} - {"name", "path"}
    if key not in known:
        raise EngineError(f"{''.join(unknown_key(key, known, 'a key of a table'))}", EXAMPLE)
    kind = parameters[key].annotation if key in parameters else ""
    value = parse_value(text)
    if kind == "Sequence[str]":
        names = value if isinstance(value, list) else next(csv.reader([text.strip("[]")]))
        return tuple(str(name).strip() for name in names)
    if kind in ("", "bool | None", "int", "float") or text.startswith('"'):
        return tuple(value) if isinstance(value, list) else value
    return text


def _text(value: object) -> str:
    """Return a value as it is typed."""
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return f"[{', '.join(_quoted(str(each)) for each in value)}]"
        case str() if not value or re.search(r"""[\s"\[\]{}]""", value):
            return _quoted(value)
        case _:
            return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
