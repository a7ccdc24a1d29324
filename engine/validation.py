"""pydantic's validation errors as sentences about a preset's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from hiss.errors import MISSING, Problem, escaped, expected, unknown_key

_UNION_TAGS = {"str", "int", "float", "Keras"}
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "too_short": "at least one entry",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}


def refuse(problems: Sequence[Problem]) -> None:
    """Raise problems, if there are any, from inside a pydantic validator."""
    if problems:
        text = escaped(" ".join(f"{key}{text}" for key, text in problems))  # pydantic takes UTF-8
        context = {"text": text, "problems": tuple(problems)}
        raise PydanticCustomError("problems", "{text}", context)


def describe(error: ValidationError, fields: Mapping[str, Sequence[str]]) -> list[str]:
    """Return one sentence for each wrong key; see `by_key`."""
    return [key + text for key, text in by_key(error, fields).items()]


def by_key(error: ValidationError, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each wrong key the sentence after it.

    Args:
        error: of pydantic.
        fields: the known keys of each table by its dotted name; the whole file's name is "".
    """
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        for key, text in _problems(detail, fields):
            found.setdefault(key, []).append(text)
    return {key: _joined(texts) for key, texts in found.items() if not _misspelt(key, found)}


def _misspelt(key: str, found: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a missing key is present under a misspelt name."""
    table, _, name = key.rpartition(".")
    return found[key] == [MISSING] and any(
        other.rpartition(".")[0] == table and f"Did you mean `{name}`?" in text
        for other, texts in found.items()
        for text in texts
    )


def _problems(detail: ErrorDetails, fields: Mapping[str, Sequence[str]]) -> list[Problem]:
    path = ".".join(str(part) for part in detail["loc"] if part not in _UNION_TAGS)
    context: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "problems":
            return [Problem(f"{path}.{key}".strip("."), text) for key, text in context["problems"]]
        case "missing":
            return [Problem(path, MISSING)]
        case "extra_forbidden":
            return [unknown_key(path, fields.get(path.rpartition(".")[0], ()))]
        case kind if kind in _EXPECTED:
            return [expected(path, _EXPECTED[kind].format(**context), detail["input"])]
        case _:
            return [Problem(path, f": {detail['msg']}.")]


def _joined(texts: Sequence[str]) -> str:
    """Merge what the branches of a union expected for the same value."""
    wanted = [text.removeprefix(": expected ").rpartition(", received ") for text in texts]
    if len(texts) == 1 or not all(text.startswith(": expected ") for text in texts):
        return texts[0]
    return f": expected {' or '.join(what for what, _, _ in wanted)}, received {wanted[0][2]}"
