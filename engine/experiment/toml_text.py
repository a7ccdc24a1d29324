"""TOML as values of a size that everything after it can handle."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from hiss.errors import Problem

DEEPEST = 20
"""Levels of tables and lists within each other; Keras' own notation takes two for each object."""
LARGEST = 2**63 - 1
"""Whole numbers have 64 bits in TOML."""


class TomlError(ValueError):
    """A text is not TOML; the message is the reason."""


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table that a text describes.

    Raises:
        TomlError: if it is not TOML, or nothing could parse it.
    """
    try:
        text.encode()
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error)) from error
    except UnicodeEncodeError as error:
        raise TomlError(f"character {error.start + 1} is no Unicode character") from error
    except RecursionError:
        raise TomlError(f"expected at most {DEEPEST} levels of tables and lists") from None
    except ValueError as error:  # of a whole number, which tomllib leaves to Python
        raise TomlError(f"a number has too many digits, expected at most {LARGEST:,}") from error


def unusable(table: Mapping[str, Any]) -> list[Problem]:
    """Return which values are dates, are nested too deeply or have too many digits."""
    return list(_unusable("", table, 0))


def _unusable(key: str, value: Any, depth: int) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield Problem(key, f": expected at most {DEEPEST} levels of tables and lists.")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _unusable(f"{key}.{name}".lstrip("."), each, depth + 1)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _unusable(f"{key}.{number}", each, depth + 1)
    elif isinstance(value, date | time):
        yield Problem(key, f": a preset has no dates, received {value}; text is in quotes.")
    elif isinstance(value, int) and abs(value) > LARGEST:
        digits = value.bit_length() * 3 // 10
        wanted = f"expected a whole number up to {LARGEST:,}"
        yield Problem(key, f": {wanted}, received one of {digits} digits.")
