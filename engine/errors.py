"""Mistakes of the user: what is wrong, where, what was expected and received, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

MISSING = " is missing."


class EngineError(Exception):
    """A mistake in what the user asked for."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Carry a message and a hint.

        Args:
            message: what is wrong and where, what was expected and what was received.
            hint: what to do about it; empty where the message makes that clear.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint


class PresetError(EngineError):
    """A preset cannot be read, or does not describe an experiment."""


class DataError(EngineError):
    """A data set cannot be read, or the experiment cannot be trained on it."""


class TrainingError(EngineError):
    """A training failed."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message."""
    return str(error).strip().partition("\n")[0]


class Problem(NamedTuple):
    """What is wrong with the value of one key."""

    key: str
    """Dotted, from the table that was checked: `stddev`, `cell.units`; empty for the table."""
    text: str
    """The sentence after the key: ` is missing.`, `: expected …, received ….`"""


def expected(key: str, what: str, received: object) -> Problem:
    """Return the problem of a value that is not the expected one."""
    return Problem(key, f": expected {what}, received {received!r}.")


def unknown_key(key: str, known: Iterable[str], kind: str = "a key") -> Problem:
    """Return the problem of an unknown key, with the nearest known one."""
    last = key.rpartition(".")[2]
    return Problem(key, f" is not {kind}.{did_you_mean(last, known)}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean …?` with the nearest known word, or all known words if they are few."""
    words = sorted(known)
    by_lower = {each.lower(): each for each in words}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f" Did you mean `{by_lower[near[0]]}`?"
    if 0 < len(words) <= 12:
        return f" Known: {', '.join(words)}."
    return ""
