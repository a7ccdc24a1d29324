"""Mistakes of the user: what is wrong, where, what was expected and received, what to do."""

from __future__ import annotations

import os
import traceback
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

MISSING = " is missing."
LONGEST = 100
"""Characters of a received value that a message shows."""


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


def describe_unexpected(error: BaseException) -> str:
    """Return in a line what failed and where: `unexpected error: KeyError: 'x' (build.py:12)`."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    reason = escaped(first_line(error)) or "no message"
    return f"unexpected error: {type(error).__name__}: {reason}{place}"


class Problem(NamedTuple):
    """What is wrong with the value of one key."""

    key: str
    """Dotted, from the table that was checked: `stddev`, `cell.units`; empty for the table."""
    text: str
    """The sentence after the key: ` is missing.`, `: expected …, received ….`"""


def expected(key: str, what: str, received: object) -> Problem:
    """Return the problem of a value that is not the expected one."""
    return Problem(key, f": expected {what}, received {shown(received)}.")


def shown(value: object) -> str:
    """Return a received value for a message: as Python writes it, but at most a line of it."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # of thousands of digits, or levels
        return f"a very long {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def is_plain(text: str) -> bool:
    """Return whether a text has neither control characters, line ends among them, nor surrogates.

    Surrogates stand for bytes of an argument or a file's name that are not UTF-8.
    """
    return not any(unicodedata.category(each) in ("Cc", "Cs") for each in text)


def escaped(text: str) -> str:
    """Return a text with control characters and surrogates as Python escapes them."""
    return "".join(each if is_plain(each) else repr(each)[1:-1] for each in text)


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
