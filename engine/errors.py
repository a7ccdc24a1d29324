"""What goes wrong for reasons that the user can mend."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple


class EngineError(Exception):
    """A mistake in what the user asked for, said so that it can be mended."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what is wrong and where (`message`) and what to do about it (`hint`)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class PresetError(EngineError):
    """A preset that cannot be read or does not describe an experiment."""


class DataError(EngineError):
    """Data that cannot be read, or that the experiment cannot be trained on."""


class TrainingError(EngineError):
    """A training that could not be carried out."""


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().partition("\n")[0]


MISSING = " is missing."


class Problem(NamedTuple):
    """One thing that is wrong, at one key."""

    key: str
    """Dotted, from the table that was checked: `stddev`, `cell.units`; empty for the table."""
    text: str
    """What to say after the key: ` is missing.`, `: expected …, received ….`"""


def expected(key: str, what: str, received: object) -> Problem:
    """Say that a value is not what it should be."""
    return Problem(key, f": expected {what}, received {received!r}.")


def unknown_key(key: str, known: Iterable[str], kind: str = "a key") -> Problem:
    """Say that a key is not known, and which known one is nearest."""
    last = key.rpartition(".")[2]
    return Problem(key, f" is not {kind}.{did_you_mean(last, known)}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean …?` where a known word is near, else what there is if it is little."""
    words = sorted(known)
    by_lower = {each.lower(): each for each in words}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f" Did you mean `{by_lower[near[0]]}`?"
    if 0 < len(words) <= 12:
        return f" Known: {', '.join(words)}."
    return ""
