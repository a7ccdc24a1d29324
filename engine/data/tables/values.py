"""Values as texts: which are missing, which are numbers, and in which notation.

`60,025` is sixty thousand or sixty; the other columns of the file decide, or else the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.reading import Reading
from hiss.errors import DataError

MISSING = frozenset((
    "", "na", "n/a", "nan", "null", "none", "?",
    "-nan", "<na>", "#n/a", "#n/a n/a", "#na", "-1.#ind", "1.#ind", "-1.#qnan", "1.#qnan",
))  # fmt: skip
"""Values that stand for a missing one, in small letters: those of pandas, and `?`."""
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
"""Numbers that some people write for a missing value; they are never taken for one unasked."""
TRUE = {"true": "false", "yes": "no", "y": "n", "ja": "nein", "oui": "non"}
"""Words that mean yes, each with its opposite."""
GROUPS = (" ", "'", "’", "\u00a0", "\u202f")
"""Signs that some people write between thousands beside comma and dot."""
_GROUP = r"[1-9]\d{{0,2}}(?:([{group} '’\u00a0\u202f])\d{{3}})(?:\1\d{{3}})*"
_NUMBER = rf"[-+]?(?:{_GROUP}|\d+|(?=[{{point}}]\d))(?:[{{point}}]\d*)?(?:[eE][-+]?\d+)?"
NOTATIONS: Mapping[str, re.Pattern[str]] = {
    ".": re.compile(_NUMBER.format(group=",", point=".")),
    ",": re.compile(_NUMBER.format(group=".", point=",")),
}
"""The form of a number for each decimal sign, its thousands grouped or not."""
_SIGNED = re.compile(r"([-+]?)\s*([$€£¥₹])\s*([-+]?[\d.,].*)|(.*\d[.,]?)\s*([$€£¥₹%])")


@dataclass(frozen=True, slots=True)
class Notation:
    """How the numbers of a column are written."""

    decimal: str = "."
    thousands: str = ""
    """Signs between groups of three digits; empty where there are none."""
    sign: str = ""
    """Of a currency, or `%`, beside every number."""

    def number(self, text: str) -> str:
        """Return a number as Python writes it; any other text as it is."""
        core, sign = without_sign(text)
        if sign not in ("", self.sign) or not NOTATIONS[self.decimal].fullmatch(core):
            return text
        for mark in self.thousands:
            core = core.replace(mark, "")
        return core.replace(self.decimal, ".")


PLAIN = Notation()


def is_number(text: str) -> bool:
    """Return whether a text is a number; `nan` and `inf` are, Python's `1_000` is not."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def is_missing(text: str) -> bool:
    """Return whether a text stands for a missing value."""
    return text.strip().lower() in MISSING


def looks_numeric(text: str) -> bool:
    """Return whether a text is a number in any notation."""
    core, _ = without_sign(text)
    return is_number(text) or any(form.fullmatch(core) for form in NOTATIONS.values())


def without_sign(text: str) -> tuple[str, str]:
    """Return a number without its currency or percent sign, and that sign."""
    text = text.replace("−", "-")
    if not (found := _SIGNED.fullmatch(text)):
        return text, ""
    minus, before, rest, number, after = found.groups()
    return (f"{minus}{rest}", before) if before else (number.rstrip(), after)


def as_zero_one(column: NDArray[Any]) -> NDArray[Any]:
    """Return yes and no, true and false as 1 and 0, NaN where one is missing.

    Any other column is returned as it is.
    """
    if column.dtype.kind != "O":
        return column
    words = [str(each).strip().lower() for each in column]
    present = {each for each in words if each not in MISSING}
    for yes, no in TRUE.items():
        if present and present <= {yes, no}:
            numbers = {yes: 1.0, no: 0.0}
            return np.array([numbers.get(each, np.nan) for each in words])
    return column


class Texts:
    """A column's values as they are written, and the notations in which they are numbers."""

    def __init__(self, name: str, values: Sequence[str], markers: Sequence[str] = ()) -> None:
        """Look at the values, without spaces around them.

        Args:
            name: of the column.
            values: of its rows.
            markers: stand for missing values beside the usual ones.
        """
        self.name, self.values = name, values
        self.numbers = _floats(values)
        self.missing = _missing(values, markers, self.numbers is not None)
        distinct = {} if self.numbers is not None else dict.fromkeys(values)
        self.present = [each for each in distinct if each not in self.missing]
        if self.present and _floats(self.present) is not None:
            self.numbers = _floats(["nan" if each in self.missing else each for each in values])
        self.sign: str | None = ""
        if self.numbers is not None:
            self._cores: Sequence[str] = self.present or values
            self.forms = {".", *(_form(self._cores, ",") if self.is_marked else ())}
        else:
            cores = [without_sign(each) for each in self.present]
            self.sign = _common_sign({sign for _, sign in cores})
            self._cores = [] if self.sign is None else [core for core, _ in cores]
            self.forms = {*_form(self._cores, "."), *_form(self._cores, ",")}

    @property
    def is_empty(self) -> bool:
        """Whether every value is missing."""
        return not self.present if self.numbers is None else bool(np.isnan(self.numbers).all())

    @property
    def is_marked(self) -> bool:
        """Whether a number holds a decimal sign, or one between thousands."""
        whole = "".join(self._cores)
        return "," in whole or "." in whole

    @property
    def is_ambiguous(self) -> bool:
        """Whether the numbers have another value in each notation."""
        return len(self.forms) == 2 and self.is_marked

    @property
    def example(self) -> str:
        """The first value that holds a decimal sign, or one between thousands."""
        return next(each for each in self.present or self.values if "," in each or "." in each)

    def notation(self, decimal: str) -> Notation:
        """Return how the numbers are written where one sign stands before their decimals."""
        if self.numbers is not None and decimal == ".":
            return PLAIN
        marks = (",.".replace(decimal, ""), *GROUPS)
        found = [mark for mark in marks if any(mark in core for core in self._cores)]
        return Notation(decimal, "".join(found), self.sign or "")

    def column(self, notation: Notation | None) -> NDArray[Any]:
        """Return the values: floats, NaN where one is missing, or text, empty where missing."""
        if notation is None:
            texts = ("" if each in self.missing else each for each in self.values)
            return np.array(list(texts), dtype=object)
        if self.numbers is None or notation != PLAIN:
            texts = ("nan" if each in self.missing else each for each in self.values)
            return np.fromiter((float(notation.number(each)) for each in texts), float)
        if not self.missing:
            return self.numbers
        gaps = np.fromiter((each in self.missing for each in self.values), bool)
        return np.where(gaps, np.nan, self.numbers)


def notations(
    path: Path, columns: Sequence[Texts], delimiter: str, reading: Reading
) -> dict[str, Notation | None]:
    """Return how the numbers of each column are written; None for a column of text.

    Raises:
        DataError: if the numbers of a column have two readings and nothing in the file decides.
    """
    return {
        each.name: each.notation(_decimal(path, each, columns, delimiter, reading))
        if each.forms
        else None
        for each in columns
    }


def _decimal(
    path: Path, column: Texts, columns: Sequence[Texts], delimiter: str, reading: Reading
) -> str:
    """Return the sign before the decimals of a column of numbers."""
    if not column.is_ambiguous:
        return next(iter(column.forms)) if len(column.forms) == 1 else "."
    stated = reading.decimal or {",": ".", ".": ","}.get(reading.thousands, "")
    if stated:
        return stated
    seen = {next(iter(each.forms)) for each in columns if len(each.forms) == 1 and each.is_marked}
    if len(seen) == 1:
        return seen.pop()
    if not seen and (column.numbers is not None or delimiter == ","):
        return "."
    raise _ambiguous(path, column)


def _ambiguous(path: Path, column: Texts) -> DataError:
    example = column.example
    mark = "," if "," in example else "."
    core = without_sign(example)[0]
    large, small = core.replace(mark, ""), core.replace(mark, ".")
    return DataError(
        f"{path}: column `{column.name}`: {example} may be {large} or {small}, "
        "and nothing else in the file decides.",
        f"--thousands {mark} if it is {large}; --decimal {mark} if it is {small}",
    )


def _floats(values: Sequence[str]) -> NDArray[np.float64] | None:
    """Return texts as numbers where every one is a number by `is_number`."""
    if "_" in "".join(values):
        return None
    try:
        return np.fromiter(map(float, values), float, len(values))
    except ValueError:
        return None


def _missing(values: Sequence[str], markers: Sequence[str], numbers: bool) -> set[str]:
    """Return the texts that stand for missing values; all texts may be known to be numbers."""
    if numbers and not markers:
        return set()
    stated = {float(each) for each in markers if is_number(each)}
    return {
        each
        for each in set(values)
        if each.lower() in MISSING
        or each in markers
        or (stated and is_number(each) and float(each) in stated)
    }


def _form(cores: Sequence[str], decimal: str) -> tuple[str, ...]:
    """Return the decimal sign if all texts are numbers with it; nothing otherwise."""
    form = NOTATIONS[decimal]
    return (decimal,) if cores and all(map(form.fullmatch, cores)) else ()


def _common_sign(signs: set[str]) -> str | None:
    """Return the sign that numbers carry; None if they carry different ones.

    Without it a number may be in the same currency, but no percentage.
    """
    several = signs - {""}
    if len(several) > 1 or ("%" in signs and len(signs) > 1):
        return None
    return next(iter(several), "")
